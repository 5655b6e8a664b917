"""Nodes of the stage ``fit``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.cell import CellConfig
from regen.config.machine import Machine


def fit(
    train: Any,
    dev: Any,
    config: CellConfig,
    machine: Machine,
    encoder: Path | None = None,
    best: dict[str, Any] | None = None,
) -> Callable[[Path], Any]:
    """Fit one model per seed, and per fold where the task has folds.

    Args:
        train: Training examples.
        dev: Dev examples: they may choose, never teach.
        config: The cell's effective config.
        machine: Where a fit keeps what it goes on from after it was killed.
        encoder: Folder of the encoder that the recipe names.
        best: What a search picked.

    Returns:
        A function that writes the models into an empty folder, each into ``repeat-s<seed>-f<fold>``.
    """
    from regen.estimators.base import Resources
    from regen.estimators.repeats import fit_repeats

    config = config.settled(best)
    views = machine.state.parent / "08_reporting" / "telemetry" / config.task / config.recipe / "training"
    resources = Resources(encoder=encoder, machine=machine, views=views)
    return partial(_save, fit_repeats(train, dev, config, machine, resources))


def _save(repeats: dict[str, Any], folder: Path) -> None:
    from regen.estimators.repeats import hand_over, write_model

    for name, repeat in repeats.items():
        if isinstance(repeat, Path):
            hand_over(repeat, folder / name)
        else:
            write_model(repeat, folder / name)
