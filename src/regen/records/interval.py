"""The interval of a mean over repeats."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from regen.config.statistics import StatisticsConfig
from regen.scoring.official import Official
from regen.statistics.bootstrap import Floats, Ints, Sample, mean_bootstrap_interval


class Scored(NamedTuple):
    """Repeats that were scored on the same examples.

    Attributes:
        officials: Of each repeat.
        examples: The n examples that each was scored on, with ``document`` where they have one.
    """

    officials: list[Official]
    examples: pd.DataFrame


def mean_interval(scored: Sequence[Scored], statistics: StatisticsConfig) -> dict[str, Any]:
    """Bootstrap the mean over repeats, over documents where a split has several, over examples otherwise.

    Repeats that score the same examples have them drawn once for all; those of each fold are drawn by themselves.

    Args:
        scored: All repeats; where folds have examples of their own, those of each fold, in equal numbers.
        statistics: How intervals are made.

    Returns:
        ``low`` and ``high`` (fractions of 1), ``level``, ``resamples``, and ``over``: ``documents`` or ``examples``, or
        those ``of each fold``.
    """
    samples = [_sample(*part) for part in scored]
    low, high = mean_bootstrap_interval(samples, statistics.resamples, statistics.level, statistics.seed)
    over = "examples" if any(sample.groups is None for sample in samples) else "documents"
    return {
        "low": low,
        "high": high,
        "level": statistics.level,
        "resamples": statistics.resamples,
        "over": over if len(samples) == 1 else f"{over} of each fold",
    }


def _sample(officials: Sequence[Official], examples: pd.DataFrame) -> Sample:
    """Put the counts of repeats side by side; their statistic is the mean of the repeats' scores."""
    counts = np.concatenate([official.counts for official in officials], axis=1)

    def mean(sums: Ints) -> Floats:
        parts = zip(officials, np.split(sums, len(officials), axis=1), strict=True)
        values: Floats = np.mean([official.measure(part) for official, part in parts], axis=0)
        return values

    several = "document" in examples and examples["document"].nunique() > 1
    return Sample(counts, mean, examples["document"].to_numpy() if several else None)
