"""Fits on more training examples than there are, for recipes with augmentation.

What makes the examples is named by the config and imported by that name, so that its code counts for the recipes that
ask for it alone.
"""

from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.estimators.base import Estimator, Fitted, Predictions, Resources


@dataclass(frozen=True)
class AugmentedModel:
    """A fitted model, which also tells of the examples that were made for it.

    Attributes:
        model: The model.
        told: What the record says of the examples.
    """

    model: Fitted
    told: dict[str, Any]

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Predict as the model does."""
        return self.model.predict(examples)

    def facts(self) -> dict[str, Any]:
        """Give the model's facts, and ``augmentation``."""
        return {**self.model.facts(), "augmentation": self.told}

    def save(self, folder: Path) -> None:
        """Write the model as it is."""
        self.model.save(folder)


def fit_on_all(
    cls: type[Estimator],
    train: pd.DataFrame,
    dev: pd.DataFrame,
    config: CellConfig,
    seed: int,
    machine: Machine,
    resources: Resources,
) -> Fitted:
    """Fit on train and on what the recipe's augmentation makes out of it; dev stays as it is.

    Args:
        cls: The estimator.
        train: Training examples.
        dev: Dev examples.
        config: The cell's effective config.
        seed: Seed of the repeat, and of its augmentation.
        machine: Where the project's folder is.
        resources: What the machine lends.
    """
    if config.augmentation is None:
        return cls.fit(train, dev, config, seed, resources)
    key = ("augmented", seed)
    if key not in resources.shared:
        context = import_module("regen.augmentation.drafts").Context(config, seed, resources.encoder, machine)
        common = import_module(augmentation_modules(config.augmentation)[0])
        # Repeats share what they compute from train, and here train differs from seed to seed.
        resources.shared[key] = *common.augment(train, context), {}
    examples, told, shared = resources.shared[key]
    return AugmentedModel(cls.fit(examples, dev, config, seed, replace(resources, shared=shared)), told)


def augmentation_key(config: CellConfig, machine: Machine) -> dict[str, Any]:
    """Give what decides augmented examples beside config, code, seed and train: the models that a method reads."""
    folders = config.augmentation.folders if config.augmentation else []
    if not folders:
        return {}
    found = import_module("regen.augmentation.folders")
    named = {name: found.local_folder(name, machine.project, f"cell {config.cell}: augmentation") for name in folders}
    return {"folders": {name: found.folder_digest(folder) for name, folder in named.items()}}
