"""The leaderboard of a task: who leads, who only seems to, and who learnt nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from regen.records.order import is_floor
from regen.records.selections import chosen_on
from regen.records.standing import Mark
from regen.reporting import format as write
from regen.reporting.data_cards import data_card, unseen_grid
from regen.reporting.format import Record
from regen.reporting.grids import Grid
from regen.reporting.order import at_floor, floors, over_floor, splits_of
from regen.reporting.origins import leaks
from regen.reporting.selections import selection_flags, selection_leaks

Stale = Mapping[str, Sequence[str]]
"""Cell -> what has changed since its record was made: keys of its config, ``code``, ``lock``."""


@dataclass(frozen=True)
class Entry:
    """A cell on one split whose labels are public; every number as text."""

    score: str
    interval: str
    repeats: int
    sd: str
    over_floor: str
    mark: Mark | None
    alarm: bool


@dataclass(frozen=True)
class Row:
    """A cell in a leaderboard; a split without an entry is hidden or missing."""

    cell: str
    recipe: str
    floor: bool
    entries: dict[str, Entry]
    hidden: frozenset[str]
    examples: str
    flags: list[str]
    selection: str
    stale: Sequence[str]


@dataclass(frozen=True)
class Leaderboard:
    """A task's cells.

    Attributes:
        task: Name.
        metric: Official metric.
        splits: Split -> whether any cell has a score on it.
        rows: Cells, best on dev first.
        facts: What holds for the whole table: task type, how intervals are made.
        warnings: What a reader must know before trusting a number.
        single: Whether any cell has a single repeat.
        unseen: Scores over the inputs that train does not hold, where splits share inputs with it.
        data: Tables of the task's data card.
    """

    task: str
    metric: str
    splits: dict[str, bool]
    rows: list[Row]
    facts: list[str]
    warnings: list[str]
    single: bool
    unseen: Grid | None
    data: list[Grid]


def leaderboard(
    task: str,
    records: Sequence[Record],
    marks: Mapping[str, Mapping[str, Mark]],
    stale: Stale = MappingProxyType({}),
) -> Leaderboard:
    """Set up a task's leaderboard.

    Args:
        task: Name of the task.
        records: Its records, in the order of the table.
        marks: Split -> cell -> ``best``, ``tie`` or ``tie?``.
        stale: Cell -> what differs now from what its record was made with.
    """
    splits = splits_of(records)
    floor = floors(records)
    rows = [_row(record, marks, floor, stale.get(record["cell"], ())) for record in records]
    return Leaderboard(
        task=task,
        metric=records[0]["metric"],
        splits={split: any(split in record["scores"] for record in records) for split in splits},
        rows=rows,
        facts=_facts(records),
        warnings=_warnings(records, floor),
        single=any(entry.repeats == 1 for row in rows for entry in row.entries.values()),
        unseen=unseen_grid(records),
        data=data_card(records[0]),
    )


def _row(record: Record, marks: Mapping[str, Mapping[str, Mark]], floor: dict[str, float], stale: Sequence[str]) -> Row:
    return Row(
        cell=record["cell"],
        recipe=record["recipe"],
        floor=is_floor(record),
        entries={split: _entry(record, split, marks.get(split, {}), floor) for split in record["scores"]},
        hidden=frozenset(split for split, public in record["config"]["splits"].items() if not public),
        examples=write.count(record["training"]["examples"]),
        flags=[*write.flags(record), *selection_flags(record)],
        selection=record["training"]["selection"],
        stale=stale,
    )


def _entry(record: Record, split: str, marks: Mapping[str, Mark], floor: dict[str, float]) -> Entry:
    scores, over = record["scores"][split], over_floor(record, split, floor)
    mark = marks.get(record["cell"])
    return Entry(
        score=write.hundredfold(scores["mean"]),
        interval=write.interval(scores),
        repeats=scores["n"],
        sd=write.deviation(scores["sd"]),
        over_floor=write.difference(over),
        mark=None if mark == "best" and chosen_on(record) else mark,
        alarm=at_floor(record, split, floor),
    )


def _facts(records: Sequence[Record]) -> list[str]:
    config = records[0]["config"]
    labels = f", {len(config['labels'])} labels" if config["labels"] else ""
    return [
        f"official metric: {config['metric']}",
        f"{config['task_type'].replace('_', ' ')}, language {config['language']}{labels}",
        *_intervals(records),
    ]


def _intervals(records: Sequence[Record]) -> list[str]:
    """Say how intervals are made, and on which splits where these differ."""
    ways: dict[str, dict[str, None]] = {}
    for split in splits_of(records):
        for way in (record["scores"][split]["interval"] for record in records if split in record["scores"]):
            resamples = f"{write.count(way['resamples'])} resamples"
            text = f"{100 * way['level']:g} % bootstrap over {way['over']} ({resamples})"
            ways.setdefault(text, {})[split] = None
    if len(ways) == 1:
        return [f"intervals: {next(iter(ways))}"]
    return [f"intervals on {', '.join(splits)}: {text}" for text, splits in ways.items()]


def _warnings(records: Sequence[Record], floor: dict[str, float]) -> list[str]:
    found = dict.fromkeys(
        text
        for record in records
        for text in [*shared_texts(record), *overlaps(record), *leaks(record), *selection_leaks(record)]
    )
    versions = {record["config"]["task_version"] for record in records}
    if not floor:
        found["No majority baseline among these cells: nothing says how much a score is worth."] = None
    if len(versions) > 1:
        found[f"Cells of task versions {', '.join(map(str, sorted(versions)))}: not comparable."] = None
    return list(found)


def shared_texts(record: Record) -> list[str]:
    """Say which splits of a record's card have texts in common, one sentence for each pair that has."""
    return [
        f"Leak: {' and '.join(pair.split('+'))} have {write.count(number)} distinct text{'s' * (number > 1)} in common."
        for pair, number in record["card"]["shared_texts"].items()
        if number and "unlabeled" not in pair  # which nothing learns from
    ]


def overlaps(record: Record) -> list[str]:
    """Say which other tasks hold texts of a record's task, one sentence for each."""
    return [
        f"Texts shared with {task}: {known}. Nothing trained on {task} may be scored here."
        for task, known in record["card"].get("overlaps_with", {}).items()
    ]
