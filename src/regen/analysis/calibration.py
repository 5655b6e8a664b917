"""Whether confidence can be believed: reliability, expected calibration error, Brier score, temperature.

Sources: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017,
arXiv:1706.04599 (bins, expected calibration error, temperature); J. Bröcker and L. A. Smith, Increasing the Reliability
of Reliability Diagrams, 2007 (what a calibrated model would show).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regen.analysis.intervals import bootstrap_intervals
from regen.analysis.measures import LABELS, Triple, measured, rounded
from regen.config.statistics import StatisticsConfig
from regen.statistics.temperature import divided, fitted_temperature

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS = 15
_ALL = "all"
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
    accuracy = _accuracies(scores, right, documents, statistics)
    return {
        "examples": len(scores),
        "confidence": rounded(scores.mean())[0],
        "accuracy": accuracy[_ALL],
        "ece": rounded(expected_calibration_error(scores, right))[0],
        "ece_if_calibrated": rounded(error_if_calibrated(scores, statistics))[0],
        "brier": rounded(squares.mean(), low, high),
        "bins": _bins(scores, accuracy),
    }


def _places(scores: Floats) -> NDArray[np.int64]:
    """Give the number of each score's bin: bin m holds those above m / 15 up to (m + 1) / 15; the first one also 0."""
    return np.clip(np.ceil(scores * BINS).astype(np.int64) - 1, 0, BINS - 1)


def expected_calibration_error(scores: Floats, right: Bools) -> float:
    """Give the mean distance of accuracy and confidence over bins, weighed by their numbers of examples.

    Args:
        scores: Probability of each of n answers, by the model itself, shape (n,).
        right: Whether each is right, shape (n,).
    """
    return float(np.abs(np.bincount(_places(scores), weights=right - scores)).sum() / len(scores))


def error_if_calibrated(scores: Floats, statistics: StatisticsConfig) -> float:
    """Give what the expected calibration error of true confidences stays below in the share ``level`` of draws.

    Each answer is drawn by itself. Those of one sentence or document are right or wrong together more often than that,
    and then the bound is too low.

    Args:
        scores: Probability of each of n answers, by the model itself, shape (n,).
        statistics: Number, level and seed of the draws.
    """
    generator = np.random.default_rng(statistics.seed)
    errors = [
        expected_calibration_error(scores, generator.random(len(scores)) < scores) for _ in range(statistics.resamples)
    ]
    return float(np.quantile(errors, statistics.level))


def _accuracies(
    scores: Floats, right: Bools, documents: NDArray[Any] | None, statistics: StatisticsConfig
) -> dict[str, Triple]:
    """Give the accuracy of all answers and of those of each bin that holds some, by the bin's number."""
    counts = np.zeros((len(scores), 1 + BINS, len(LABELS.columns)), dtype=np.int64)
    counted = np.column_stack([right, np.ones_like(right)])
    counts[:, 0] = counts[np.arange(len(scores)), 1 + _places(scores)] = counted
    found = measured([_ALL, *map(str, range(BINS))], counts, LABELS, documents, statistics)
    return {own["group"]: own["accuracy"] for own in found}


def _bins(scores: Floats, accuracy: dict[str, Triple]) -> list[dict[str, Any]]:
    places = _places(scores)
    return [
        {
            "bin": int(number),
            "examples": int((places == number).sum()),
            "confidence": rounded(scores[places == number].mean())[0],
            "accuracy": accuracy[str(number)],
        }
        for number in np.unique(places)
    ]


def binary_temperature(scores: Floats, right: Bools) -> float | None:
    """Fit the temperature of a model with two labels from the confidence of its answers alone.

    With two labels the other one has the rest. With more it is not known what each has, and predictions hold the
    confidence alone; `regen.analysis.temperature` asks the model.

    Args:
        scores: Probability of each of n answers, shape (n,).
        right: Whether each is right, shape (n,).

    Returns:
        The temperature of the least log loss, as `fitted_temperature` gives it.
    """
    return fitted_temperature(_both(scores), np.where(right, 0, 1))


def scaled(scores: Floats, temperature: float) -> Floats:
    """Divide log-odds by a temperature: n confidences of answers between two labels."""
    return divided(_both(scores), temperature)[:, 0]


def _both(scores: Floats) -> Floats:
    near = np.clip(scores, _NEAR, 1 - _NEAR)
    return np.column_stack([near, 1 - near])
