"""The temperature of a model's probabilities: what divides its logits so that they fit the answers best.

Source: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017,
arXiv:1706.04599. Logarithms of probabilities stand for the logits: both differ by a number that all labels share.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

Floats = NDArray[np.float64]

_BOUNDS = (0.05, 20.0)
_EDGE = 0.01
"""Of the logarithm: the search ends near a bound that the best value lies beyond."""
_LEAST = float(np.finfo(np.float32).tiny)
"""Probabilities below it count as it: the least one that float32, in which encoders compute, holds in full."""


def fitted_temperature(probabilities: Floats, given: NDArray[np.int64]) -> float | None:
    """Fit the temperature of the least log loss.

    Args:
        probabilities: Of n answers each label's, shape (n, k).
        given: Number of the right label of each, shape (n,).

    Returns:
        The temperature; None where it lies outside of 0.05 to 20, as where all answers are right, or of no answers.
    """
    if not len(given):
        return None

    def loss(log_temperature: float) -> float:
        return float(log_losses(probabilities, given, float(np.exp(log_temperature))).mean())

    low, high = np.log(_BOUNDS)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded")
    return None if not low + _EDGE < found.x < high - _EDGE else round(float(np.exp(found.x)), 4)


def log_losses(probabilities: Floats, given: NDArray[np.int64], temperature: float = 1.0) -> Floats:
    """Give minus the logarithm of the right label's probability, shape (n,), after division by a temperature."""
    rows, logits = np.arange(len(given)), _logits(probabilities) / temperature
    others = logits - logits[rows, given][:, np.newaxis]
    others[rows, given] = -np.inf
    # By the odds of the others, since 1 minus a probability near 1 would be 0 and the loss flat.
    losses: Floats = np.logaddexp(0.0, logsumexp(others, axis=1))
    return losses


def divided(probabilities: Floats, temperature: float) -> Floats:
    """Divide logits by a temperature: n times k probabilities, as they would be."""
    values: Floats = softmax(_logits(probabilities) / temperature, axis=1)
    return values


def _logits(probabilities: Floats) -> Floats:
    values: Floats = np.log(np.maximum(probabilities, _LEAST))
    return values
