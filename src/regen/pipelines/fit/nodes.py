"""Nodes of the stage ``fit``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.cell import CellConfig


def fit(train: Any, dev: Any, config: CellConfig) -> Callable[[Path], Any]:
    """Fit one model per seed.

    Args:
        train: Training examples.
        dev: Dev examples: they may choose, never teach.
        config: The cell's effective config.

    Returns:
        A function that writes the models into an empty folder, each into ``repeat-s<seed>-f<fold>``.
    """
    from regen.estimators.base import estimator_class

    cls = estimator_class(config.estimator)
    used = train.head(config.train_examples) if config.train_examples else train
    models = {f"repeat-s{seed}-f0": cls.fit(used, dev, config, seed) for seed in config.seeds}
    return partial(_save_models, models)


def _save_models(models: dict[str, Any], folder: Path) -> None:
    for name, model in models.items():
        (folder / name).mkdir()
        model.save(folder / name)
