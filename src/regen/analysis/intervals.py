"""Percentile bootstrap intervals of several statistics from the same draws.

Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regen.config.statistics import StatisticsConfig
from regen.statistics.units import unit_sums

Floats = NDArray[np.float64]

# Bounds the memory of a chunk of resamples to about 100 MB.
_DRAWS_PER_CHUNK = 4_000_000


def bootstrap_intervals(
    values: NDArray[Any],
    statistic: Callable[[Floats], Floats],
    groups: Sequence[Any] | NDArray[Any] | None,
    settings: StatisticsConfig,
) -> Floats:
    """Give the intervals of m statistics of summed values.

    Args:
        values: Additive values of each example, shape (examples, k).
        statistic: Maps sums of shape (resamples, k) to values of shape (resamples, m); NaN where it is undefined.
        groups: Group of each example, shape (examples,); groups (documents) are then drawn whole, not examples.
        settings: Number of resamples, level and seed.

    Returns:
        Low and high of each statistic over the resamples where it is defined, NaN if it never is; shape (m, 2).

    Raises:
        ValueError: No examples.
    """
    if not len(values):
        raise ValueError("no examples to resample")
    units = unit_sums(values, groups)
    # Classes of a hundred labels would make wide sums of ten thousand examples; few of these differ.
    distinct, row_of = np.unique(units, axis=0, return_inverse=True)
    generator = np.random.default_rng(settings.seed)
    most = max(1, _DRAWS_PER_CHUNK // len(units))
    sizes = [min(most, settings.resamples - done) for done in range(0, settings.resamples, most)]
    drawn = [statistic(_weights(generator, size, row_of.ravel()) @ distinct.astype(np.float64)) for size in sizes]
    return _quantiles(np.concatenate(drawn), settings.level)


def _weights(generator: np.random.Generator, resamples: int, row_of: NDArray[np.int64]) -> Floats:
    """Give how often each resample draws each distinct row, by counting single draws: shape (resamples, rows)."""
    rows = int(row_of.max()) + 1
    places = row_of[generator.integers(len(row_of), size=(resamples, len(row_of)))]
    places += rows * np.arange(resamples)[:, np.newaxis]
    counted = np.bincount(places.ravel(), minlength=resamples * rows).reshape(resamples, rows)
    return counted.astype(np.float64)  # only floats multiply fast


def _quantiles(drawn: Floats, level: float) -> Floats:
    """Give the bounds of each column's numbers, NaN for a column without any."""
    bounds = np.full((drawn.shape[1], 2), np.nan)
    defined = ~np.isnan(drawn).all(axis=0)
    tail = (1 - level) / 2
    bounds[defined] = np.nanquantile(drawn[:, defined], [tail, 1 - tail], axis=0).T
    return bounds
