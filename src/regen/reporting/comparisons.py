"""How sure it is that one recipe is better than another: paired comparisons, intervals over repeats, ranks."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.records.comparison import NO_OUTCOMES, OVER_FOLDS
from regen.records.standing import Standing
from regen.reporting import format as write
from regen.reporting.changes import p_value
from regen.reporting.fine_tuning import fine_tuning_grid
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import splits_of
from regen.reporting.sections import Section
from regen.statistics.repeats import t_interval

_LEAST_TASKS = 2
_PAIRED = (
    "Each recipe minus {whom}, on the same examples: a percentile bootstrap interval that draws the same "
    "{units} for both (10,000 resamples), and a two-sided test: McNemar’s (mid-p, from the binomial distribution) for "
    "the accuracy of single repeats, approximate randomisation (10,000 exchanges) otherwise; p is corrected for all "
    "pairs of recipes on the split (Holm). Both hold the fits fixed: see the repeats for how scores vary with seeds "
    "and folds."
)
_BY_FOLDS = (
    "Tested by approximate randomisation and t over folds: both recipes were made on the same folds, so that a "
    "difference has to hold over these, too. Student’s paired t test takes one difference per "
    "fold, the mean over its seeds, and p is the larger one of both tests."
)
_OPTIMISTIC = "On dev, ranks and p are optimistic for recipes whose epochs or settings were chosen on that very dev."
_WHOM = "the best on dev"
_WHOM_OF = "the best on dev of those with outcomes"
_LACKING = (
    "No outcomes: made before they were kept, so that the plain difference of the means stands alone; "
    "{command} makes them."
)
_RIGHT = ("both", "only_against", "only_cell", "neither")
_SOME_RIGHT = _RIGHT[:3]
_FIRST = "First repeat of each recipe, in every fold. kedro compare with --examples shows the examples."
_UNITS = {
    "examples": f"Examples of dev that are right as a whole: the answer, or every span or relation. {_FIRST}",
    "documents": "Documents of dev in which every answer, span or relation is right: the counts in git are those of "
    f"documents, not of single examples. {_FIRST}",
    "passages": "Passages of dev of which every question is answered right: the counts in git are those of passages, "
    f"not of single questions. {_FIRST}",
}
_OF_QUESTIONS = ("span_qa", "multiple_choice")
"""Types of tasks whose documents are the passages that questions are about."""
_REPEATS = "Student’s t interval of the mean over repeats: how it varies with seeds, the examples held fixed."
_FOLDS = (
    "Student’s t interval of the mean over repeats: how it varies with seeds and folds. Each fold has a dev of its "
    "own, so that on dev the examples vary, too; on other splits they are held fixed."
)
_RANKS = (
    "On dev: 1 + the number of recipes that are significantly better on the task (paired tests of all pairs, Holm), so "
    "that recipes that cannot be told apart share a rank. Only cells with outcomes count: without them a cell has no "
    "rank and holds no other back. Tasks where no two cells compare are left out. Each task ranks other recipes, so "
    "that there is no mean."
)


def comparison_section(records: Sequence[Record], standing: Standing) -> Section | None:
    """Show how the cells of one task compare; ``None`` where nothing can be said.

    Args:
        records: The task's records, in the order of the page.
        standing: How they stand to each other.
    """
    paired = _paired_grid(records, standing)
    made = (
        paired,
        _agreement_grid(records, standing),
        _repeats_grid(records, standing["level"]),
        fine_tuning_grid(records),
    )
    grids = [grid for grid in made if grid.rows]
    notes = [*_by_folds(standing), _OPTIMISTIC] if paired.rows else []
    return Section("comparisons", "How sure the order is", grids, notes=notes) if grids else None


def rank_section(standings: Mapping[str, Standing]) -> Section | None:
    """Show ranks of recipes over tasks; ``None`` where no recipe has cells on several tasks with ranks.

    Args:
        standings: Task -> how its cells stand to each other.
    """
    ranked = {task: standing for task, standing in standings.items() if standing["ranks"]}
    found: dict[str, dict[str, str]] = {}
    for task, standing in ranked.items():
        for cell, rank in {**standing["ranks"], **standing.get("unranked", {})}.items():
            found.setdefault(cell.split(".")[1], {})[task] = str(rank)
    rows = [
        (recipe, [str(sum(rank.isdigit() for rank in own.values())), *(own.get(task, NOTHING) for task in ranked)])
        for recipe, own in sorted(found.items())
        if len(own) >= _LEAST_TASKS
    ]
    grid = Grid("Ranks", ["tasks", *ranked], rows, corner="recipe", note=_RANKS, names=True, texts=set(ranked))
    return Section("ranks", "Ranks over tasks", [grid], notes=[_OPTIMISTIC]) if rows else None


def _paired_grid(records: Sequence[Record], standing: Standing) -> Grid:
    """Show the differences to the best with outcomes; where nothing tests them, the plain ones with the reason."""
    found = {(one["cell"], one["split"]): one for one in [*standing["differences"], *_untested(standing)]}
    splits = [split for split in splits_of(records) if any(split == other for _, other in found)]
    cells = [record for record in records if any(record["cell"] == cell for cell, _ in found)]
    of_some = standing["against"] != standing.get("best", standing["against"])
    return Grid(
        title=_title(str(standing["against"]).partition(".")[2], of_some=of_some),
        groups=[(split, 3) for split in splits],
        columns=[name for _ in splits for name in ("Δ [interval]", "p, corrected", "tested by")],
        rows=[
            (record["recipe"], [text for split in splits for text in _paired(found.get((record["cell"], split)))])
            for record in cells
        ],
        corner="recipe",
        note=" ".join([_note(records, of_some=of_some), *_lacking(records, standing)]),
        texts=("tested by",),
        names=True,
    )


def _note(records: Sequence[Record], *, of_some: bool) -> str:
    return _PAIRED.format(whom=_WHOM_OF if of_some else _WHOM, units=_drawn(records))


def _by_folds(standing: Standing) -> list[str]:
    return [_BY_FOLDS] if any(one["test"] == OVER_FOLDS for one in standing["differences"]) else []


def _drawn(records: Sequence[Record]) -> str:
    """Name what the intervals draw: ``single examples``, or the documents or passages of the task."""
    found = {_called(r, scores["interval"]["over"]) for r in records for scores in r["scores"].values()}
    return " or ".join(sorted("single examples" if units == "examples" else units for units in found))


def _called(record: Record, over: str) -> str:
    """Name units as the task does: its documents may be passages; without ``of each fold``."""
    units = over.partition(" ")[0]
    return "passages" if units == "documents" and record["config"]["task_type"] in _OF_QUESTIONS else units


def _untested(standing: Standing) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = standing.get("untested", ())  # older standings have none
    return found


def _title(best: str, *, of_some: bool) -> str:
    return f"Difference to {best}, {_WHOM_OF}, × 100" if of_some else f"Difference to {best} × 100"


def _lacking(records: Sequence[Record], standing: Standing) -> list[str]:
    """Say what makes the outcomes that cells lack, in one sentence; nothing where none lacks them."""
    cells = {one["cell"] for one in _untested(standing) if one["reason"] == NO_OUTCOMES}
    lacking = [record for record in records if record["cell"] in cells]
    if not lacking:
        return []
    cell = f"{lacking[0]['task']}.RECIPE" if len(lacking) > 1 else lacking[0]["cell"]
    return [_LACKING.format(command=write.commands({**lacking[0], "cell": cell})[0])]


def _paired(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return [NOTHING] * 3
    difference = write.difference(found["difference"])
    if "reason" in found:
        return [difference, NOTHING, found["reason"]]
    bounds = write.bounds(found["low"], found["high"])
    return [f"{difference} {bounds}", _corrected(found), found["test"]]


def _corrected(found: Mapping[str, Any]) -> str:
    factor = found["adjusted"] / found["p"] if found["p"] else 1
    return p_value(found["p"], found["test"], factor)


def _agreement_grid(records: Sequence[Record], standing: Standing) -> Grid:
    """Say which of a recipe and the best on dev is right how often; no rows where none has a whole unit right."""
    found = {one["cell"]: one for one in standing.get("agreements", ())}  # older standings have none
    if not any(one[key] for one in found.values() for key in _SOME_RIGHT):
        found = {}
    units = next((_called(records[0], one["units"]) for one in found.values()), "examples")
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
    note = _FOLDS if any(_folds(record) for record in records) else _REPEATS
    return Grid("Over repeats × 100", ["n", *splits], rows, corner="recipe", note=note)


def _folds(record: Record) -> bool:
    """Say whether a cell's repeats are of several folds."""
    return any(len({repeat["fold"] for repeat in scores["repeats"]}) > 1 for scores in record["scores"].values())


def _bounds(record: Record, split: str, bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return NOTHING
    mean = write.hundredfold(record["scores"][split]["mean"])
    return f"{mean} {write.bounds(*bounds)}"
