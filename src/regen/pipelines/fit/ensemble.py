"""The node of the stage ``fit`` that joins fitted cells.

A module of its own: the stages of other cells do not depend on it. What takes long to import is imported inside.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.cell import CellConfig, repeat_name
from regen.config.ensemble import EnsembleConfig

MODEL = "model_"
"""Begins the names of the inputs of ``join`` that are models of members; the recipe's name follows."""


def join(config: CellConfig, members: EnsembleConfig, **models: Path) -> Callable[[Path], Any]:
    """Join the fitted models of other cells of the task: one ensemble for each fold, of all repeats on that fold.

    Args:
        config: The cell's effective config.
        members: Configs of the members.
        models: ``model_<recipe>`` -> folder of the models of each.

    Returns:
        A function that writes the ensembles into an empty folder, each into ``repeat-s<seed>-f<fold>``.
    """
    from regen.estimators.ensemble.members import members_by_fold
    from regen.estimators.ensemble.model import Model

    (seed,) = config.seeds
    context = any(member.options.get("context") for member in members.members)
    folds = members_by_fold(members, {name.removeprefix(MODEL): folder for name, folder in models.items()})
    return partial(
        _save,
        {repeat_name(seed, fold): Model.join(config, own, document_context=context) for fold, own in folds.items()},
    )


def _save(repeats: dict[str, Any], folder: Path) -> None:
    from regen.estimators.repeats import write_model

    for name, repeat in repeats.items():
        write_model(repeat, folder / name)
