"""Nodes of the stage ``fit``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.cell import CellConfig
from regen.estimators.base import Estimator, estimator_class


def fit(train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig) -> Callable[[Path], Any]:
    """Fit one model per seed.

    Args:
        train: Training examples.
        dev: Dev examples: they may choose, never teach.
        config: The cell's effective config.

    Returns:
        A function that writes the models into an empty folder, each into ``repeat-s<seed>-f<fold>``.
    """
    cls = estimator_class(config.estimator)
    used = train.head(config.train_examples) if config.train_examples else train
    models = {f"repeat-s{seed}-f0": cls.fit(used, dev, config, seed) for seed in config.seeds}
    return partial(_save_models, models)


def _save_models(models: dict[str, Estimator], folder: Path) -> None:
    for name, model in models.items():
        (folder / name).mkdir()
        model.save(folder / name)
