from typing import Any

import pandas as pd
import pytest
from estimator_cases import Case
from estimator_frames import Frames

from regen.errors import UserError
from regen.estimators.base import Estimator

TOPICS = Case("linear", "classification", "en")


def fit(texts: list[str], labels: list[str], **options: Any) -> Estimator:
    train = pd.DataFrame({"text": texts, "label": labels})
    return TOPICS.fit(Frames(train, train, train), **options)


def test_scores_are_probabilities_of_the_labels() -> None:
    """Where all texts are alike, only the shares of the labels are left to learn."""
    predictions = fit(["x"] * 4, ["b", "b", "b", "a"]).predict(pd.DataFrame({"text": ["x"]}))
    assert predictions.labels == ["b"]
    assert predictions.scores == pytest.approx([0.75], abs=1e-3)


def test_balanced_classes_weigh_the_same() -> None:
    predictions = fit(["x"] * 4, ["b", "b", "b", "a"], balanced=True).predict(pd.DataFrame({"text": ["x"]}))
    assert predictions.scores == pytest.approx([0.5], abs=1e-3)


def test_a_weaker_penalty_fits_train_closer() -> None:
    texts, labels = ["red", "blue"], ["a", "b"]
    scores = [fit(texts, labels, c=c).predict(pd.DataFrame({"text": ["red"]})).scores[0] for c in (0.1, 10.0)]
    assert 0.5 < scores[0] < scores[1]


def test_facts_count_features_and_weights() -> None:
    facts = fit(["red cat", "dog", "bird"], ["a", "b", "c"], words=(1, 1), characters=None).facts()
    assert (facts["features"], facts["weights"]) == (4, 12)
    assert 1 <= facts["iterations"] <= 1000


def test_two_labels_need_one_row_of_weights() -> None:
    assert fit(["red", "blue"], ["a", "b"], words=(1, 1), characters=None).facts()["weights"] == 2


def test_one_label_alone_is_refused() -> None:
    with pytest.raises(
        UserError, match=r"^cell made_up\.linear: train holds the label 'a' alone; raise 'train_examples'$"
    ):
        fit(["red", "blue"], ["a", "a"])


@pytest.mark.parametrize(("texts", "frequency"), [(["red", "blue"], 2), (["red", "blue"], 100), (["", "!"], 1)])
def test_no_features_are_refused(texts: list[str], frequency: int) -> None:
    with pytest.raises(UserError, match=r"^cell made_up\.linear: no n-gram of train is left; lower 'min_frequency'"):
        fit(texts, ["a", "b"], words=(1, 1), characters=None, min_frequency=frequency)
