"""Intervals of differences from many resamples, fast.

Beside ``difference_interval`` of `regen.statistics.paired`, which draws other numbers from the same seed, and with
which examinations were made.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regen.statistics.bootstrap import Interval
from regen.statistics.paired import Pair

Floats = NDArray[np.float64]

_DRAWS_PER_CHUNK = 4_000_000
"""Bounds the memory of a chunk of resamples to about 100 MB."""


def paired_interval(pairs: Sequence[Pair], resamples: int, level: float, seed: int) -> Interval:
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
    values = np.mean([_drawn(pair, resamples, generator) for pair in pairs], axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail]).tolist()
    return Interval(low, high)


def _drawn(pair: Pair, resamples: int, generator: np.random.Generator) -> Floats:
    """Give the difference in each resample, shape (resamples,)."""
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
    difference: Floats = each[: len(pair.one)].mean(axis=0) - each[len(pair.one) :].mean(axis=0)
    return difference
