"""Cells against another cell on the same examples: differences with intervals and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regen.config.statistics import StatisticsConfig
from regen.records.outcomes import MEASURES, comparable, repeats_of
from regen.statistics.paired import Pair, difference, difference_interval, holm, mcnemar_test, randomisation_test

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]
Outcomes = Mapping[str, "pd.DataFrame"]
"""Cell -> its outcomes."""

MCNEMAR, RANDOMISATION = "McNemar", "approximate randomisation"
_EXCHANGES = 10_000
"""Random exchanges of a test: its smallest p-value, 1 in 10,001, survives the correction for 100 comparisons."""


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
        test: ``McNemar`` or ``approximate randomisation``.
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


def compare(one: Record, other: Record, outcomes: Outcomes, split: str, how: StatisticsConfig) -> Comparison | None:
    """Compare two cells on a split; ``None`` where they share no examples, or the outcomes of either are missing.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        outcomes: Of both cells.
        split: Where to compare.
        how: Resamples, level and seed of the interval.
    """
    pairs = _pairs(one, other, outcomes, split)
    if not pairs:
        return None
    low, high = difference_interval(pairs, how.resamples, how.level, how.seed)
    test, p = _test(one["metric"], pairs, how.seed)
    return Comparison(one["cell"], other["cell"], split, difference(pairs), low, high, p, p, test)


def tested_difference(
    one: Record, other: Record, outcomes: Outcomes, split: str, seed: int
) -> tuple[float, float] | None:
    """Give the difference of two cells on a split and its p-value, as `compare` does, without the interval.

    Args:
        one: Record of the one cell.
        other: Record of the other.
        outcomes: Of both cells.
        split: Where to compare.
        seed: Seed of the random exchanges.
    """
    pairs = _pairs(one, other, outcomes, split)
    return (difference(pairs), _test(one["metric"], pairs, seed)[1]) if pairs else None


def compare_all(
    records: Sequence[Record], base: Record, outcomes: Outcomes, split: str, how: StatisticsConfig
) -> list[Comparison]:
    """Compare cells with one of them, p-values corrected for the number of comparisons (Holm).

    Args:
        records: Records of one task; the base may be among them.
        base: Whom to compare with.
        outcomes: Cell -> outcomes; cells without any are left out.
        split: Where to compare.
        how: Resamples, level and seed of the intervals.
    """
    others = [record for record in records if record["cell"] != base["cell"]]
    made = [found for record in others if (found := compare(record, base, outcomes, split, how))]
    adjusted = holm([found.p for found in made])
    return [replace(found, adjusted=value) for found, value in zip(made, adjusted, strict=True)]


def _pairs(one: Record, other: Record, outcomes: Outcomes, split: str) -> list[Pair]:
    """Pair two cells on each set of examples; nothing where they were not scored on the same."""
    if not {one["cell"], other["cell"]} <= set(outcomes) or not comparable(one, other, split):
        return []
    sides = [repeats_of(outcomes[record["cell"]], split) for record in (one, other)]
    shapes = [{fold: counts.shape[1:] for fold, counts in side.items()} for side in sides]
    if shapes[0] != shapes[1]:
        return []
    measure = MEASURES[one["metric"]]
    return [Pair(sides[0][fold], sides[1][fold], measure) for fold in sides[0]]


def _test(metric: str, pairs: Sequence[Pair], seed: int) -> tuple[str, float]:
    """Choose the test: McNemar's for single repeats that are right or wrong on each example."""
    single = len(pairs) == 1 and len(pairs[0].one) == len(pairs[0].other) == 1
    if single and metric in ("accuracy", "exact_match"):
        (pair,) = pairs
        if np.max(pair.one[0, :, 1]) == 1:  # units are examples, not documents
            return MCNEMAR, mcnemar_test(pair.one[0, :, 0], pair.other[0, :, 0])
    return RANDOMISATION, randomisation_test(pairs, _EXCHANGES, seed)
