"""Whether confidence can be believed: reliability, expected calibration error, Brier score, temperature.

Sources: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017,
arXiv:1706.04599 (bins, expected calibration error, temperature); J. Bröcker and L. A. Smith, Increasing the Reliability
of Reliability Diagrams, 2007 (what a calibrated model would show).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from regen.analysis.intervals import bootstrap_intervals
from regen.analysis.measures import rounded, share
from regen.config.statistics import StatisticsConfig

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS = 15
_TEMPERATURES = (0.05, 20.0)
_NEAR = 1e-12
"""Confidences are kept so far from 0 and 1 that their log-odds are numbers."""


def has_probability(estimator: str, task_type: str) -> bool:
    """Say whether an estimator's score is its probability that the whole answer is right.

    That of ``majority`` is one share for all examples, that of ``overlap`` a cosine, and that of an ensemble of taggers
    a bound of the mean of those members that agree.
    """
    return estimator not in ("majority", "overlap") and (estimator, task_type) != ("ensemble", "tagging")


def calibration(
    scores: Floats, right: Bools, documents: NDArray[Any] | None, statistics: StatisticsConfig
) -> dict[str, Any]:
    """Compare confidence with accuracy.

    Args:
        scores: Probability of each of n answers, by the model itself, shape (n,).
        right: Whether each is right, shape (n,).
        documents: Document of each example, shape (n,), which a bootstrap draws whole; ``None`` where examples are.
        statistics: How intervals are made.

    Returns:
        ``examples``, mean ``confidence``, ``accuracy``; ``ece`` and ``ece_if_calibrated``, which a model whose
        confidence is true stays below with the probability ``statistics.level`` on as many examples; ``brier``, the
        mean square of confidence minus 1 for a right and 0 for a wrong answer; and ``bins`` of equal width, those that
        hold examples. Intervals as ``[value, low, high]``.
    """
    scores = np.clip(scores, 0.0, 1.0)
    squares = (scores - right) ** 2
    pairs = np.column_stack([squares, np.ones_like(squares)])
    ((low, high),) = bootstrap_intervals(pairs, lambda sums: sums[:, :1] / sums[:, 1:], documents, statistics)
    generator = np.random.default_rng(statistics.seed)
    drawn = [_ece(scores, generator.random(len(scores)) < scores) for _ in range(statistics.resamples)]
    return {
        "examples": len(scores),
        "confidence": rounded(scores.mean())[0],
        "accuracy": share(int(right.sum()), len(right), statistics.level),
        "ece": rounded(_ece(scores, right))[0],
        "ece_if_calibrated": rounded(float(np.quantile(drawn, statistics.level)))[0],
        "brier": rounded(squares.mean(), low, high),
        "bins": _bins(scores, right, statistics.level),
    }


def _places(scores: Floats) -> NDArray[np.int64]:
    """Give the number of each score's bin: bin m holds those above m / 15 up to (m + 1) / 15; the first one also 0."""
    return np.clip(np.ceil(scores * BINS).astype(np.int64) - 1, 0, BINS - 1)


def _ece(scores: Floats, right: Bools) -> float:
    """Give the mean distance of accuracy and confidence over bins, weighed by their numbers of examples."""
    return float(np.abs(np.bincount(_places(scores), weights=right - scores)).sum() / len(scores))


def _bins(scores: Floats, right: Bools, level: float) -> list[dict[str, Any]]:
    places = _places(scores)
    return [
        {
            "bin": int(number),
            "examples": int((places == number).sum()),
            "confidence": rounded(scores[places == number].mean())[0],
            "accuracy": share(int(right[places == number].sum()), int((places == number).sum()), level),
        }
        for number in np.unique(places)
    ]


def fitted_temperature(scores: Floats, right: Bools) -> float | None:
    """Fit the temperature of a model with two labels: what divides its log-odds so that they fit the answers best.

    With two labels the log-odds of the confidence are the difference of the two logits, so that dividing them is
    dividing the logits. With more labels it is not, and predictions hold the confidence alone.

    Args:
        scores: Probability of each of n answers, shape (n,).
        right: Whether each is right, shape (n,).

    Returns:
        The temperature of the least log loss; None where it lies outside of 0.05 to 20, as where all answers are right.
    """

    def loss(log_temperature: float) -> float:
        odds = _odds(scores) / np.exp(log_temperature)
        return float(np.logaddexp(0.0, np.where(right, -odds, odds)).mean())

    low, high = np.log(_TEMPERATURES)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded")
    edge = 0.01  # of the logarithm: the search ends near a bound that the best value lies beyond
    return None if not low + edge < found.x < high - edge else round(float(np.exp(found.x)), 4)


def scaled(scores: Floats, temperature: float) -> Floats:
    """Divide log-odds by a temperature: n confidences of answers between two labels."""
    values: Floats = expit(_odds(scores) / temperature)
    return values


def _odds(scores: Floats) -> Floats:
    values: Floats = logit(np.clip(scores, _NEAR, 1 - _NEAR))
    return values
