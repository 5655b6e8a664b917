"""A cell against another cell on the same examples: the difference with its interval and test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from regen.config.statistics import StatisticsConfig
from regen.records.outcomes import MEASURES, comparable, repeats_of
from regen.statistics.paired import Pair, difference, difference_interval, mcnemar_test, randomisation_test
from regen.statistics.repeats import paired_t_test

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]
Outcomes = Mapping[str, "pd.DataFrame"]
"""Cell -> its outcomes."""

MCNEMAR, RANDOMISATION = "McNemar", "approximate randomisation"
OVER_FOLDS = f"{RANDOMISATION} and t over folds"
"""Two tests, both of which have to tell a difference: p is the larger of theirs."""
DRAWS = 10_000
"""Random exchanges of a test, and resamples of an interval: the smallest p-value, 1 in 10,001, survives the correction
for 100 comparisons."""
_LEAST_FOLDS = 2
NO_OUTCOMES, OTHER_METRIC, OTHER_DATA = "no outcomes", "other metric", "other data"
"""Why two scores cannot be tested; other data: other files, another version of the task, or other units."""


@dataclass(frozen=True)
class Comparison:
    """One cell minus another on one split.

    Attributes:
        cell: The one.
        against: The other.
        split: Where both were scored.
        difference: Mean over repeats of the one minus that of the other, fractions of 1.
        low: Lower bound of its interval.
        high: Upper bound.
        p: Two-sided p-value.
        adjusted: The same, corrected for the number of comparisons that it was made among.
        test: ``McNemar``, ``approximate randomisation``, or ``approximate randomisation and t over folds``.
    """

    cell: str
    against: str
    split: str
    difference: float
    low: float
    high: float
    p: float
    adjusted: float
    test: str

    def tells_apart(self, level: float) -> bool:
        """Say whether the difference is significant, corrected, at the level of the intervals."""
        return self.adjusted < 1 - level


@dataclass(frozen=True)
class Untested:
    """One cell minus another on one split, where nothing can say how sure the difference is.

    Attributes:
        cell: The one.
        against: The other.
        split: Where both have a score.
        difference: Mean over repeats of the one minus that of the other, fractions of 1; ``None`` for other metrics.
        reason: ``no outcomes``, ``other metric`` or ``other data``.
    """

    cell: str
    against: str
    split: str
    difference: float | None
    reason: str


def compare(one: Record, other: Record, outcomes: Outcomes, split: str, how: StatisticsConfig) -> Comparison | None:
    """Compare two cells on a split; ``None`` where they share no examples, or the outcomes of either are missing.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        outcomes: Of both cells.
        split: Where to compare.
        how: Level and seed of the interval, which is made from `DRAWS` resamples.
    """
    pairs = pairs_of(one, other, outcomes, split)
    if not pairs:
        return None
    test, p = run_test(one, other, pairs, split, how.seed)
    low, high = difference_interval(pairs, DRAWS, how.level, how.seed)
    return Comparison(one["cell"], other["cell"], split, difference(pairs), low, high, p, p, test)


def untested(one: Record, other: Record, outcomes: Outcomes, split: str) -> Untested | None:
    """Give the plain difference of two cells, and why `compare` finds none; ``None`` where one has no score there.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        outcomes: Cell -> outcomes, as far as there are any.
        split: Where to compare.
    """
    if split not in one["scores"] or split not in other["scores"]:
        return None
    apart: float | None = one["scores"][split]["mean"] - other["scores"][split]["mean"]
    if one["metric"] != other["metric"]:
        apart, reason = None, OTHER_METRIC
    elif not comparable(one, other, split):
        reason = OTHER_DATA
    else:
        reason = OTHER_DATA if {one["cell"], other["cell"]} <= set(outcomes) else NO_OUTCOMES
    return Untested(one["cell"], other["cell"], split, apart, reason)


def pairs_of(one: Record, other: Record, outcomes: Outcomes, split: str) -> list[Pair]:
    """Pair two cells on each set of examples; nothing where they were not scored on the same."""
    if not {one["cell"], other["cell"]} <= set(outcomes) or not comparable(one, other, split):
        return []
    sides = [repeats_of(outcomes[record["cell"]], split) for record in (one, other)]
    shapes = [{fold: counts.shape[1:] for fold, counts in side.items()} for side in sides]
    if shapes[0] != shapes[1]:
        return []
    measure = MEASURES[one["metric"]]
    return [Pair(sides[0][fold], sides[1][fold], measure) for fold in sides[0]]


def run_test(one: Record, other: Record, pairs: Sequence[Pair], split: str, seed: int) -> tuple[str, float]:
    """Choose the test of two cells, and give its name and two-sided p-value.

    It is McNemar's for single repeats of right and wrong examples, approximate randomisation otherwise. Both look at
    the examples alone. Where both cells were made on the same folds, a difference has to hold over the folds as well:
    the p-value is the larger one of the two tests, so that each of them has to tell the cells apart.

    Source: R. L. Berger, Multiparameter hypothesis testing and acceptance sampling, Technometrics 24:295, 1982.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        pairs: What `pairs_of` gives for them.
        split: Where to compare.
        seed: Seed of the random exchanges.
    """
    single = len(pairs) == 1 and len(pairs[0].one) == len(pairs[0].other) == 1
    if single and one["metric"] in ("accuracy", "exact_match"):
        (pair,) = pairs
        if np.max(pair.one[0, :, 1]) == 1:  # units are examples, not documents
            return MCNEMAR, mcnemar_test(pair.one[0, :, 0], pair.other[0, :, 0])
    p = randomisation_test(pairs, DRAWS, seed)
    sides = [_fold_scores(record, split) for record in (one, other)]
    if len(sides[0]) < _LEAST_FOLDS or set(sides[0]) != set(sides[1]):
        return RANDOMISATION, p
    return OVER_FOLDS, max(p, paired_t_test([sides[0][fold] - sides[1][fold] for fold in sides[0]]))


def _fold_scores(record: Record, split: str) -> dict[int, float]:
    """Give the score of each fold, the mean over its seeds."""
    scores: dict[int, list[float]] = {}
    for repeat in record["scores"][split]["repeats"]:
        scores.setdefault(repeat["fold"], []).append(repeat["value"])
    return {fold: fmean(values) for fold, values in scores.items()}
