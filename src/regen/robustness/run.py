"""The robustness of one model: every perturbation that suits, each predicted once."""

from typing import Any

import pandas as pd

from regen.augmentation.drafts import Context
from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.estimators.base import Fitted, Labels
from regen.robustness.catalogue import catalogue
from regen.robustness.draw import SEED
from regen.robustness.drop import measured_drop
from regen.robustness.examples import perturb


def robustness(
    model: Fitted,
    config: CellConfig,
    examples: pd.DataFrame,
    clean: Labels,
    train: pd.DataFrame | None,
    statistics: StatisticsConfig,
) -> tuple[dict[str, Any], list[str]]:
    """Predict perturbed examples, and compare.

    Args:
        model: The fitted model.
        config: The cell's effective config.
        examples: n dev examples.
        clean: The model's n answers to them.
        train: Training sentences, for their mentions; ``None`` but for tagging.
        statistics: How intervals are made.

    Returns:
        Name of each perturbation -> its strength and what ``measured_drop`` gives; and a line for each one that is
        left out.
    """
    found = catalogue(config, train)
    drops = {}
    for name, perturbation in found.perturbations.items():
        perturbed = perturb(examples, perturbation, Context(config, SEED))
        labels = clean
        if perturbed.changed.any():
            labels = model.predict(perturbed.examples.drop(columns=config.hidden)).labels
        drop = measured_drop(config, examples, clean, perturbed, labels, statistics)
        drops[name] = {"strength": perturbation.strength, **drop}
    return drops, found.skipped
