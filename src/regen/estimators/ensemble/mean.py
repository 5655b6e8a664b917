"""The mean of what several models say of labels.

The unweighted vote of T. G. Dietterich, Ensemble Methods in Machine Learning, Multiple Classifier Systems 2000, over
probabilities: what scikit-learn's ``VotingClassifier`` calls soft voting.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from regen.config.recipe import Assignment
from regen.estimators.base import LabelProbabilities, Predictions
from regen.estimators.choices import chosen


def mean_probabilities(said: Sequence[LabelProbabilities]) -> LabelProbabilities:
    """Give the mean of the probabilities of each label; a model that does not know a label gives it 0.

    Args:
        said: What k models say of the same n examples.

    Returns:
        Labels in the order of the first model, then what the others know beside them.
    """
    labels = tuple(dict.fromkeys(label for one in said for label in one.labels))
    sums = [np.zeros((len(values), len(labels))) for values in said[0].values]
    for one in said:
        places = [labels.index(label) for label in one.labels]
        for whole, values in zip(sums, one.values, strict=True):
            whole[:, places] += values
    return LabelProbabilities(labels, [whole / len(said) for whole in sums])


def most_probable(examples: pd.DataFrame, mean: LabelProbabilities, assignment: Assignment) -> Predictions:
    """Take the most probable label of each example, of equal ones the first; the score is its probability.

    Args:
        examples: n examples; where they have ``choices``, labels are numbers of choices.
        mean: Probabilities of their labels.
        assignment: How choices are dealt to the examples of a group.
    """
    rows = [values[0] for values in mean.values]
    if "choices" in examples:
        own = [row[: len(choices)] for row, choices in zip(rows, examples["choices"], strict=True)]
        # The softmax of logarithms of probabilities gives these again.
        return chosen(examples, np.log(np.maximum(np.concatenate(own), np.finfo(np.float64).tiny)), assignment)
    best = [int(row.argmax()) for row in rows]
    scores = [float(row[place]) for row, place in zip(rows, best, strict=True)]
    return Predictions([mean.labels[place] for place in best], np.array(scores, dtype=np.float64))
