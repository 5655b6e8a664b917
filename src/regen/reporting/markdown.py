"""Tables in Markdown: the generated parts of README.md and docs/results.md, and docs/results/<task>.md."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from regen.config.costs import Price
from regen.reporting import format as write
from regen.reporting.ages import age, age_flags
from regen.reporting.costs import (
    NOT_COUNTED,
    Costs,
    energy_note,
    lacks_search,
    made_cost,
    predictions_price,
    resumed_note,
    run_seconds,
    wall_time,
    watt_hours,
)
from regen.reporting.data_cards import unseen_note, unseen_score, unseen_splits
from regen.reporting.format import NOTHING, Record
from regen.reporting.leaderboard import Stale, shared_texts
from regen.reporting.order import at_floor, by_task, floors, over_floor, splits_of
from regen.reporting.sections import Section
from regen.reporting.selections import selection_flags, selection_leaks

Standings = Mapping[str, Mapping[str, Any]]
"""Task -> how its cells stand to each other, of :func:`regen.records.standing.task_standing`."""
_READING = (
    "Official metric × 100, the mean over n repeats, with its bootstrap interval in brackets. "
    "Hidden: the labels are not public."
)
_OVER = "{over}: distance to the majority baseline on the same split."
_SD = "sd: between repeats (n − 1); one repeat has none and says nothing about it."
_GENERATED = "<!-- Written by `make report` from the committed records. Edits here are lost. -->"
_EMPTY = "No results yet."
_UNMEASURED = "not measured"
_SEARCHED = "Fits of recipes whose settings were sought include the whole search."


def readme_table(
    records: Sequence[Record], stale: Stale = MappingProxyType({}), standings: Standings = MappingProxyType({})
) -> str:
    """Write one row per cell, real tasks before the samples, best on dev first.

    Args:
        records: Records of any tasks.
        stale: Cell -> what has changed since its record was made; here only changes of the config are flagged.
        standings: Task -> how its cells stand to each other.
    """
    if not records:
        return _EMPTY
    head = ["task", "metric", "recipe", "dev", "test", "n", "training examples", "over majority", "flags"]
    rows = [
        [
            task,
            record["metric"],
            record["recipe"],
            _score(record, "dev"),
            _test(record),
            write.repeats(record),
            write.count(record["training"]["examples"]),
            _over(record, floors(own)),
            ", ".join([*_tie(record, own, standings), *_flags(record, floors(own), _config_of(changed))]) or NOTHING,
        ]
        for task, own in by_task(records).items()
        for record in own
        for changed in [stale.get(record["cell"], ())]
    ]
    return f"{_table(head, rows, left=3)}\n\n{_READING} {_OVER.format(over='Over majority')}"


def results_index(records: Sequence[Record], standings: Standings = MappingProxyType({})) -> str:
    """Write one row per task with the best recipe on dev and a link to the task's page.

    Args:
        records: Records of any tasks.
        standings: Task -> how its cells stand to each other: what no test tells from the best is a tie with it.
    """
    if not records:
        return _EMPTY
    head = ["task", "metric", "cells", "best on dev", "dev", "test", "ties with it on dev"]
    rows = [
        [
            *(f"[{task}](results/{task}.md)", own[0]["metric"], str(len(own)), _best(own[0])),
            *(*_dev_and_test(own[0]), ", ".join(_ties(own, standings)) or NOTHING),
        ]
        for task, own in by_task(records).items()
    ]
    return f"{_table(head, rows, left=2)}\n\n{_READING}"


def results_pages(
    records: Sequence[Record],
    costs: Costs,
    sections: Mapping[str, Sequence[Section]],
    price: Price | None = None,
    stale: Stale = MappingProxyType({}),
) -> dict[str, str]:
    """Write a page per task: scores, comparisons, costs, and how each cell is made again.

    Args:
        records: Records of any tasks.
        costs: What cells cost where they were last made here; cells and nodes may be missing.
        sections: Task -> further tables.
        price: What an hour of the machine costs; ``None`` for no prices.
        stale: Cell -> what has changed since its record was made.

    Returns:
        Task -> page.
    """
    return {task: _page(own, costs, sections.get(task, ()), price, stale) for task, own in by_task(records).items()}


def write_pages(pages: Mapping[str, str], folder: Path) -> None:
    """Write each task's page as ``<task>.md`` into a folder."""
    for task, text in pages.items():
        (folder / f"{task}.md").write_text(text, encoding="utf-8")


def _page(
    records: Sequence[Record],
    costs: Costs,
    sections: Sequence[Section],
    price: Price | None,
    stale: Stale,
) -> str:
    warnings = dict.fromkeys(f"**{text}**" for record in records for text in _leaks(record))
    config = records[0]["config"]
    kind = f"{config['task_type'].replace('_', ' ')}, language {config['language']}"
    parts = [
        _GENERATED,
        f"# {records[0]['task']}",
        f"Official metric: {config['metric']} ({kind}). {_READING} {_OVER.format(over='Over')} {_SD}",
    ]
    parts += [*warnings, _scores(records, stale), *_unseen(records)]
    parts += [text for section in sections for text in _section(section)]
    return (
        "\n\n".join([*parts, "## Cost", *_costs(records, costs, price), "## Made again by", _remaking(records)]) + "\n"
    )


def _leaks(record: Record) -> list[str]:
    return [*shared_texts(record), *selection_leaks(record)]


def _section(section: Section) -> list[str]:
    """Write a section's tables; figures are left to the pages."""
    parts = [f"## {section.title}", *section.notes]
    for grid in section.grids:
        groups = [name for name, width in grid.groups for _ in range(width)] or [""] * len(grid.columns)
        head = [grid.corner, *(f"{group} {name}".strip() for group, name in zip(groups, grid.columns, strict=True))]
        parts += [f"{grid.title}:", _table(head, [[name, *values] for name, values in grid.rows])]
        parts += [grid.note] if grid.note else []
    return parts


def _ties(records: Sequence[Record], standings: Standings) -> list[str]:
    """Name the recipes of a task, best on dev first, that no test tells from the best."""
    marks = standings.get(records[0]["task"], {}).get("leaders", {}).get("dev", {})
    return [record["recipe"] for record in records[1:] if marks.get(record["cell"]) == "tie"]


def _tie(record: Record, own: Sequence[Record], standings: Standings) -> list[str]:
    """Flag a cell that no test tells from the best of its task."""
    return ["tie with the best on dev"] if record["recipe"] in _ties(own, standings) else []


def _best(record: Record) -> str:
    """Name the recipe, and what makes it less than the best where its settings saw what it is scored on."""
    return "; ".join([record["recipe"], *selection_flags(record)])


def _dev_and_test(record: Record) -> tuple[str, str]:
    return _score(record, "dev"), _test(record)


def _scores(records: Sequence[Record], stale: Stale) -> str:
    splits, floor = splits_of(records), floors(records)
    each = [name for split in splits for name in (split, f"{split} sd", f"{split} over")]
    rows = [
        [
            record["recipe"],
            write.repeats(record),
            *(text for split in splits for text in _split(record, split, floor)),
            write.count(record["training"]["examples"]),
            ", ".join(_flags(record, floor, stale.get(record["cell"], ()))) or NOTHING,
            record["training"]["selection"],
        ]
        for record in records
    ]
    return _table(["recipe", "n", *each, "training examples", "flags", "selection"], rows)


def _config_of(changed: Sequence[str]) -> Sequence[str]:
    """Give what has changed where the config has, and nothing where code or lock file alone have."""
    return changed if age(changed) == "stale" else ()


def _flags(record: Record, floor: dict[str, float], changed: Sequence[str]) -> list[str]:
    low = [split for split in record["scores"] if at_floor(record, split, floor)]
    return [
        *write.flags(record),
        *selection_flags(record),
        *([f"not above majority on {' and '.join(low)}"] if low else []),
        *age_flags(changed),
    ]


def _unseen(records: Sequence[Record]) -> list[str]:
    """Write the scores without inputs that stand in train, where a split shares some with it."""
    splits = unseen_splits(records)
    if not splits:
        return []
    head = ["recipe", *(name for split in splits for name in (f"{split}, inputs not in train", "examples"))]
    rows = [[r["recipe"], *(t for split in splits for t in unseen_score(r, split))] for r in records]
    return [_table(head, rows), unseen_note(records)]


def _split(record: Record, split: str, floor: dict[str, float]) -> tuple[str, str, str]:
    sd = record["scores"][split]["sd"] if split in record["scores"] else None
    return _score(record, split), write.deviation(sd), write.difference(over_floor(record, split, floor))


def _costs(records: Sequence[Record], costs: Costs, price: Price | None) -> list[str]:
    """Write the table of costs, and how energy is known, where it is."""
    fits = [made_cost(record, costs) for record in records]
    energy = any(watt_hours(fit) is not None for fit in fits)
    head = ["recipe", "fit: wall time", "fit: peak memory", "predict: wall time", "predict: peak memory"]
    head += [f"run: price, {price.currency}", f"1,000 predictions: price, {price.currency}"] if price else []
    head += ["fit: energy, Wh"] if energy else []
    rows = []
    for record, fit in zip(records, fits, strict=True):
        nodes = costs.get(record["cell"], {})
        seconds = run_seconds(record, costs)
        priced = [price.of(seconds) if seconds else None, predictions_price(nodes, price)] if price else []
        further = map(_amount, [*priced, *([watt_hours(fit)] if energy else [])])
        machine = str(nodes.get("fit", {}).get("machine", "–"))
        cost = (NOT_COUNTED, NOTHING) if "fit" in nodes and lacks_search(record, costs) else _cost(fit)
        rows.append([record["recipe"], *cost, *_cost(nodes.get("predict")), *further, machine])
    searched = [_SEARCHED] if any("search" in record for record in records) else []
    return [_table([*head, "machine"], rows), *searched, *resumed_note(fits), *energy_note(fits)]


def _amount(value: float | None) -> str:
    return _UNMEASURED if value is None else write.amount(value)


def _cost(node: Mapping[str, Any] | None) -> tuple[str, str]:
    if node is None:
        return _UNMEASURED, _UNMEASURED
    return wall_time(node), write.memory(node["peak_memory_bytes"])


def _remaking(records: Sequence[Record]) -> str:
    names = ("config", "code", "lock")
    rows = [
        [
            record["recipe"],
            f"`{write.commands(record)[0]}`",
            *(f"`{write.short(record['hashes'][name])}`" for name in names),
        ]
        for record in records
    ]
    return _table(["recipe", "made again by", *names], rows, left=5)


def _score(record: Record, split: str) -> str:
    if split in record["scores"]:
        return write.score(record["scores"][split])
    return "hidden" if split in record["config"]["splits"] else NOTHING


def _test(record: Record) -> str:
    """Write the score on the split ``test``; where it has none, those on other test sets with their names."""
    others = [split for split in splits_of([record]) if split not in ("dev", "test") and split in record["scores"]]
    if "test" in record["scores"] or not others:
        return _score(record, "test")
    return ", ".join(f"{split} {_score(record, split)}" for split in others)


def _over(record: Record, floor: dict[str, float]) -> str:
    """Name the split with each number: ``+7.88 dev, +9.62 test``."""
    each = {split: over_floor(record, split, floor) for split in record["scores"]}
    return ", ".join(f"{write.difference(over)} {split}" for split, over in each.items() if over is not None) or NOTHING


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Write a table whose first columns are aligned left and whose others are aligned right."""
    rule = [":--"] * left + ["--:"] * (len(head) - left)
    return "\n".join(f"| {' | '.join(_escape(cell) for cell in row)} |" for row in (head, rule, *rows))


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
