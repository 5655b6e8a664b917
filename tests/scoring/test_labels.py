import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.scoring.labels import accuracy_counts, label_counts, label_scores
from regen.statistics.measures import accuracy, macro_f1

LABELS = ["pos", "neg", "none"]
GOLD = ["pos", "pos", "pos", "neg"]
PRED = ["pos", "pos", "neg", "neg"]


def test_scores_by_hand() -> None:
    scores = label_scores(GOLD, PRED, LABELS)
    assert scores["accuracy"] == 0.75
    # F1: pos 2*2/(2+3), neg 2*1/(2+1), none 0
    assert scores["macro_f1"] == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    # (tp * tn - fp * fn) / sqrt((tp+fp)(tp+fn)(tn+fp)(tn+fn)) with pos as the positive label
    assert scores["mcc"] == pytest.approx((2 * 1 - 0 * 1) / (2 * 3 * 1 * 2) ** 0.5)
    assert scores["confusion"] == [["pos", "pos", 2], ["pos", "neg", 1], ["neg", "neg", 1]]
    assert scores["per_class"] == {
        "pos": {
            "precision": 1.0,
            "recall": pytest.approx(2 / 3),
            "f1": pytest.approx(0.8),
            "support": 3,
            "predicted": 2,
        },
        "neg": {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1, "predicted": 2},
        "none": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0, "predicted": 0},
    }


def test_one_label_on_both_sides() -> None:
    scores = label_scores(["neg"], ["neg"], ["pos", "neg"])
    assert (scores["accuracy"], scores["macro_f1"], scores["mcc"]) == (1.0, 0.5, 0.0)


def test_constant_prediction() -> None:
    scores = label_scores(["pos", "neg"], ["neg", "neg"], ["pos", "neg"])
    assert scores["mcc"] == 0.0
    assert scores["per_class"]["pos"]["precision"] == 0.0


@pytest.mark.parametrize("function", [label_scores, label_counts])
@pytest.mark.parametrize(
    ("gold", "pred", "message"),
    [
        (["odd"], ["pos"], "gold label 'odd' is not one of the 3 labels"),
        (["pos"], ["odd"], "predicted label 'odd' is not one of the 3 labels"),
        (["pos"], [], "1 gold labels and 0 predicted labels; expected as many, at least one"),
        ([], [], "0 gold labels and 0 predicted labels; expected as many, at least one"),
    ],
)
def test_refuses_wrong_labels(function: object, gold: list[str], pred: list[str], message: str) -> None:
    assert callable(function)
    with pytest.raises(ValueError, match=message):
        function(gold, pred, LABELS)


def test_counts_of_each_example() -> None:
    assert label_counts(["pos", "none"], ["pos", "neg"], LABELS).tolist() == [
        [1, 0, 0, 1, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0, 1],
    ]
    assert accuracy_counts(["pos", "none"], ["pos", "neg"]).tolist() == [[1, 1], [0, 1]]


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_summed_counts_give_the_scores(pairs: list[tuple[str, str]]) -> None:
    gold, pred = [gold for gold, _ in pairs], [pred for _, pred in pairs]
    scores = label_scores(gold, pred, LABELS)
    sums = label_counts(gold, pred, LABELS).sum(axis=0, keepdims=True)
    assert macro_f1(sums)[0] == pytest.approx(scores["macro_f1"])
    assert accuracy(accuracy_counts(gold, pred).sum(axis=0, keepdims=True))[0] == pytest.approx(scores["accuracy"])
