"""Answers of the linear model: weight × value of every feature, which add up to the logit of the answer exactly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from regen.attributions.explanation import Explanation, Part, texts_of
from regen.config.cell import CellConfig
from regen.estimators.base import Labels, Resources
from regen.estimators.linear.choices import choice_matrix
from regen.estimators.linear.features import feature_matrix
from regen.estimators.linear.model import Model

METHOD = "Weight × value of each feature"
LIBRARIES: tuple[str, ...] = ()
ORDERED = False
_BOTH_CLASSES = 2
_BLOCKS = {
    "text": ("text",),
    "text_a": ("first text", "second text", "both texts"),
    "keywords": ("keywords", "keywords and text"),
    "span1": ("before both spans", "between the spans", "after both spans", "first span", "second span"),
}
"""Column that tells of the kind of examples -> what each block of n-grams is of; see ``feature_matrix``."""
_NUMBERS = {
    "text_a": ("common, of the first", "common, of the second", "common, of both", "ratio of lengths"),
    "keywords": ("occur in the text", "times in the text", "length", "left without repeats"),
    "span1": ("text between", "second first", "length of the first", "times in the text"),
}
"""The same -> the four numbers that follow the blocks."""


def explain(
    model: Model,
    examples: pd.DataFrame,
    labels: Labels,
    config: CellConfig,
    resources: Resources,  # noqa: ARG001
) -> list[Explanation]:
    """Explain the logit of each answer; features that the example lacks have no part.

    Args:
        model: The fitted model.
        examples: n examples with their answers.
        labels: The model's n answers.
        config: The cell's effective config.
        resources: Not needed.
    """
    regression, fitted = model._regression, model._vectorizers  # exactly what it computes with
    chosen = "choices" in examples
    names = _choice_names(examples, list(fitted)) if chosen else _names(examples, fitted)
    matrix = choice_matrix(examples, fitted) if chosen else feature_matrix(examples, fitted)
    starts = np.cumsum([0, *map(len, examples["choices"])]) if chosen else np.arange(len(examples) + 1)
    classes = [str(name) for name in regression.classes_]
    made = []
    for row, (example, label) in enumerate(zip(examples.to_dict("records"), labels, strict=True)):
        place = int(starts[row]) + (int(str(label)) if chosen else 0)
        weights, constant = _weights(regression, classes.index("right" if chosen else str(label)), len(classes))
        values = csr_matrix(matrix[place])
        parts = [
            Part(names[column][1], float(weights[column] * value), names[column][0])
            for column, value in zip(values.indices.tolist(), values.data.tolist(), strict=True)
        ]
        output = float((values @ weights)[0]) + constant
        told = (str(example["id"]), str(example[config.gold]), str(label), None, texts_of(example, config))
        made.append(Explanation(*told, output, constant, tuple(parts)))
    return made


def _weights(regression: Any, number: int, count: int) -> tuple[Any, float]:
    """Give the weights and the constant of a class; of two classes, scikit-learn keeps those of the second alone."""
    if count == _BOTH_CLASSES:
        sign = 1.0 if number else -1.0
        return sign * regression.coef_[0], sign * float(regression.intercept_[0])
    return regression.coef_[number], float(regression.intercept_[number])


def _names(examples: pd.DataFrame, fitted: dict[str, Any]) -> list[tuple[str, str]]:
    """Name the segment and the text of each column of ``feature_matrix``."""
    kind = next(column for column in ("keywords", "span1", "text_a", "text") if column in examples)
    grams = [gram for vectorizer in fitted.values() for gram in vectorizer.get_feature_names_out().tolist()]
    named = [(block, gram) for block in _BLOCKS[kind] for gram in grams]
    return named + [("numbers", number) for number in _NUMBERS.get(kind, ())]


def _choice_names(examples: pd.DataFrame, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Name those of ``choice_matrix``."""
    columns = [column for column in ("context", "question") if column in examples]
    named = []
    for kind in kinds:
        named += [(column, f"{kind}: {what}") for column in columns for what in ("likeness", "share found")]
        named.append(("other choices", f"{kind}: mean likeness"))
    return [*named, ("choice", "length")]
