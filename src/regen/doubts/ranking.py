"""From training rows to a table of those whose label is doubted most."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from regen.config.cell import CellConfig
from regen.doubts.folds import fold_numbers
from regen.doubts.scores import normalized_margin, self_confidence
from regen.errors import UserError
from regen.estimators.base import GivesProbabilities, LabelProbabilities, estimator_class


def rank_doubts(train: pd.DataFrame, config: CellConfig, folds: int) -> pd.DataFrame:
    """Let models that did not see a row say how probable its label is.

    Args:
        train: n training examples.
        config: Config of a cell whose estimator gives probabilities of labels.
        folds: Number of models; each judges the rows that it did not learn from.

    Returns:
        n rows, the most doubted first: ``id``, ``label``, ``predicted``, ``self_confidence``, ``normalized_margin``; of
        a sentence, these are of the token (``token``, from 0 on) whose tag is the least probable one (Wang and Mueller
        2022, Detecting Label Errors in Token Classification Data).

    Raises:
        UserError: The estimator gives no such probabilities, or train is too small for as many folds.
    """
    cls = estimator_class(config.estimator)
    if not issubclass(cls, GivesProbabilities):
        raise UserError(
            f"recipe {config.recipe}: estimator '{config.estimator}' gives no probability of every label, expected one "
            "that does: linear, or crf for tagging"
        )
    if config.encoder is not None:
        raise UserError(
            f"recipe {config.recipe}: its models start from the encoder '{config.encoder}', expected a recipe "
            "without one: linear, or crf for tagging"
        )
    numbers = fold_numbers(config.task, train, folds)
    rows: dict[int, dict[str, Any]] = {}
    for fold in tqdm(range(folds), desc=f"{config.cell}: doubts", unit="fold", disable=None):
        learnt, held_out = train[numbers != fold], train[numbers == fold]
        model = cls.fit(learnt, learnt.head(0), config, config.seeds[0])
        judged = _judge(held_out, config, model.probabilities(held_out))
        rows |= zip(np.flatnonzero(numbers == fold).tolist(), judged, strict=True)
    table = pd.DataFrame([rows[place] for place in range(len(train))])  # in train's order, which settles ties
    return table.sort_values(["self_confidence", "normalized_margin"], kind="stable", ignore_index=True)


def _judge(examples: pd.DataFrame, config: CellConfig, said: LabelProbabilities) -> Iterator[dict[str, Any]]:
    tagging = config.task_type == "tagging"
    for name, answer, values in zip(examples["id"], examples[config.gold], said.values, strict=True):
        labels = list(answer) if tagging else [answer]
        given = said.numbers(labels)
        confidence = self_confidence(values, given)
        unit = int(confidence.argmin())
        yield {
            "id": name,
            **({"token": unit} if tagging else {}),
            "label": labels[unit],
            "predicted": said.labels[int(values[unit].argmax())],
            "self_confidence": float(confidence[unit]),
            "normalized_margin": float(normalized_margin(values, given)[unit]),
        }
