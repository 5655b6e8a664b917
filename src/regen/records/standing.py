"""How the cells of one task stand to each other: differences to the best on dev, leaders of each split, ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from regen.config.statistics import StatisticsConfig
from regen.records.agreement import agreements
from regen.records.comparison import NO_OUTCOMES, OTHER_DATA, Outcomes, Record, Untested, untested
from regen.records.family import Family, compare_all, pair_tests
from regen.records.order import place

Mark = Literal["best", "tie", "tie?"]
Standing = Mapping[str, Any]
"""What `task_standing` gives; ready for JSON."""


def task_standing(records: Sequence[Record], outcomes: Outcomes, how: StatisticsConfig) -> dict[str, Any]:
    """Compare the cells of one task.

    Args:
        records: The task's records, in any order.
        outcomes: Cell -> outcomes, of as many as there are.
        how: Level and seed of intervals; the level decides what can be told apart.

    Returns:
        ``best``: the best cell on dev; ``against``: the best of those with outcomes, with which all are compared,
        ``None`` where no other cell has a score on dev, or none has outcomes; ``differences``: those of the others to
        it on each split; ``untested``: those that nothing can test; ``agreements``: which of the two is right on how
        many units of dev; ``leaders``: split -> cell -> mark; ``ranks``: cell -> rank on dev; ``unranked``: cell with a
        score on dev but no rank -> why; ``level``.
    """
    splits = sorted({split for record in records for split in record["scores"]})
    families = {split: pair_tests(records, outcomes, split, how.seed) for split in splits}
    best, base = _best(records), _best([record for record in records if record["cell"] in outcomes])
    base = base if base and any(found is not base for found in records if "dev" in found["scores"]) else None
    found_ranks = ranks(records, families.get("dev", []), how.level)
    return {
        "best": best["cell"] if best else None,
        "against": base["cell"] if base else None,
        "differences": [
            asdict(found)
            for split in splits
            if base
            for found in compare_all(records, base, outcomes, split, how, families[split])
        ],
        "untested": [
            asdict(found)
            for split in splits
            if base
            for found in _plain(records, base, outcomes, split, families[split])
        ],
        "agreements": [asdict(found) for found in agreements(records, base, outcomes)] if base else [],
        "leaders": {split: leaders(records, split, families[split], how.level) for split in splits},
        "ranks": found_ranks,
        "unranked": {
            record["cell"]: OTHER_DATA if record["cell"] in outcomes else NO_OUTCOMES
            for record in records
            if "dev" in record["scores"] and record["cell"] not in found_ranks
        },
        "level": how.level,
    }


def leaders(records: Sequence[Record], split: str, family: Family, level: float) -> dict[str, Mark]:
    """Mark the best cell of a split, or all that cannot be told apart from it.

    Cells on the same examples are told apart by a paired test; others, and those without outcomes, by whether their
    intervals overlap.

    Args:
        records: Records of one task.
        split: Where to compare.
        family: What ``pair_tests`` gives for them there.
        level: Level of the intervals, and of what can be told apart.

    Returns:
        Cell -> ``best`` for a cell that is better than every other; otherwise ``tie`` for the one with the highest
        score and for those that cannot be told apart from it; ``tie?`` where no test says so. Nothing
        if fewer than two cells have a score.
    """
    scored = [record for record in records if split in record["scores"]]
    if len(scored) < 2:  # noqa: PLR2004
        return {}
    best = min(scored, key=lambda record: place(record, split))
    others = [record for record in scored if record is not best]
    marks = {record["cell"]: mark for record in others if (mark := _tie(best, record, split, family, level))}
    if not marks:
        return {best["cell"]: "best"}
    own: Mark = "tie" if "tie" in marks.values() else "tie?"
    return {best["cell"]: own, **marks}


def ranks(records: Sequence[Record], family: Family, level: float) -> dict[str, int]:
    """Rank cells of one task, those that cannot be told apart alike; cells that no test compares have no rank.

    Args:
        records: Records of one task.
        family: What ``pair_tests`` gives for them on a split.
        level: Level of what can be told apart.

    Returns:
        Cell -> 1 + the number of cells that are significantly better.
    """
    compared = {cell for pair in family for cell in pair.cells}
    found_ranks = dict.fromkeys((record["cell"] for record in records if record["cell"] in compared), 1)
    for pair in family:
        if pair.adjusted < 1 - level:
            found_ranks[pair.cells[0 if pair.difference < 0 else 1]] += 1
    return found_ranks


def _best(records: Sequence[Record]) -> Record | None:
    """Give the best on dev."""
    scored = [record for record in records if "dev" in record["scores"]]
    return min(scored, key=lambda record: place(record, "dev"), default=None)


def _plain(records: Sequence[Record], base: Record, outcomes: Outcomes, split: str, family: Family) -> list[Untested]:
    """Give the differences to a cell that no test of the family is about."""
    compared = {frozenset(pair.cells) for pair in family}
    others = [r for r in records if r is not base and frozenset((r["cell"], base["cell"])) not in compared]
    return [found for record in others if (found := untested(record, base, outcomes, split))]


def _tie(best: Record, other: Record, split: str, family: Family, level: float) -> Mark | None:
    """Say how another cell ties with the best of a split; ``None`` where it does not."""
    both = {best["cell"], other["cell"]}
    tests = [pair for pair in family if set(pair.cells) == both]
    if tests:
        return "tie" if tests[0].adjusted >= 1 - level else None
    a, b = best["scores"][split]["interval"], other["scores"][split]["interval"]
    return "tie?" if a["low"] <= b["high"] and b["low"] <= a["high"] else None
