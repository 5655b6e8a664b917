from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import yaml
from estimator_cases import Case
from estimator_frames import Frames

from annotated import annotated
from regen.config.task import ReadSpec
from regen.estimators.majority.model import Model
from regen.scoring.spans import conlleval_percentages, span_counts, span_scores
from regen.tasks.examples import read_split, to_frame

TOPICS, NAMES = Case("majority", "classification", "en"), Case("majority", "tagging", "en")
RELATIONS = Case("majority", "relation_extraction", "en")


def fit(case: Case, **columns: Sequence[object]) -> Model:
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
def test_a_tie_goes_to_the_first_label_in_sorted_order(labels: list[str]) -> None:
    assert fit(TOPICS, text=["x"] * len(labels), label=labels).label == "a"


TAGGED = [
    ("New York beat Boston", "B-LOC I-LOC O B-LOC"),
    ("York is in England", "B-LOC O O B-LOC"),
    ("Boston won", "B-ORG O"),
    ("Boston lost", "B-ORG O"),
    ("York and Ford met", "B-PER O B-PER O"),
    ("Ford sells cars", "B-ORG O O"),
    ("Ford Motor Company fell", "B-MISC I-MISC I-MISC O"),
]


def fit_names(*sentences: tuple[str, str]) -> Model:
    return fit(NAMES, tokens=[tokens.split() for tokens, _ in sentences], tags=[tags.split() for _, tags in sentences])


def test_phrases_get_their_most_frequent_type() -> None:
    """``York`` and ``Ford`` are ties, ``Boston`` is an organisation twice and a place once."""
    model = fit_names(*TAGGED)
    assert model.phrases == {
        **{"Boston": "ORG", "England": "LOC", "Ford": "ORG", "York": "LOC"},
        **{"New York": "LOC", "Ford Motor Company": "MISC"},
    }
    # Of ten spans, these phrases miss one of Boston, one of York and one of Ford.
    assert model.share == pytest.approx(7 / 10)
    assert model.facts() == {"phrases": 6}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("New York", "B-LOC I-LOC"),
        ("New England", "O B-LOC"),
        ("York New York", "B-LOC B-LOC I-LOC"),
        ("Boston Boston won", "B-ORG B-ORG O"),
        ("Ford Motor Company Ford", "B-MISC I-MISC I-MISC B-ORG"),
        ("Ford Motor show", "B-ORG O O"),
        ("new york", "O O"),
        ("New", "O"),
    ],
)
def test_the_longest_phrase_is_taken_from_left_to_right(sentence: str, expected: str) -> None:
    assert tags(fit_names(*TAGGED), sentence) == expected


def test_a_longer_phrase_ends_before_an_overlapping_one() -> None:
    model = fit_names(("a b", "B-X I-X"), ("b c d", "B-Y I-Y I-Y"))
    assert tags(model, "a b c d") == "B-X I-X O O"
    assert tags(model, "b c d") == "B-Y I-Y I-Y"


def test_train_without_spans() -> None:
    model = fit_names(("a b", "O O"))
    assert (model.share, model.facts()) == (0.0, {"phrases": 0})
    assert tags(model, "a b") == "O O"


RELATED = [
    annotated("[Peop Ann] of [Org Acme] in [Loc Paris]", (0, 1, "Work_For"), (1, 2, "OrgBased_In")),
    annotated("[Peop Bob] of [Org Acme]", (0, 1, "Work_For")),
    annotated("[Peop Bob] sued [Org Acme]", (0, 1, "Sued")),
    annotated("[Peop Bob] saw [Peop Ann]", (0, 1, "Saw")),
    annotated("[Peop Bob] met [Peop Ann]", (0, 1, "Met")),
]


def test_pairs_get_the_most_frequent_relation_of_their_types() -> None:
    """``Met`` and ``Saw`` are a tie; between a place and a person nothing is ever said."""
    model = fit(RELATIONS, tokens=[tokens for tokens, _ in RELATED], annotation=[text for _, text in RELATED])
    assert model.relations == [
        ("Org", "Loc", "OrgBased_In"),
        ("Peop", "Org", "Work_For"),
        ("Peop", "Peop", "Met"),
    ]
    assert model.facts() == {"phrases": 4, "relations": 3}
    examples = pd.DataFrame({"tokens": [["in", "Paris", "Bob", "met", "Acme"], ["Ann", "Bob"], ["rain"]]})
    assert model.predict(examples).labels == [
        annotated("in [Loc Paris] [Peop Bob] met [Org Acme]", (1, 2, "Work_For"), (2, 0, "OrgBased_In"))[1],
        annotated("[Peop Ann] [Peop Bob]", (0, 1, "Met"), (1, 0, "Met"))[1],
        annotated("rain")[1],
    ]


@pytest.mark.real_data
def test_the_published_baseline_of_conll_2003(shared_data: Path, project_root: Path) -> None:
    """Precision, recall and F on the English test set, as in table 5 of Tjong Kim Sang and De Meulder 2003."""
    task = yaml.safe_load((project_root / "conf/base/tasks/conll2003.yml").read_text(encoding="utf-8"))["conll2003"]
    read = ReadSpec.model_validate(task["read"])
    train, test = (to_frame(read_split(shared_data / "conll2003/iob1", read, name)) for name in ("train", "test"))
    predicted = fit(NAMES, tokens=list(train["tokens"]), tags=list(train["tags"])).predict(test)
    scores = conlleval_percentages(span_scores(span_counts(list(test["tags"]), predicted.labels))["micro"])
    assert [f"{score:.2f}" for score in scores] == ["71.91", "50.90", "59.61"]


def test_the_most_frequent_place_or_the_last_choice() -> None:
    case = Case("majority", "multiple_choice", "en")
    model = fit(case, context=["x"] * 3, choices=[["a", "b", "c"]] * 3, label=["2", "2", "0"])
    examples = pd.DataFrame({"choices": [["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]})
    predictions = model.predict(examples)
    assert predictions.labels == ["1", "2", "2"]
    assert predictions.scores.tolist() == [pytest.approx(2 / 3)] * 3
