"""Differences between two systems on the same examples: intervals and tests.

Both look at how the scores would vary with the examples; the fits of either system are held fixed.
"""

from collections.abc import Callable, Sequence
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from regen.statistics.bootstrap import Interval

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Measure = Callable[[Ints], Floats]

_DRAWS_PER_CHUNK = 4_000_000
"""Bounds the memory of a chunk of resamples or exchanges to about 100 MB."""
_HAIR = 1e-12
"""Sums of equal numbers in another order differ by less."""


class Pair(NamedTuple):
    """Two systems on one set of examples.

    Attributes:
        one: Counts of the repeats of one system, shape (repeats, units, k).
        other: Those of the other, on the same units; the number of repeats may differ.
        measure: Maps summed counts of shape (resamples, k) to scores of shape (resamples,).
    """

    one: Ints
    other: Ints
    measure: Measure


def difference(pairs: Sequence[Pair]) -> float:
    """Give the mean score of one system minus that of the other, over repeats and then over sets of examples.

    Raises:
        ValueError: no pairs, or systems with other units.
    """
    return float(np.mean([_difference(*_even(pair), pair.measure)[0] for pair in pairs]))


def difference_interval(pairs: Sequence[Pair], resamples: int, level: float, seed: int) -> Interval:
    """Percentile bootstrap interval of a difference: each resample draws the same units for both systems.

    Units whose counts are all alike need not be told apart: how often a resample draws each kind is multinomial.

    Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13.

    Args:
        pairs: Sets of examples, drawn independently.
        resamples: Number of resamples, each as large as the number of units.
        level: Share of the resamples' differences between the bounds.
        seed: Seed of the draws.

    Raises:
        ValueError: no pairs, or systems with other units.
    """
    generator = np.random.default_rng(seed)
    values = np.mean([_resampled(pair, resamples, generator) for pair in pairs], axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail]).tolist()
    return Interval(low, high)


def randomisation_test(pairs: Sequence[Pair], resamples: int, seed: int) -> float:
    """Give the two-sided mid-p-value of a difference, by approximate randomisation.

    Were the systems equally good, each unit's outcomes might as well be those of the other system: they are exchanged
    at random, those of all repeats of a unit together. Exchanges that end in the very difference that was seen count
    half, as in `mcnemar_test`: with scores of few different values the test would raise too few alarms otherwise.

    Source: E. W. Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989, chapter 2; A. Yeh, More accurate
    tests for the statistical significance of result differences, COLING 2000.

    Args:
        pairs: Sets of examples.
        resamples: Number of random exchanges.
        seed: Seed of the draws.

    Raises:
        ValueError: no pairs, or systems with other units.
    """
    generator = np.random.default_rng(seed)
    observed = abs(difference(pairs))
    drawn = np.mean([_exchanged(pair, resamples, generator) for pair in pairs], axis=0)
    beyond = np.abs(drawn) - observed
    ties = int((np.abs(beyond) < _HAIR).sum())
    return 1.0 if observed < _HAIR else (1 + int((beyond >= _HAIR).sum()) + ties / 2) / (1 + resamples)


def mcnemar_test(one: Ints, other: Ints) -> float:
    """Give the two-sided mid-p-value of McNemar's test of two accuracies.

    Source: M. W. Fagerland, S. Lydersen and P. Laake, The McNemar test for binary matched-pairs data: mid-p and
    asymptotic are better than exact conditional, BMC Medical Research Methodology 13:91, 2013.

    Args:
        one: 1 for each example that one system got right, 0 otherwise, shape (examples,).
        other: The same of the other.
    """
    from scipy.stats import binom  # here, since Kedro imports this module when it starts

    only_one, only_other = int((one > other).sum()), int((other > one).sum())
    apart, fewer = only_one + only_other, min(only_one, only_other)
    if only_one == only_other:
        return 1.0
    exact = 2 * binom.cdf(fewer, apart, 0.5)
    return float(exact - binom.pmf(fewer, apart, 0.5))


def _check(pair: Pair) -> None:
    one, other = pair.one, pair.other
    if one.shape[1:] != other.shape[1:]:
        raise ValueError(f"units and counts {one.shape[1:]} against {other.shape[1:]}; expected the same examples")


def _even(pair: Pair) -> tuple[Ints, Ints]:
    """Repeat the repeats of both systems until they are equally many; means stay as they are."""
    _check(pair)
    one, other = pair.one, pair.other
    number = lcm(len(one), len(other))
    return np.tile(one, (number // len(one), 1, 1)), np.tile(other, (number // len(other), 1, 1))


def _difference(one: Ints, other: Ints, measure: Measure) -> Floats:
    """Score summed units: repeats of shape (repeats, units, k) each, as one resample."""
    return _scores(one.sum(axis=1)[:, np.newaxis], measure) - _scores(other.sum(axis=1)[:, np.newaxis], measure)


def _scores(sums: Ints, measure: Measure) -> Floats:
    """Give the mean over repeats of scores from sums of shape (repeats, resamples, k)."""
    means: Floats = np.mean([measure(part) for part in sums], axis=0)
    return means


def _resampled(pair: Pair, resamples: int, generator: np.random.Generator) -> Floats:
    """Give the difference in each resample, shape (resamples,)."""
    _check(pair)
    repeats = [*pair.one, *pair.other]
    kinds, times = np.unique(np.concatenate(repeats, axis=1), axis=0, return_counts=True)
    rows, units = max(1, _DRAWS_PER_CHUNK // len(kinds)), int(times.sum())
    scores = []
    for size in [min(rows, resamples - done) for done in range(0, resamples, rows)]:
        drawn = generator.multinomial(units, times / units, size=size)
        # Sums of whole numbers below 2**53 are exact in float64, and only floats multiply fast.
        sums = (drawn.astype(np.float64) @ kinds.astype(np.float64)).astype(np.int64)
        scores.append([pair.measure(part) for part in np.split(sums, len(repeats), axis=1)])
    each = np.concatenate(scores, axis=1)
    apart: Floats = each[: len(pair.one)].mean(axis=0) - each[len(pair.one) :].mean(axis=0)
    return apart


def _exchanged(pair: Pair, resamples: int, generator: np.random.Generator) -> Floats:
    """Give the difference after each random exchange, shape (resamples,)."""
    one, other = _even(pair)
    apart = (one != other).any(axis=(0, 2))  # units on which both do the same change nothing
    change = (other - one)[:, apart].astype(np.float64)
    first, second = one.sum(axis=1)[:, np.newaxis], other.sum(axis=1)[:, np.newaxis]
    rows = max(1, _DRAWS_PER_CHUNK // max(1, int(apart.sum())))
    drawn = []
    for size in [min(rows, resamples - done) for done in range(0, resamples, rows)]:
        swapped = generator.integers(2, size=(size, change.shape[1]), dtype=np.int8).astype(np.float64)
        moved = np.rint(swapped @ change).astype(np.int64)
        drawn.append(_scores(first + moved, pair.measure) - _scores(second - moved, pair.measure))
    return np.concatenate(drawn)


def holm(values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number, so that the chance of any false alarm among them stays at the level.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6:65,
    1979.
    """
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, (len(values) - rank) * values[place])
        adjusted[place] = min(1.0, highest)
    return adjusted
