"""The node of the stage ``examine``.

Our modules that need heavy libraries are imported inside the function: Kedro imports this module whenever it starts.
"""

import logging
from pathlib import Path
from typing import Any

from regen.config.attribution import AttributionConfig
from regen.config.cell import CellConfig, repeat_name
from regen.config.statistics import StatisticsConfig

logger = logging.getLogger(__name__)

ENCODER = "encoder_"
"""Begins the names of the inputs that are encoders of an ensemble's members."""


def examine(
    model: Path,
    config: CellConfig,
    attribution: AttributionConfig,
    statistics: StatisticsConfig,
    dev: Any,
    train: Any = None,
    encoder: Path | None = None,
    **encoders: Any,
) -> dict[str, Any]:
    """Examine the model of a cell's first repeat on dev examples.

    Args:
        model: Folder of the cell's models.
        config: The cell's effective config.
        attribution: What explains the cell's answers.
        statistics: How intervals are made.
        dev: Dev examples; of several folds, the first repeat's count.
        train: Training sentences, whose mentions take the place of others; of tagging alone.
        encoder: Folder of the encoder that the recipe names.
        encoders: Of an ensemble, ``encoder_<name>`` -> folder of an encoder of its members.

    Returns:
        ``examination``: numbers without texts; and ``attributions``, what fills the folder of a local page, where
        something explains the cell's answers.
    """
    from regen.analysis.temperature import temperature
    from regen.attributions.run import attributions
    from regen.bias.run import bias_slices
    from regen.config.recipe import options_class
    from regen.estimators.base import GivesProbabilities, Resources, estimator_class
    from regen.estimators.folds import split_folds
    from regen.robustness.draw import SEED, draw
    from regen.robustness.run import robustness

    fold, held = next(iter(split_folds(dev).items()))
    repeat = {"seed": config.seeds[0], "fold": fold}
    resources = Resources(encoder, encoders={key.removeprefix(ENCODER): path for key, path in encoders.items()})
    fitted = estimator_class(config.estimator).load(model / repeat_name(**repeat), resources)
    examples, drawn = draw(held)
    clean = fitted.predict(examples.drop(columns=config.hidden)).labels  # nobody predicts from the answer
    train = None if train is None else split_folds(train)[fold]
    drops, skipped = robustness(fitted, config, examples, clean, train, statistics)
    slices = bias_slices(fitted, config, examples, clean, statistics)
    head = {"schema": 1, "cell": config.cell, "metric": config.metric, "hashes": _hashes(config, attribution)}
    examination: dict[str, Any] = {**head, "repeat": repeat, "drawn": drawn, "robustness": drops, "bias": slices}
    options = options_class(config.estimator)(**config.options)
    if options.gives_probabilities(config.task_type) and isinstance(fitted, GivesProbabilities):
        said = fitted.probabilities(examples.drop(columns=config.hidden))
        examination["temperature"] = temperature(examples, said, config, statistics, SEED)
    outputs: dict[str, Any] = {"examination": examination}
    if attribution.module is not None:
        module = attribution.module
        told, missing, outputs["attributions"] = attributions(module, fitted, config, examples, clean, resources, SEED)
        skipped += [missing] if missing else []
        examination["attributions"] = told
    examination["skipped"] = skipped
    for line in skipped:
        logger.warning("%s: %s", config.cell, line)
    return outputs


def _hashes(config: CellConfig, attribution: AttributionConfig) -> dict[str, str]:
    """Hash what decided the numbers, as a record does: the cell's config and the code that examined it."""
    from regen.config.recipe import estimator_modules
    from regen.lineage.closure import code_digest

    modules = [__name__, *estimator_modules(config.estimator), *([attribution.module] if attribution.module else [])]
    return {"config": config.digest, "code": code_digest(modules)}
