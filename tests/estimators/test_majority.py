from pathlib import Path

import pandas as pd
import pytest
import yaml
from estimator_frames import Case, Frames

from regen.config.task import ReadSpec
from regen.estimators.majority.model import Model
from regen.scoring.spans import conlleval_percentages, span_counts, span_scores
from regen.tasks.examples import read_split, to_frame

TOPICS, NAMES = Case("majority", "classification", "en"), Case("majority", "tagging", "en")


def fit(case: Case, **columns: list[object]) -> Model:
    train = pd.DataFrame(columns)
    model = case.fit(Frames(train, train, train))
    assert isinstance(model, Model)
    return model


def tags(model: Model, sentence: str) -> str:
    labels = model.predict(pd.DataFrame({"tokens": [sentence.split()]})).labels
    return " ".join(labels[0])


def test_most_frequent_label_and_its_share() -> None:
    model = fit(TOPICS, text=list("abcd"), label=["b", "a", "b", "c"])
    predictions = model.predict(pd.DataFrame({"text": ["x", "y"]}))
    assert predictions.labels == ["b", "b"]
    assert predictions.scores.tolist() == [0.5, 0.5]
    assert model.facts() == {"label": "b"}


@pytest.mark.parametrize("labels", [["b", "a"], ["a", "b"], ["c", "b", "b", "a", "a"]])
def test_a_tie_goes_to_the_first_label_in_sorted_order(labels: list[object]) -> None:
    assert fit(TOPICS, text=["x"] * len(labels), label=labels).label == "a"


TRAIN = {
    "tokens": [
        "New York beat Boston".split(),
        "York is in England".split(),
        "Boston won".split(),
        "Boston lost".split(),
        "York and Ford met".split(),
        "Ford sells cars".split(),
    ],
    "tags": [
        "B-LOC I-LOC O B-LOC".split(),
        "B-LOC O O B-LOC".split(),
        "B-ORG O".split(),
        "B-ORG O".split(),
        "B-PER O B-PER O".split(),
        "B-ORG O O".split(),
    ],
}


def test_phrases_get_their_most_frequent_type() -> None:
    """``York`` and ``Ford`` are ties, ``Boston`` is an organisation twice and a place once."""
    model = fit(NAMES, **TRAIN)
    assert model.phrases == {"Boston": "ORG", "England": "LOC", "Ford": "ORG", "New York": "LOC", "York": "LOC"}
    # Of nine spans, these phrases miss one of Boston, one of York and one of Ford.
    assert model.share == pytest.approx(6 / 9)
    assert model.facts() == {"phrases": 5}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("New York", "B-LOC I-LOC"),
        ("New England", "O B-LOC"),
        ("York New York", "B-LOC B-LOC I-LOC"),
        ("Boston Boston won", "B-ORG B-ORG O"),
        ("new york", "O O"),
        ("New", "O"),
    ],
)
def test_the_longest_phrase_is_taken_from_left_to_right(sentence: str, expected: str) -> None:
    assert tags(fit(NAMES, **TRAIN), sentence) == expected


def test_a_longer_phrase_ends_before_an_overlapping_one() -> None:
    model = fit(NAMES, tokens=["a b".split(), "b c d".split()], tags=["B-X I-X".split(), "B-Y I-Y I-Y".split()])
    assert tags(model, "a b c d") == "B-X I-X O O"
    assert tags(model, "b c d") == "B-Y I-Y I-Y"


def test_train_without_spans() -> None:
    model = fit(NAMES, tokens=[["a", "b"]], tags=[["O", "O"]])
    assert (model.share, model.facts()) == (0.0, {"phrases": 0})
    assert tags(model, "a b") == "O O"


@pytest.mark.real_data
def test_the_published_baseline_of_conll_2003(shared_data: Path, project_root: Path) -> None:
    """Precision, recall and F of the baseline on the English test set, as in table 5 of Tjong Kim Sang and De Meulder 2003."""
    task = yaml.safe_load((project_root / "conf/base/tasks/conll2003.yml").read_text(encoding="utf-8"))["conll2003"]
    read = ReadSpec.model_validate(task["read"])
    train, test = (to_frame(read_split(shared_data / "conll2003/iob1", read, name)) for name in ("train", "test"))
    predicted = fit(NAMES, tokens=list(train["tokens"]), tags=list(train["tags"])).predict(test)
    scores = conlleval_percentages(span_scores(span_counts(list(test["tags"]), predicted.labels))["micro"])
    assert [f"{score:.2f}" for score in scores] == ["71.91", "50.90", "59.61"]
