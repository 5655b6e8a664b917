"""The probability of every label, from what a network says of rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.estimators.base import LabelProbabilities, token_lists
from regen.estimators.chain import Chain
from regen.estimators.choices import choice_probabilities
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.chains import tag_marginals
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.tagging import joined


def label_probabilities(
    setup: Setup,
    chain: Chain | None,
    examples: pd.DataFrame,
    inputs: Inputs,
    outputs: Sequence[NDArray[np.float32]],
) -> LabelProbabilities:
    """Give the probabilities of labels, of tags of tokens, or of choices.

    Args:
        setup: Of a task type in which an example, or each of its tokens, has one of the labels.
        chain: Of the network's head, if it has one.
        examples: n examples.
        inputs: Their rows.
        outputs: For each row, probabilities of shape (units, labels); of choices the logit, shape (1, 1); of a chain
            emissions.

    Raises:
        ValueError: Answers of the task type are no labels, or the head tells of none.
    """
    task_type = setup.task_type
    if task_type in ("relation_extraction", "span_qa"):
        raise ValueError(f"answers in type {task_type} are no labels")
    if task_type == "multiple_choice":
        return choice_probabilities(examples, np.concatenate(outputs)[:, 0])
    if task_type == "tagging" and setup.options.head == "span":
        raise ValueError("a head of spans gives probabilities of starts and ends, not of tags")
    if task_type == "tagging":
        outputs = joined(inputs, outputs, [len(tokens) for tokens in token_lists(examples, "tokens")])
    if chain is not None:
        return LabelProbabilities(setup.labels, tag_marginals(chain, outputs))
    return LabelProbabilities(setup.labels, [values.astype(np.float64) for values in outputs])
