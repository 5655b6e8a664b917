"""How sure it is that one recipe is better than another: paired comparisons, intervals over repeats, ranks."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.records.standing import Standing
from regen.reporting import format as write
from regen.reporting.changes import p_value
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import splits_of
from regen.reporting.sections import Section
from regen.statistics.repeats import t_interval

_LEAST_TASKS = 2
_PAIRED = (
    "Each recipe minus the best on dev, on the same examples: a percentile bootstrap interval that draws the same "
    "examples (documents of CoNLL) for both, and a two-sided test: McNemar’s (mid-p) for the accuracy of single "
    "repeats, approximate randomisation otherwise; p is corrected for the comparisons in its column (Holm). Both hold "
    "the fits fixed: see the repeats for how scores vary with seeds and folds."
)
_RIGHT = ("both", "only_against", "only_cell", "neither")
_FIRST = "First repeat of each recipe, in every fold. kedro compare with --examples shows the examples."
_UNITS = {
    "examples": f"Examples of dev that are right as a whole: the answer, or every span or relation. {_FIRST}",
    "documents": "Documents of dev in which every answer, span or relation is right: the counts in git are those of "
    f"documents, not of single examples. {_FIRST}",
}
_REPEATS = "Student’s t interval of the mean over repeats: how it varies with seeds and folds, the examples held fixed."
_RANKS = (
    "On dev: 1 + the number of recipes that are significantly better on the task (paired tests of all pairs, Holm), so "
    "that recipes that cannot be told apart share a rank. Means over other tasks do not compare."
)


def comparison_section(records: Sequence[Record], standing: Standing) -> Section | None:
    """Show how the cells of one task compare; ``None`` where nothing can be said.

    Args:
        records: The task's records, in the order of the page.
        standing: How they stand to each other.
    """
    made = (
        _paired_grid(records, standing),
        _agreement_grid(records, standing),
        _repeats_grid(records, standing["level"]),
    )
    grids = [grid for grid in made if grid.rows]
    return Section("comparisons", "How sure the order is", grids) if grids else None


def rank_section(standings: Mapping[str, Standing]) -> Section | None:
    """Show ranks of recipes over tasks; ``None`` where no recipe has a rank on several.

    Args:
        standings: Task -> how its cells stand to each other.
    """
    ranked = {task: standing["ranks"] for task, standing in standings.items() if standing["ranks"]}
    found: dict[str, dict[str, int]] = {}
    for task, ranks in ranked.items():
        for cell, rank in ranks.items():
            found.setdefault(cell.split(".")[1], {})[task] = rank
    several = {recipe: own for recipe, own in found.items() if len(own) >= _LEAST_TASKS}
    rows = [
        (recipe, [f"{_mean(own):.2f}", str(len(own)), *(str(own.get(task, NOTHING)) for task in ranked)])
        for recipe, own in sorted(several.items(), key=lambda item: (_mean(item[1]), item[0]))
    ]
    grid = Grid("Ranks", ["mean rank", "tasks", *ranked], rows, corner="recipe", note=_RANKS)
    return Section("ranks", "Ranks over tasks", [grid]) if rows else None


def _mean(ranks: Mapping[str, int]) -> float:
    return sum(ranks.values()) / len(ranks)


def _paired_grid(records: Sequence[Record], standing: Standing) -> Grid:
    found = {(one["cell"], one["split"]): one for one in standing["differences"]}
    splits = [split for split in splits_of(records) if any(split == other for _, other in found)]
    cells = [record for record in records if any(record["cell"] == cell for cell, _ in found)]
    best = str(standing["against"]).partition(".")[2]
    return Grid(
        title=f"Difference to {best} × 100",
        groups=[(split, 3) for split in splits],
        columns=[name for _ in splits for name in ("Δ [interval]", "p, corrected", "test")],
        rows=[
            (record["recipe"], [text for split in splits for text in _paired(found.get((record["cell"], split)))])
            for record in cells
        ],
        corner="recipe",
        note=_PAIRED,
        texts=("test",),
    )


def _paired(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return [NOTHING] * 3
    bounds = write.bounds(found["low"], found["high"])
    return [f"{write.difference(found['difference'])} {bounds}", p_value(found["adjusted"]), found["test"]]


def _agreement_grid(records: Sequence[Record], standing: Standing) -> Grid:
    """Say which of a recipe and the best on dev is right how often."""
    found = {one["cell"]: one for one in standing.get("agreements", ())}  # older standings have none
    units = next((one["units"] for one in found.values()), "examples")
    best = str(standing["against"]).partition(".")[2]
    return Grid(
        title=f"Right on dev, {units}",
        columns=["both", f"only {best}", "only this recipe", "neither"],
        rows=[
            (record["recipe"], [write.count(found[record["cell"]][key]) for key in _RIGHT])
            for record in records
            if record["cell"] in found
        ],
        corner="recipe",
        note=_UNITS[units],
    )


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
    return f"{mean} {write.bounds(*bounds)}"
