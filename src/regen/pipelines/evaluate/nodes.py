"""Nodes of the stage ``evaluate``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

import json
import logging
from itertools import product
from pathlib import Path
from typing import Any

from regen.config.cell import CellConfig, repeat_name
from regen.config.machine import Machine
from regen.config.statistics import StatisticsConfig

logger = logging.getLogger(__name__)


ENCODER = "encoder_"
"""Begins the names of the inputs of ``predict`` that are encoders of an ensemble's members; no split's name does."""


def predict(model: Path, config: CellConfig, encoder: Path | None = None, **inputs: Any) -> Any:
    """Predict every scored split with the model of every repeat; of dev, the fold that the repeat has.

    Args:
        model: Folder of the cell's models.
        config: The cell's effective config.
        encoder: Folder of the encoder that the recipe names.
        inputs: Split name -> examples; for an ensemble also ``encoder_<name>`` -> folder of an encoder of its members.

    Returns:
        One row per repeat, split and example: ``seed``, ``fold``, ``split``, ``id``, ``document`` (CoNLL), ``gold``
        (missing where labels are hidden), ``pred``, ``score``; ``tokens`` if the metric looks at them; and
        ``truncated`` if an input was too long for the model.
    """
    import pandas as pd

    from regen.estimators.base import Resources, estimator_class
    from regen.estimators.folds import split_folds

    cls = estimator_class(config.estimator)
    encoders = {name.removeprefix(ENCODER): inputs.pop(name) for name in list(inputs) if name.startswith(ENCODER)}
    resources = Resources(encoder=encoder, encoders=encoders)
    folds = {split: split_folds(examples) for split, examples in inputs.items()}
    parts = []
    for fold, seed in product(folds["dev"], config.seeds):
        fitted = cls.load(model / repeat_name(seed, fold), resources)
        for split, held in folds.items():
            examples = held[fold if len(held) > 1 else 0]  # all repeats share a test split
            predictions = fitted.predict(examples.drop(columns=config.hidden))  # nobody predicts from the answer
            columns = {"seed": seed, "fold": fold, "split": split, "id": examples["id"]}
            if "document" in examples:
                columns["document"] = examples["document"]
            if config.metric == "surface_macro_f1":
                columns["tokens"] = examples["tokens"]
            columns |= {"gold": examples[config.gold], "pred": predictions.labels, "score": predictions.scores}
            if predictions.truncated is not None:
                columns["truncated"] = predictions.truncated
            parts.append(pd.DataFrame(columns))
    table = pd.concat(parts, ignore_index=True)
    if "truncated" in table and not table["truncated"].any():
        return table.drop(columns="truncated")
    return table


def score(
    model: Path,
    predictions: Any,
    card: dict[str, Any],
    config: CellConfig,
    statistics: StatisticsConfig,
    machine: Machine,
    trials: dict[str, Any] | None = None,
    best: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Score predictions and write down what the numbers rest on.

    Args:
        model: Folder of the cell's models, for what the record says of them.
        predictions: What ``predict`` gave.
        card: The task's data card.
        config: The cell's effective config.
        statistics: How intervals are made.
        machine: Where the lock file is.
        trials: What a search tried.
        best: What it picked.

    Returns:
        ``record`` (everything), ``metrics`` (headline numbers) and ``confusion`` (a Plotly figure).
    """
    from regen.records.build import build_record, headline
    from regen.records.figures import confusion_figure

    repeats = predictions[["seed", "fold"]].drop_duplicates().itertuples(index=False, name=None)
    paths = [model / repeat_name(seed, fold) / "facts.json" for seed, fold in repeats]
    facts = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    # What was left open in the config and settled by the machine that fitted.
    settled = {key: facts[0]["hardware"][key] for key in ("device", "threads", "precision") if "hardware" in facts[0]}
    config = config.settled(best).model_copy(update=settled)
    record = build_record(config, card, predictions, facts, statistics, machine.project / "requirements.lock")
    if trials is not None and best is not None:
        record["search"] = {**trials, "picked": best}
    for split, scores in record["scores"].items():
        values = (100 * value for value in (scores["mean"], scores["interval"]["low"], scores["interval"]["high"]))
        logger.info(
            "%s: %s %s %.2f [%.2f, %.2f]",
            config.cell,
            split,
            config.metric,
            *values,
        )
    return {"record": record, "metrics": headline(record), "confusion": confusion_figure(record)}
