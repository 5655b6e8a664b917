"""On which examples two cells are right: both, one of them, neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regen.config.task_types import Metric
from regen.records.comparison import Outcomes, Record
from regen.records.outcomes import MEASURES, comparable
from regen.statistics.measures import accuracy

SPLIT = "dev"
"""Where cells are set against each other: whoever looks where they differ on test tunes to it."""


@dataclass(frozen=True)
class Agreement:
    """Counts of units of dev by which of two cells has them right.

    Attributes:
        cell: The one.
        against: The other.
        units: What is counted: ``examples``, or ``documents`` where outcomes are those of documents.
        both: Units that both have right.
        only_cell: Units that the one alone has right.
        only_against: Units that the other alone has right.
        neither: Units that neither has right.
    """

    cell: str
    against: str
    units: str
    both: int
    only_cell: int
    only_against: int
    neither: int


def agreement(one: Record, other: Record, outcomes: Outcomes) -> Agreement | None:
    """Count on which units of dev two cells are right, by the first repeat of each: the smallest seed of each fold.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        outcomes: Cell -> outcomes.

    Returns:
        ``None`` where they share no examples, or the outcomes of either are missing.
    """
    if not {one["cell"], other["cell"]} <= set(outcomes) or not comparable(one, other, SPLIT):
        return None
    sides = [_first_repeats(outcomes[record["cell"]]) for record in (one, other)]
    shapes = [{fold: counts.shape for fold, counts in side.items()} for side in sides]
    if shapes[0] != shapes[1]:
        return None
    mine, theirs = (np.concatenate([right_units(one["metric"], counts) for counts in side.values()]) for side in sides)
    return Agreement(
        cell=one["cell"],
        against=other["cell"],
        units=one["scores"][SPLIT]["interval"]["over"].partition(" ")[0],  # whatever folds they are of
        both=int((mine & theirs).sum()),
        only_cell=int((mine & ~theirs).sum()),
        only_against=int((~mine & theirs).sum()),
        neither=int((~mine & ~theirs).sum()),
    )


def right_units(metric: Metric, counts: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which units have everything right that the official metric counts.

    Args:
        metric: Official metric.
        counts: What it is made of, shape (n, k).

    Returns:
        Shape (n,): every example of the unit for accuracy and exact match; every span, surface or relation of both
        sides otherwise, so that a unit without any on either side is right.
    """
    if MEASURES[metric] is accuracy:
        return np.asarray(counts[:, 0] == counts[:, 1])
    correct, predicted, gold = np.split(counts, 3, axis=1)
    return np.asarray(((correct == predicted) & (correct == gold)).all(axis=1))


def _first_repeats(table: Any) -> dict[int, NDArray[np.int64]]:
    """Give the counts of dev: fold -> counts of its repeat with the smallest seed, shape (units, k)."""
    rows = table[table["split"] == SPLIT]
    columns = [name for name in table.columns if name not in ("split", "seed", "fold", "unit")]
    found = {}
    for fold, own in sorted(rows.groupby("fold")):
        first = own[own["seed"] == own["seed"].min()].sort_values("unit")
        found[int(fold)] = first[columns].to_numpy(np.int64)
    return found


def agreements(records: Sequence[Record], best: Record, outcomes: Outcomes) -> list[Agreement]:
    """Set cells of one task against one of them; those without outcomes are left out."""
    others = [record for record in records if record["cell"] != best["cell"]]
    return [found for record in others if (found := agreement(record, best, outcomes))]
