"""Measures as functions of summed counts, for many resamples at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def accuracy(sums: Ints) -> Floats:
    """Share of correct examples.

    Args:
        sums: Columns correct and examples, shape (resamples, 2).

    Returns:
        Fractions of 1, shape (resamples,); 0.0 without examples.
    """
    return _ratio(sums[:, 0], sums[:, 1])


def micro_f1(sums: Ints) -> Floats:
    """F1 over all spans.

    Args:
        sums: Columns correct, predicted and gold, shape (resamples, 3).

    Returns:
        Fractions of 1, shape (resamples,); 0.0 without spans.
    """
    return _ratio(2 * sums[:, 0], sums[:, 1] + sums[:, 2])


def macro_f1(sums: Ints) -> Floats:
    """Mean of the labels' F1; a label that occurs on neither side counts 0.0.

    Args:
        sums: For every label correct, then for every label predicted, then gold, shape (resamples, 3 * labels).

    Returns:
        Fractions of 1, shape (resamples,).
    """
    correct, predicted, gold = np.split(sums, 3, axis=1)
    means: Floats = _ratio(2 * correct, predicted + gold).mean(axis=1)
    return means


def _ratio(part: Ints, whole: Ints) -> Floats:
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)
