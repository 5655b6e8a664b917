"""What a temperature does for the probabilities of every label, measured on examples that it was not fitted on."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.analysis.calibration import error_if_calibrated, expected_calibration_error
from regen.analysis.intervals import bootstrap_intervals
from regen.analysis.measures import rounded
from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.estimators.base import LabelProbabilities
from regen.statistics.temperature import divided, fitted_temperature, log_losses
from regen.statistics.units import documents_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TOGETHER = "group"
"""Column of questions that answer together, so that they fall into the same half."""


class Judged(NamedTuple):
    """Labels of n units, examples or tokens, and what a model says of them.

    Attributes:
        probabilities: Of each label, shape (n, k).
        given: Number of the right label, -1 where the model does not know it, shape (n,).
        owners: What a bootstrap draws whole: number of each unit's document, group, sentence or example, shape (n,).
    """

    probabilities: Floats
    given: Ints
    owners: Ints


def temperature(
    examples: pd.DataFrame, said: LabelProbabilities, config: CellConfig, statistics: StatisticsConfig, seed: int
) -> dict[str, Any]:
    """Fit a temperature and measure what it does, by twofold cross-fitting.

    Documents (groups, examples) are dealt to two halves, and the temperature of each half is applied to the other one,
    so that every unit is measured once with a temperature that it had no part in.

    Args:
        examples: n dev examples.
        said: What the model says of their labels, or of the tags of their tokens.
        config: The cell's effective config.
        statistics: How intervals are made.
        seed: Seed of the halves.

    Returns:
        ``unit``, ``example`` or ``token``; ``units``; those whose label the model does not know (``unknown``), which no
        log loss counts; the temperature fitted on all (``value``), None where none fits; ``before``, and where there is
        a temperature ``after``: ``ece``, ``ece_if_calibrated`` (see `regen.analysis.calibration`) and ``log_loss``; and
        ``change`` of the log loss as ``[value, low, high]``.
    """
    judged = _judged(examples, said, config)
    known = judged.given >= 0
    told: dict[str, Any] = {
        "unit": "token" if config.task_type == "tagging" else "example",
        "units": len(known),
        "unknown": int((~known).sum()),
        "value": fitted_temperature(judged.probabilities[known], judged.given[known]),
        "before": _measured(judged, statistics),
    }
    cooled = _cross_fitted(judged, seed)
    if told["value"] is None or cooled is None:
        return {**told, "value": None}
    other = judged._replace(probabilities=cooled)
    change = _losses(other) - _losses(judged)
    pairs = np.column_stack([change, np.ones_like(change)])
    ((low, high),) = bootstrap_intervals(
        pairs, lambda sums: sums[:, :1] / sums[:, 1:], judged.owners[known], statistics
    )
    return {**told, "after": _measured(other, statistics), "change": rounded(change.mean(), low, high)}


def _judged(examples: pd.DataFrame, said: LabelProbabilities, config: CellConfig) -> Judged:
    labels = [[answer] if isinstance(answer, str) else list(answer) for answer in examples[config.gold]]
    owners, _ = pd.factorize(_owners(examples))
    return Judged(
        np.concatenate(said.values),
        said.numbers([label for own in labels for label in own]),
        np.repeat(owners, list(map(len, labels))).astype(np.int64),
    )


def _owners(examples: pd.DataFrame) -> Any:
    documents = documents_of(examples)
    if documents is not None:
        return documents
    return examples[_TOGETHER] if _TOGETHER in examples else np.arange(len(examples))


def _cross_fitted(judged: Judged, seed: int) -> Floats | None:
    """Divide the logits of each half by the temperature of the other one; nothing where a half has none."""
    count = int(judged.owners.max()) + 1
    second = (np.random.default_rng(seed).permutation(count) % 2)[judged.owners] > 0
    values = np.empty_like(judged.probabilities)
    for half in (second, ~second):
        others = ~half & (judged.given >= 0)
        found = fitted_temperature(judged.probabilities[others], judged.given[others])
        if found is None:
            return None
        values[half] = divided(judged.probabilities[half], found)
    return values


def _losses(judged: Judged) -> Floats:
    known = judged.given >= 0
    return log_losses(judged.probabilities[known], judged.given[known])


def _measured(judged: Judged, statistics: StatisticsConfig) -> dict[str, Any]:
    scores, right = judged.probabilities.max(axis=1), judged.probabilities.argmax(axis=1) == judged.given
    losses = _losses(judged)
    return {
        "ece": rounded(expected_calibration_error(scores, right))[0],
        "ece_if_calibrated": rounded(error_if_calibrated(scores, statistics))[0],
        "log_loss": rounded(losses.mean())[0] if len(losses) else None,
    }
