"""Percentile bootstrap intervals from additive counts.

Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Bounds the memory of a chunk of resamples to about 100 MB.
_DRAWS_PER_CHUNK = 4_000_000


class Interval(NamedTuple):
    """Bounds of an interval, in the statistic's unit."""

    low: float
    high: float


class Sample(NamedTuple):
    """Examples of one data set, and a statistic of them.

    Attributes:
        counts: Additive counts of each example, shape (examples, k).
        statistic: Maps summed counts of shape (resamples, k) to values of shape (resamples,).
        groups: Group of each example, shape (examples,); groups (documents) are then drawn whole, not examples.
    """

    counts: Ints
    statistic: Callable[[Ints], Floats]
    groups: Sequence[Any] | NDArray[Any] | None = None


def bootstrap_interval(
    counts: Ints,
    statistic: Callable[[Ints], Floats],
    groups: Sequence[Any] | NDArray[Any] | None = None,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval of a statistic of summed counts.

    Args:
        counts: Additive counts of each example, shape (examples, k).
        statistic: Maps summed counts of shape (resamples, k) to values of shape (resamples,).
        groups: Group of each example, shape (examples,); groups (documents) are then drawn whole, not examples.
        resamples: Number of resamples, each as large as the number of examples, or of groups.
        level: Share of the resamples' values between the bounds.
        seed: Seed of the draws.

    Raises:
        ValueError: no examples, groups of another length, no resamples, or a level outside of (0, 1).
    """
    return mean_bootstrap_interval([Sample(counts, statistic, groups)], resamples, level, seed)


def mean_bootstrap_interval(samples: Sequence[Sample], resamples: int, level: float, seed: int) -> Interval:
    """Percentile bootstrap interval of the mean of statistics of several samples, each drawn independently.

    Args:
        samples: The samples; each resample draws from every one as many examples, or groups, as it has.
        resamples: Number of resamples.
        level: Share of the resamples' values between the bounds.
        seed: Seed of the draws.

    Raises:
        ValueError: no examples, groups of another length, no resamples, or a level outside of (0, 1).
    """
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"resamples={resamples}, level={level}; expected at least 1 and a level between 0 and 1")
    generator = np.random.default_rng(seed)
    drawn = [
        sample.statistic(_resampled_sums(_units(np.asarray(sample.counts), sample.groups), resamples, generator))
        for sample in samples
    ]
    values = np.mean(drawn, axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail]).tolist()
    return Interval(low, high)


def _units(counts: Ints, groups: Sequence[Any] | NDArray[Any] | None) -> Ints:
    """What is drawn: the examples, or the sums of each group."""
    if not len(counts):
        raise ValueError("no examples to resample")
    if groups is None:
        return counts
    names, group_of = np.unique(np.asarray(groups), return_inverse=True)
    if len(group_of) != len(counts):
        raise ValueError(f"{len(group_of)} groups for {len(counts)} examples; expected one group for each example")
    sums = np.zeros((len(names), counts.shape[1]), dtype=np.int64)
    np.add.at(sums, group_of, counts)
    return sums


def _resampled_sums(units: Ints, resamples: int, generator: np.random.Generator) -> Ints:
    """Sums over each resample, shape (resamples, k); the draws do not depend on the size of the chunks."""
    rows = max(1, _DRAWS_PER_CHUNK // len(units))
    sizes = [min(rows, resamples - done) for done in range(0, resamples, rows)]
    # Sums of whole numbers below 2**53 are exact in float64, and only floats multiply fast.
    values = units.astype(np.float64)
    sums = [_weights(generator, size, len(units)) @ values for size in sizes]
    return np.concatenate(sums).astype(np.int64)


def _weights(generator: np.random.Generator, resamples: int, units: int) -> Floats:
    """How often each resample draws each unit: multinomial, made by counting single draws."""
    draws = generator.integers(units, size=(resamples, units))
    draws += units * np.arange(resamples)[:, np.newaxis]
    counted = np.bincount(draws.ravel(), minlength=resamples * units)
    return counted.reshape(resamples, units).astype(np.float64)
