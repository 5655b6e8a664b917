"""The probability of every label, from what a network says of rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.config.task_types import TaskType
from regen.estimators.base import LabelProbabilities, token_lists
from regen.estimators.choices import choice_probabilities
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.tagging import joined


def label_probabilities(
    task_type: TaskType,
    labels: tuple[str, ...],
    examples: pd.DataFrame,
    inputs: Inputs,
    outputs: Sequence[NDArray[np.float32]],
) -> LabelProbabilities:
    """Give the probabilities of labels, of tags of tokens, or of choices.

    Args:
        task_type: One in which an example, or each of its tokens, has one of the labels.
        labels: Labels that the model knows, in the order of its outputs.
        examples: n examples.
        inputs: Their rows.
        outputs: For each row, probabilities of shape (units, labels); of choices the logit, shape (1, 1).

    Raises:
        ValueError: Answers of the task type are no labels.
    """
    if task_type in ("relation_extraction", "span_qa"):
        raise ValueError(f"answers in type {task_type} are no labels")
    if task_type == "multiple_choice":
        return choice_probabilities(examples, np.concatenate(outputs)[:, 0])
    if task_type == "tagging":
        outputs = joined(inputs, outputs, [len(tokens) for tokens in token_lists(examples, "tokens")])
    return LabelProbabilities(labels, [values.astype(np.float64) for values in outputs])
