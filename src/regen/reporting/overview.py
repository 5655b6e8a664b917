"""The overview: the cells of all tasks in one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regen.reporting import format as write
from regen.reporting.ages import age_counts
from regen.reporting.costs import NOT_COUNTED, Costs, lacks_search, made_cost, wall_time
from regen.reporting.format import NOTHING, Record
from regen.reporting.leaderboard import Entry, Leaderboard, Row


@dataclass(frozen=True)
class Cost:
    """A cost as text, and the number that the table is sorted by."""

    text: str
    value: float | None


@dataclass(frozen=True)
class Scores:
    """A cell's scores under one head of the table: by split, and what stands there without any."""

    entries: dict[str, Entry]
    absent: str


@dataclass(frozen=True)
class Line:
    """A cell in the table.

    Attributes:
        benchmark: Group of its task; a dash where it is not known.
        task: Name of its task.
        metric: Official metric.
        row: What the leaderboard of its task says of it.
        groups: Its scores on dev, and those on further splits.
        repeats: Number of repeats.
        costs: Wall time and peak memory of the fit with the search before it, wall time of the prediction.
    """

    benchmark: str
    task: str
    metric: str
    row: Row
    groups: tuple[Scores, Scores]
    repeats: str
    costs: tuple[Cost, ...]


@dataclass(frozen=True)
class Overview:
    """All cells.

    Attributes:
        counts: How many cells and tasks there are.
        lines: Cells by benchmark and task, in the order of their leaderboards.
        tasks: Benchmark -> tasks.
        recipes: Names of all recipes.
        costs: Whether the cost of any cell is known.
        ages: How many cells are stale, and from earlier code; empty where none is.
        single: Whether any cell has a single repeat.
    """

    counts: str
    lines: list[Line]
    tasks: dict[str, list[str]]
    recipes: list[str]
    costs: bool
    ages: str
    single: bool


def overview(
    boards: Mapping[str, tuple[Leaderboard, Sequence[Record]]], benchmarks: Mapping[str, str], costs: Costs
) -> Overview:
    """Put the leaderboards of all tasks into one table.

    Args:
        boards: Task -> its leaderboard, and its records in the same order.
        benchmarks: Task -> group of tasks.
        costs: What cells cost, as far as it is known.
    """
    tasks: dict[str, list[str]] = {}
    for task in boards:
        tasks.setdefault(benchmarks.get(task, NOTHING), []).append(task)
    lines = [
        _line(board, row, record, benchmark, costs)
        for benchmark, own in tasks.items()
        for board, records in (boards[task] for task in own)
        for row, record in zip(board.rows, records, strict=True)
    ]
    return Overview(
        counts=f"{_several(len(lines), 'cell')} of {_several(len(boards), 'task')}.",
        lines=lines,
        tasks=tasks,
        recipes=sorted({line.row.recipe for line in lines}),
        costs=any(cost.value is not None for line in lines for cost in line.costs),
        ages=age_counts(line.row.stale for line in lines),
        single=any(board.single for board, _ in boards.values()),
    )


def _line(board: Leaderboard, row: Row, record: Record, benchmark: str, costs: Costs) -> Line:
    further = [split for split in board.splits if split != "dev"]
    return Line(
        benchmark=benchmark,
        task=board.task,
        metric=board.metric,
        row=row,
        groups=(_scores(row, ["dev"]), _scores(row, further)),
        repeats=write.repeats(record),
        costs=_costs(record, costs),
    )


def _scores(row: Row, splits: Sequence[str]) -> Scores:
    return Scores(
        entries={split: row.entries[split] for split in splits if split in row.entries},
        absent="hidden" if row.hidden & set(splits) else NOTHING,
    )


def _costs(record: Record, costs: Costs) -> tuple[Cost, ...]:
    made, nodes = made_cost(record, costs), costs.get(record["cell"], {})
    partly = "fit" in nodes and lacks_search(record, costs)
    time = Cost(NOT_COUNTED, None) if partly else _time(made)
    return (time, _memory(made), _time(nodes.get("predict")))


def _time(node: Mapping[str, Any] | None) -> Cost:
    return Cost(wall_time(node), node["wall_seconds"]) if node else Cost(NOTHING, None)


def _memory(node: Mapping[str, Any] | None) -> Cost:
    return Cost(write.memory(node["peak_memory_bytes"]), node["peak_memory_bytes"]) if node else Cost(NOTHING, None)


def _several(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}"
