"""Features of choices by hand."""

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case

from regen.estimators.linear.choices import _AT_ONCE, choice_matrix, right_choices
from regen.estimators.linear.features import texts, vectorizers
from regen.estimators.linear.options import Options

EXAMPLES = pd.DataFrame(
    {
        "context": ["red cat", "dog"],
        "question": ["cat", ""],
        "choices": [["cat", "red dog", "bird"], ["dog", "dog"]],
        "label": ["1", "0"],
    }
)


def matrix(examples: pd.DataFrame) -> np.ndarray:
    fitted = vectorizers(Options(words=(1, 1), characters=None), "en")
    fitted["words"].fit(["red", "cat", "dog", "bird"])  # all words are as rare as each other
    table: np.ndarray = choice_matrix(examples, fitted).toarray()
    return table


def centred(*columns: list[float]) -> np.ndarray:
    table: np.ndarray = np.array(columns).T
    return table - table.mean(axis=0)


def test_every_text_once() -> None:
    assert texts(EXAMPLES) == ["red cat", "dog", "cat", "", "red dog", "bird"]
    assert texts(EXAMPLES.drop(columns="question")) == ["red cat", "dog", "cat", "red dog", "bird"]


def test_right_and_wrong_choices() -> None:
    assert right_choices(EXAMPLES).tolist() == ["wrong", "right", "wrong", "right", "wrong"]


def test_features_of_choices_by_hand() -> None:
    half = 0.5**0.5  # the weight of each of two words in a text
    expected = centred(
        [half, half * half, 0],  # cosine with the context: of red dog, half of it and half of the context
        [1, 0.5, 0],  # share in the context
        [1, 0, 0],  # cosine with the question
        [1, 0, 0],  # share in the question
        [0, 0, 0],  # cosine with the other choices
        np.log1p([3, 7, 4]).tolist(),
    )
    assert matrix(EXAMPLES)[:3] == pytest.approx(expected)
    assert matrix(EXAMPLES)[3:] == pytest.approx(np.zeros((2, 6)))  # equal choices do not differ


def test_choices_that_are_like_others() -> None:
    examples = pd.DataFrame({"context": [""], "choices": [["cat", "cat", "red dog"]]})
    expected = centred([0, 0, 0], [0, 0, 0], [0.5, 0.5, 0], np.log1p([3, 3, 7]).tolist())
    assert matrix(examples) == pytest.approx(expected)


def test_many_examples_are_done_in_parts() -> None:
    many = pd.concat([EXAMPLES] * (_AT_ONCE // 2 + 1), ignore_index=True)
    assert np.array_equal(matrix(many), np.tile(matrix(EXAMPLES), (_AT_ONCE // 2 + 1, 1)))


def test_the_choice_in_the_context_is_found() -> None:
    model = Case("linear", "multiple_choice", "en").fit()
    examples = pd.DataFrame(
        {"context": ["a late bird"], "question": ["what is late"], "choices": [["x", "yz", "bird"]]}
    )
    predictions = model.predict(examples)
    assert predictions.labels == ["2"]
    assert 1 / 3 < predictions.scores[0] < 1


def test_groups_are_dealt_as_the_options_say() -> None:
    case = Case("linear", "multiple_choice", "zh")
    examples = pd.DataFrame(
        {"group": [0, 0], "context": ["#idiom#，进球", "#idiom#，进球进球"], "choices": [["进球", "芯片"]] * 2}
    )
    assert case.fit().predict(examples).labels in (["0", "1"], ["1", "0"])
    assert case.fit(assignment="none").predict(examples).labels == ["0", "0"]
