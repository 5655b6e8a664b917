import json
import math

import numpy as np
import pytest

from regen.scoring.official import official_score

GOLD_TAGS = [["B-PER", "I-PER", "O"], ["B-LOC", "O"], ["O"]]
PRED_TAGS = [["B-PER", "I-PER", "O"], ["I-ORG", "O"], ["B-LOC"]]


def test_accuracy_by_hand() -> None:
    official = official_score("accuracy", ["a", "a", "b", "c"], ["a", "b", "b", "b"], ["a", "b", "c"])
    assert official.value == 0.5
    # F1: a 2*1/(2+1), b 2*1/(1+3), c 0
    assert official.detail["macro_f1"] == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert official.detail["per_class"]["b"] == {
        **{"precision": pytest.approx(1 / 3), "recall": 1.0, "f1": 0.5},
        **{"support": 1, "predicted": 3},
    }
    assert official.detail["confusion"] == [["a", "a", 1], ["a", "b", 1], ["b", "b", 1], ["c", "b", 1]]
    assert official.counts.tolist() == [[1, 1], [0, 1], [1, 1], [0, 1]]


def test_span_f1_by_hand() -> None:
    official = official_score("span_f1", GOLD_TAGS, PRED_TAGS, ["LOC", "ORG", "PER"])
    # Gold: PER, LOC. Predicted: PER, ORG (conlleval lets I- open a span), LOC. Right: PER.
    assert official.value == 2 * 1 / (3 + 2)
    assert {name: official.detail[name] for name in ("precision", "recall", "f1", "correct", "predicted", "gold")} == {
        **{"precision": 1 / 3, "recall": 1 / 2, "f1": 2 / 5},
        **{"correct": 1, "predicted": 3, "gold": 2},
    }
    # The strict reading takes no span from I-ORG.
    assert official.detail["strict_f1"] == 2 * 1 / (2 + 2)
    assert official.detail["token_accuracy"] == 4 / 6
    assert {kind: scores["f1"] for kind, scores in official.detail["per_class"].items()} == {
        "LOC": 0,
        "ORG": 0,
        "PER": 1,
    }
    assert official.detail["confusion"] == [["LOC", "ORG", 1], ["PER", "PER", 1], ["∅", "LOC", 1]]
    assert official.counts.tolist() == [[1, 1, 1], [0, 1, 1], [0, 1, 0]]


def test_surface_macro_f1_by_hand() -> None:
    tokens = [list("王小明在青山大学"), list("小明和小明"), list("晴")]
    gold = [["B-PER", "I-PER", "I-PER", "O", "B-ORG", *["I-ORG"] * 3], ["B-PER", "I-PER", "O", "B-PER", "I-PER"], ["O"]]
    pred = [["B-PER", "I-PER", "I-PER", "O", "B-ORG", "I-ORG", "O", "O"], ["O", "O", "O", "B-PER", "I-PER"], ["B-LOC"]]
    official = official_score("surface_macro_f1", gold, pred, ["LOC", "ORG", "PER"], tokens)
    # Surfaces: LOC 晴 and ORG 青山 for 青山大学 are wrong; PER 王小明 and 小明 are right, however often it stands.
    assert official.value == pytest.approx((0 + 0 + 1) / 3)
    per_class = official.detail["per_class"]
    assert {
        kind: tuple(scores[name] for name in ("correct", "predicted", "gold")) for kind, scores in per_class.items()
    } == {
        "LOC": (0, 1, 0),
        "ORG": (0, 1, 1),
        "PER": (2, 2, 2),
    }
    # Spans: 4 gold, 4 predicted, 2 right.
    assert (official.detail["f1"], official.detail["surface_macro_f1"]) == (2 * 2 / 8, official.value)
    assert official.counts.tolist() == [
        [0, 0, 1, 0, 1, 1, 0, 1, 1],
        [0, 0, 1, 0, 0, 1, 0, 0, 1],
        [0, 0, 0, 1, 0, 0, 0, 0, 0],
    ]
    assert official.measure(official.counts.sum(axis=0, keepdims=True)).tolist() == [official.value]
    assert json.loads(json.dumps(official.detail, allow_nan=False)) == official.detail


def test_surfaces_need_tokens() -> None:
    with pytest.raises(ValueError, match="surface_macro_f1 needs the tokens"):
        official_score("surface_macro_f1", [["O"]], [["O"]], ["LOC"])


@pytest.mark.parametrize(
    ("metric", "gold", "pred", "labels"),
    [
        ("accuracy", ["a", "b", "b"], ["a", "a", "b"], ["a", "b"]),
        ("span_f1", GOLD_TAGS, PRED_TAGS, ["LOC", "ORG", "PER"]),
    ],
)
def test_measure_of_all_examples_is_the_value(metric: str, gold: list[str], pred: list[str], labels: list[str]) -> None:
    official = official_score(metric, gold, pred, labels)  # type: ignore[arg-type]
    twice = np.stack([official.counts.sum(axis=0), 2 * official.counts.sum(axis=0)])
    assert official.measure(twice).tolist() == pytest.approx([official.value, official.value])
    assert len(official.counts) == len(gold)


@pytest.mark.parametrize(
    ("metric", "gold", "pred"),
    [("accuracy", ["a"], ["b"]), ("span_f1", [["O"]], [["O"]]), ("span_f1", [["B-x"]], [["O"]])],
)
def test_details_are_finite_json(metric: str, gold: list[str], pred: list[str]) -> None:
    official = official_score(metric, gold, pred, ["a", "b"])  # type: ignore[arg-type]
    assert json.loads(json.dumps(official.detail, allow_nan=False)) == official.detail
    assert official.value == 0.0
    assert math.isfinite(official.measure(official.counts.sum(axis=0, keepdims=True))[0])


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="predicted label 'odd' is not one of the 2 labels"):
        official_score("accuracy", ["a"], ["odd"], ["a", "b"])
