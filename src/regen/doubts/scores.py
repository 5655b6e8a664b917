"""Two scores of a label from probabilities that a model gave without having seen it.

Source: C. G. Northcutt, L. Jiang and I. L. Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels,
Journal of Artificial Intelligence Research 70, 2021: self-confidence ranks in "prune by class", normalized margin in
"prune by noise rate".
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def self_confidence(probabilities: Floats, given: Ints) -> Floats:
    """Give the probability of the given label.

    Args:
        probabilities: Out-of-sample probabilities, shape (n, labels).
        given: Column of each row's label, shape (n,); -1 for a label that the model does not know.

    Returns:
        Shape (n,), from 0 to 1; 0.0 where the model does not know the label.
    """
    confidence: Floats = np.where(given >= 0, probabilities[np.arange(len(given)), given], 0.0)
    return confidence


def normalized_margin(probabilities: Floats, given: Ints) -> Floats:
    """Give the probability of the given label minus that of the most probable other one.

    Args:
        probabilities: Out-of-sample probabilities, shape (n, labels).
        given: Column of each row's label, shape (n,); -1 for a label that the model does not know.

    Returns:
        Shape (n,), from -1 to 1; below 0 where the model prefers another label.
    """
    is_given = np.arange(probabilities.shape[1]) == given[:, np.newaxis]
    margin: Floats = self_confidence(probabilities, given) - np.where(is_given, 0.0, probabilities).max(axis=1)
    return margin
