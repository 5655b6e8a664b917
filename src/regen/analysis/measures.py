"""Measures of groups of examples as ratios of summed counts, each with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from regen.analysis.intervals import bootstrap_intervals
from regen.config.statistics import StatisticsConfig

Counts = NDArray[Any]
Floats = NDArray[np.float64]
Documents: TypeAlias = Sequence[Any] | NDArray[Any] | None
Triple: TypeAlias = list[float | None]
"""Value, low and high."""

_DECIMALS = 4
"""Of fractions: pages show hundredths of a percent."""


@dataclass(frozen=True)
class Measure:
    """A ratio of two sums of counts.

    Attributes:
        name: Its name.
        part: Weight of each column in the numerator.
        whole: Weight of each column in the denominator.
        share: Whether it is a share of examples. Where these are independent, as far as is known, its interval is
            Wilson's, which holds for few examples, too; all others are bootstrapped.
    """

    name: str
    part: tuple[int, ...]
    whole: tuple[int, ...]
    share: bool = False


@dataclass(frozen=True)
class Scale:
    """What is counted of an example, and the measures of its sums.

    Attributes:
        columns: Names of the counts.
        measures: Measures; the first one is what a chart shows.
    """

    columns: tuple[str, ...]
    measures: tuple[Measure, ...]


LABELS = Scale(("correct", "examples"), (Measure("accuracy", (1, 0), (0, 1), share=True),))
SPANS = Scale(
    ("correct", "predicted", "gold"),
    (
        Measure("f1", (2, 0, 0), (0, 1, 1)),
        Measure("precision", (1, 0, 0), (0, 1, 0)),
        Measure("recall", (1, 0, 0), (0, 0, 1)),
    ),
)
ANSWERS = Scale(
    ("correct", "overlap", "examples"),
    (Measure("exact_match", (1, 0, 0), (0, 0, 1), share=True), Measure("answer_f1", (0, 1, 0), (0, 0, 1))),
)
"""``overlap`` is the F1 of an answer, the one count that is no whole number."""


def share(part: int, whole: int, level: float) -> Triple:
    """Give a share, low and high: Wilson's score interval; three times None of nothing.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    """
    if not whole:
        return [None, None, None]
    low, high = binomtest(part, whole).proportion_ci(level, method="wilson")
    return rounded(part / whole, low, high)


def rounded(*values: float) -> Triple:
    """Round fractions for JSON, which has no NaN."""
    return [None if np.isnan(value) else round(float(value), _DECIMALS) for value in values]


def measured(
    names: Sequence[str], counts: Counts, scale: Scale, documents: Documents, statistics: StatisticsConfig
) -> list[dict[str, Any]]:
    """Measure groups.

    Args:
        names: Names of g groups.
        counts: Counts of n examples in each group, shape (n, g, columns of the scale).
        scale: What the counts are.
        documents: Document of each example, shape (n,), which a bootstrap draws whole; ``None`` where examples are.
        statistics: How intervals are made.

    Returns:
        Of each group that holds anything its name as ``group``, the sums of the columns that count things, and
        ``[value, low, high]`` of each measure as fractions of 1; None where a measure is undefined.
    """
    filled = np.flatnonzero(counts.any(axis=(0, 2))).tolist()
    kept = counts[:, filled]
    sums = kept.sum(axis=0)
    rows: list[dict[str, Any]] = [
        {"group": names[place], **{name: int(own[i]) for i, name in enumerate(scale.columns) if name != "overlap"}}
        for place, own in zip(filled, sums, strict=True)
    ]
    for row, triples in zip(rows, _triples(kept, scale, documents, statistics) if rows else [], strict=True):
        row |= {measure.name: triple for measure, triple in zip(scale.measures, triples, strict=True)}
    return rows


def _triples(counts: Counts, scale: Scale, documents: Documents, statistics: StatisticsConfig) -> list[list[Triple]]:
    """Give value and interval of each measure of each of g groups."""
    parts, wholes = (np.array([getattr(one, side) for one in scale.measures]).T for side in ("part", "whole"))

    def ratios(sums: Floats) -> Floats:
        return _divided(sums @ parts, sums @ wholes).reshape(len(sums), -1)

    triples = _bootstrapped(counts, ratios, documents, statistics)
    sums = counts.sum(axis=0)
    for place, measure in enumerate(scale.measures):
        if measure.share and documents is None:
            triples[place :: len(scale.measures)] = [
                share(int(part), int(whole), statistics.level)
                for part, whole in zip((sums @ parts)[:, place], (sums @ wholes)[:, place], strict=True)
            ]
    return _parted(triples, len(scale.measures))


def shares(counts: Counts, documents: Documents, statistics: StatisticsConfig) -> list[list[Triple]]:
    """Give the share that each of g groups has in the sum of all.

    Args:
        counts: Counts of n examples in each group, on each of s sides, shape (n, g, s).
        documents: Document of each example, shape (n,), which a bootstrap draws whole; ``None`` where examples are.
        statistics: How intervals are made.

    Returns:
        Of each group, and in it of each side, ``[value, low, high]``; None where a side counts nothing.
    """

    def parts(sums: Floats) -> Floats:
        whole = np.broadcast_to(sums.sum(axis=1, keepdims=True), sums.shape)
        return _divided(sums, whole).reshape(len(sums), -1)

    return _parted(_bootstrapped(counts, parts, documents, statistics), counts.shape[2])


def _parted(triples: list[Triple], size: int) -> list[list[Triple]]:
    return [triples[start : start + size] for start in range(0, len(triples), size)]


def _bootstrapped(
    counts: Counts, statistic: Callable[[Floats], Floats], documents: Documents, statistics: StatisticsConfig
) -> list[Triple]:
    """Give values and intervals of what maps sums of shape (resamples, g, k) to shape (resamples, m)."""
    shape = counts.shape[1:]
    values = statistic(counts.sum(axis=0)[np.newaxis])[0]
    flat = counts.reshape(len(counts), -1)
    bounds = bootstrap_intervals(flat, lambda sums: statistic(sums.reshape(-1, *shape)), documents, statistics)
    return [rounded(value, low, high) for value, (low, high) in zip(values, bounds, strict=True)]


def _divided(part: Counts, whole: Counts) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return ratio


def placed(counts: Counts, groups: NDArray[np.int64], number: int) -> Counts:
    """Put the counts of n examples, shape (n, k), into those of their groups: shape (n, number, k)."""
    found = np.zeros((len(counts), number, counts.shape[1]), dtype=counts.dtype)
    found[np.arange(len(counts)), groups] = counts
    return found
