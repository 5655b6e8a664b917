"""What pages and tables say of a task's data, and of scores over inputs that train does not hold."""

from collections.abc import Sequence

from regen.reporting import format as write
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import splits_of

_UNSEEN = (
    "The same predictions, scored on the examples whose input stands neither in the whole train split nor earlier in "
    "the same split; in older records the latter count."
)
_OLDER = " A dash: the record is older than these scores; made again, it has them."


def data_card(record: Record) -> list[Grid]:
    """Show the labels of each split, and the rows that deserve a look, as a record's card has them."""
    return [grid for grid in (_labels(record), _odd_rows(record)) if grid.rows]


def _labels(record: Record) -> Grid:
    counts = {
        split: card["label_counts"] for split, card in record["card"]["splits"].items() if card.get("label_counts")
    }
    found = dict.fromkeys([*record["config"]["labels"], *(label for split in counts.values() for label in split)])
    return Grid(
        title="Labels",
        groups=[(split, 2) for split in counts],
        columns=[name for _ in counts for name in ("count", "%")],
        rows=[(label, [text for split in counts.values() for text in _share(split, label)]) for label in found]
        if counts
        else [],
        corner="label",
        lang=record["config"]["language"],
        names=True,
    )


def _share(counts: dict[str, int], label: str) -> tuple[str, str]:
    number = counts.get(label, 0)
    return write.count(number), write.hundredfold(number / sum(counts.values()))


def _odd_rows(record: Record) -> Grid:
    return Grid(
        title="Odd rows",
        columns=["rows", "ids"],
        rows=[
            (f"{split}: {kind.replace('_', ' ')}", [write.count(odd["rows"]), _ids(odd["ids"], odd["rows"])])
            for split, card in record["card"]["splits"].items()
            for kind, odd in card.get("odd_rows", {}).items()
        ],
        corner="kind",
        texts={"ids"},
        note="Contradictions: rows whose input stands in the split with another answer as well.",
    )


def _ids(ids: Sequence[str], rows: int) -> str:
    return ", ".join(ids) + (", …" if rows > len(ids) else "")


def unseen_splits(records: Sequence[Record]) -> list[str]:
    """Give the splits that share inputs with train, as far as records have scores without these."""
    return [split for split in splits_of(records) if any("unseen" in r["scores"].get(split, {}) for r in records)]


def unseen_score(record: Record, split: str) -> tuple[str, str]:
    """Write the score over the examples whose input train does not hold, and their number."""
    unseen = record["scores"].get(split, {}).get("unseen")
    return (write.score(unseen), write.count(unseen["examples"])) if unseen else (NOTHING, NOTHING)


def unseen_grid(records: Sequence[Record]) -> Grid | None:
    """Set up the scores over examples whose input train does not hold; None where all records lack them."""
    splits = unseen_splits(records)
    if not splits:
        return None
    return Grid(
        title="Without inputs that stand in train, or a second time",
        groups=[(split, 2) for split in splits],
        columns=[name for _ in splits for name in (f"{records[0]['metric']} × 100 [interval]", "examples")],
        rows=[(r["recipe"], [text for split in splits for text in unseen_score(r, split)]) for r in records],
        corner="recipe",
        names=True,
        note=unseen_note(records),
    )


def unseen_note(records: Sequence[Record]) -> str:
    """Say what these scores are, and why some records lack them."""
    lacking = any(unseen_score(record, split)[0] == NOTHING for record in records for split in unseen_splits(records))
    return f"{_UNSEEN}{_OLDER if lacking else ''}"
