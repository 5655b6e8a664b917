"""The interval of a mean over repeats."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from regen.config.statistics import StatisticsConfig
from regen.scoring.official import Official
from regen.statistics.bootstrap import Floats, Ints, bootstrap_interval


def mean_interval(
    officials: Sequence[Official], examples: pd.DataFrame, statistics: StatisticsConfig
) -> dict[str, Any]:
    """Bootstrap the mean over repeats, over documents where a split has several, over examples otherwise.

    All repeats score the same examples, so each resample draws them once for all repeats.

    Args:
        officials: Of each repeat.
        examples: The n examples that each was scored on, with ``document`` where they have one.
        statistics: How intervals are made.

    Returns:
        ``low`` and ``high`` (fractions of 1), ``level``, ``resamples``, and ``over``: ``documents`` or ``examples``.
    """
    counts = np.concatenate([official.counts for official in officials], axis=1)

    def mean(sums: Ints) -> Floats:
        parts = zip(officials, np.split(sums, len(officials), axis=1), strict=True)
        values: Floats = np.mean([official.measure(part) for official, part in parts], axis=0)
        return values

    documents = (
        examples["document"].to_numpy() if "document" in examples and examples["document"].nunique() > 1 else None
    )
    low, high = bootstrap_interval(counts, mean, documents, statistics.resamples, statistics.level, statistics.seed)
    return {
        "low": low,
        "high": high,
        "level": statistics.level,
        "resamples": statistics.resamples,
        "over": "examples" if documents is None else "documents",
    }
