"""The bias slices that a task allows."""

from typing import Any

import pandas as pd

from regen.augmentation.drafts import Context
from regen.bias import gender, names
from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.estimators.base import Fitted, Labels
from regen.robustness.draw import SEED
from regen.robustness.drop import measured_drop
from regen.robustness.examples import perturb


def bias_slices(
    model: Fitted, config: CellConfig, examples: pd.DataFrame, clean: Labels, statistics: StatisticsConfig
) -> dict[str, Any]:
    """Measure what the task allows; nothing for most.

    Args:
        model: The fitted model.
        config: The cell's effective config.
        examples: n dev examples.
        clean: The model's n answers to them.
        statistics: How intervals are made.

    Returns:
        ``names`` for persons in English sentences (see ``name_slices``), ``gendered_words`` for labels of Chinese texts
        (see ``measured_drop``).
    """
    if names.suits(config):
        return {"names": names.name_slices(model, config, examples, statistics, SEED)}
    if not gender.suits(config):
        return {}
    swapped = perturb(examples, gender.SWAP, Context(config, SEED))
    labels = model.predict(swapped.examples.drop(columns=config.hidden)).labels if swapped.changed.any() else clean
    drop = measured_drop(config, examples, clean, swapped, labels, statistics)
    return {"gendered_words": {"strength": gender.SWAP.strength, **drop}}
