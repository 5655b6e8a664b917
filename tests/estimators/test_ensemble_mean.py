"""Means of probabilities, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from regen.config.recipe import Assignment
from regen.estimators.base import LabelProbabilities
from regen.estimators.ensemble.mean import mean_probabilities, most_probable

TEXTS = pd.DataFrame({"text": ["one", "two"]})


def said(labels: str, *rows: list[float]) -> LabelProbabilities:
    return LabelProbabilities(tuple(labels), [np.array([row]) for row in rows])


def test_the_mean_of_three() -> None:
    mean = mean_probabilities([said("ab", [0.9, 0.1]), said("ab", [0.2, 0.8]), said("ab", [0.1, 0.9])])
    assert mean.labels == ("a", "b")
    assert mean.values[0].tolist() == [[pytest.approx(0.4), pytest.approx(0.6)]]


def test_labels_are_matched_by_name_and_unknown_ones_have_no_probability() -> None:
    mean = mean_probabilities([said("ba", [0.75, 0.25]), said("ac", [0.5, 0.5])])
    assert mean.labels == ("b", "a", "c")
    assert mean.values[0].tolist() == [[0.375, 0.375, 0.25]]


def test_the_most_probable_label_wins_and_of_equal_ones_the_first() -> None:
    predictions = most_probable(TEXTS, said("ba", [0.25, 0.75], [0.5, 0.5]), "greedy")
    assert predictions.labels == ["a", "b"]
    assert predictions.scores.tolist() == [0.75, 0.5]


def test_the_mean_may_elect_what_fewer_voters_prefer() -> None:
    mean = mean_probabilities([said("ab", [0.95, 0.05]), said("ab", [0.4, 0.6]), said("ab", [0.4, 0.6])])
    assert most_probable(TEXTS.head(1), mean, "greedy").labels == ["a"]


def test_choices_of_different_numbers() -> None:
    examples = pd.DataFrame({"choices": [["x", "y"], ["x", "y", "z"]]})
    predictions = most_probable(examples, said("012", [0.25, 0.75, 0.0], [0.0, 0.375, 0.625]), "none")
    assert predictions.labels == ["1", "2"]
    assert predictions.scores == pytest.approx([0.75, 0.625])


@pytest.mark.parametrize(
    ("assignment", "labels"), [("none", ["0", "0"]), ("greedy", ["0", "2"]), ("exact", ["1", "0"])]
)
def test_choices_of_a_group_are_dealt_by_their_mean_probability(assignment: Assignment, labels: list[str]) -> None:
    """Exact, the greatest product: 0.3 times 0.6 is more than 0.65 times 0.25."""
    examples = pd.DataFrame({"group": ["g", "g"], "choices": [["x", "y", "z"]] * 2})
    mean = said("012", [0.65, 0.3, 0.05], [0.6, 0.15, 0.25])
    assert most_probable(examples, mean, assignment).labels == labels
