"""How sure it is that one recipe is better than another: paired comparisons, intervals over repeats, ranks."""

from collections.abc import Mapping, Sequence
from typing import Literal

from regen.config.statistics import StatisticsConfig
from regen.records.comparison import Comparison, Outcomes, compare, compare_all
from regen.reporting import format as write
from regen.reporting.changes import p_value
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import by_task, splits_of
from regen.reporting.sections import Section
from regen.statistics.paired import holm
from regen.statistics.repeats import t_interval

Mark = Literal["", "best", "tie"]
_LEAST_TASKS = 2
_PAIRED = (
    "Each recipe minus the best on dev, on the same examples: a percentile bootstrap interval that draws the same "
    "examples (documents of CoNLL) for both, and a two-sided test: McNemar’s (mid-p) for the accuracy of single "
    "repeats, approximate randomisation otherwise; p is corrected for the comparisons in its column (Holm). Both hold "
    "the fits fixed: see the repeats for how scores vary with seeds and folds."
)
_REPEATS = "Student’s t interval of the mean over repeats: how it varies with seeds and folds, the examples held fixed."
_RANKS = (
    "On dev: 1 + the number of recipes that are significantly better on the task (paired tests of all pairs, Holm), so "
    "that recipes that cannot be told apart share a rank. Means over other tasks do not compare."
)


def comparison_section(records: Sequence[Record], outcomes: Outcomes, how: StatisticsConfig) -> Section | None:
    """Compare the cells of one task with the best of them on dev; ``None`` where nothing can be said.

    Args:
        records: The task's records, best on dev first.
        outcomes: Cell -> outcomes, of as many as there are.
        how: Resamples, level and seed of intervals.
    """
    scored = [record for record in records if record["cell"] in outcomes]
    grids = []
    if len(scored) > 1:
        made = {split: compare_all(scored, scored[0], outcomes, split, how) for split in splits_of(scored)}
        grids.append(_paired_grid(scored[0], {split: found for split, found in made.items() if found}))
    grids.append(_repeats_grid(records, how.level))
    grids = [grid for grid in grids if grid.rows]
    return Section("comparisons", "How sure the order is", grids) if grids else None


def leaders(records: Sequence[Record], outcomes: Outcomes, split: str, how: StatisticsConfig) -> dict[str, Mark]:
    """Mark the best cell of a split, or all that cannot be told apart from it.

    Cells on the same examples are told apart by a paired test, corrected for the number of cells (Holm); others, and
    those without outcomes, by whether their intervals overlap.

    Returns:
        Cell -> ``best`` for a cell that is better than every other; otherwise ``tie`` for the one with the highest
        score and for those that cannot be told apart from it. Nothing if fewer than two cells have a score.
    """
    scored = [record for record in records if split in record["scores"]]
    if len(scored) < 2:  # noqa: PLR2004
        return {}
    best = max(scored, key=lambda record: record["scores"][split]["mean"])
    compared = {found.cell: found for found in compare_all(scored, best, outcomes, split, how)}
    tied = [record["cell"] for record in scored if _alike(best, record, split, compared.get(record["cell"]), how.level)]
    return {best["cell"]: "best"} if tied == [best["cell"]] else dict.fromkeys(tied, "tie")


def rank_section(records: Sequence[Record], outcomes: Outcomes, how: StatisticsConfig) -> Section | None:
    """Rank recipes over tasks; ``None`` where no recipe stands in several.

    Args:
        records: Records of any tasks.
        outcomes: Cell -> outcomes.
        how: Level and seed of the tests.
    """
    ranks = {task: ranks_on(own, outcomes, "dev", how) for task, own in by_task(records).items()}
    ranks = {task: found for task, found in ranks.items() if found}
    found: dict[str, dict[str, int]] = {}
    for task, own in ranks.items():
        for recipe, rank in own.items():
            found.setdefault(recipe, {})[task] = rank
    several = {recipe: own for recipe, own in found.items() if len(own) >= _LEAST_TASKS}
    rows = [
        (recipe, [f"{_mean(own):.2f}", str(len(own)), *(str(own.get(task, NOTHING)) for task in ranks)])
        for recipe, own in sorted(several.items(), key=lambda item: (_mean(item[1]), item[0]))
    ]
    grid = Grid("Ranks", ["mean rank", "tasks", *ranks], rows, corner="recipe", note=_RANKS)
    return Section("ranks", "Ranks over tasks", [grid]) if rows else None


def ranks_on(records: Sequence[Record], outcomes: Outcomes, split: str, how: StatisticsConfig) -> dict[str, int]:
    """Rank the recipes of one task, those that cannot be told apart alike; empty for fewer than two with outcomes.

    Returns:
        Recipe -> 1 + the number of recipes that are significantly better.
    """
    scored = [record for record in records if record["cell"] in outcomes and split in record["scores"]]
    pairs = [(one, other) for i, one in enumerate(scored) for other in scored[i + 1 :]]
    quick = how.model_copy(update={"resamples": 100})  # the interval is not looked at
    made = [found for one, other in pairs if (found := compare(one, other, outcomes, split, quick))]
    ranks = dict.fromkeys((record["cell"] for record in scored), 1) if made else {}
    for found, adjusted in zip(made, holm([found.p for found in made]), strict=True):
        if adjusted < 1 - how.level:
            ranks[found.cell if found.difference < 0 else found.against] += 1
    return {cell.split(".")[1]: rank for cell, rank in ranks.items()}


def _mean(ranks: Mapping[str, int]) -> float:
    return sum(ranks.values()) / len(ranks)


def _alike(best: Record, other: Record, split: str, found: Comparison | None, level: float) -> bool:
    if other is best:
        return True
    if found is not None:
        return not found.tells_apart(level)
    a, b = best["scores"][split]["interval"], other["scores"][split]["interval"]
    return bool(a["low"] <= b["high"] and b["low"] <= a["high"])


def _paired_grid(best: Record, made: Mapping[str, Sequence[Comparison]]) -> Grid:
    cells = dict.fromkeys(found.cell for rows in made.values() for found in rows)
    by_cell = {split: {found.cell: found for found in rows} for split, rows in made.items()}
    return Grid(
        title=f"Difference to {best['recipe']} × 100",
        groups=[(split, 3) for split in made],
        columns=[name for _ in made for name in ("Δ [interval]", "p, corrected", "test")],
        rows=[
            (cell.split(".")[1], [text for split in made for text in _paired(by_cell[split].get(cell))])
            for cell in cells
        ],
        corner="recipe",
        note=_PAIRED,
    )


def _paired(found: Comparison | None) -> list[str]:
    if found is None:
        return [NOTHING] * 3
    bounds = f"[{write.hundredfold(found.low)}, {write.hundredfold(found.high)}]"
    return [f"{write.difference(found.difference)} {bounds}", p_value(found.adjusted), found.test]


def _repeats_grid(records: Sequence[Record], level: float) -> Grid:
    """Give the interval over repeats, where a cell has several."""
    splits = [split for split in splits_of(records) if any(split in record["scores"] for record in records)]
    rows = []
    for record in records:
        bounds = {split: t_interval(scores["values"], level) for split, scores in record["scores"].items()}
        if any(bounds.values()):
            n = write.repeats(record)
            rows.append((record["recipe"], [n, *(_bounds(record, split, bounds.get(split)) for split in splits)]))
    return Grid("Over repeats × 100", ["n", *splits], rows, corner="recipe", note=_REPEATS)


def _bounds(record: Record, split: str, bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return NOTHING
    mean = write.hundredfold(record["scores"][split]["mean"])
    return f"{mean} [{write.hundredfold(bounds[0])}, {write.hundredfold(bounds[1])}]"
