import numpy as np
import pytest
from analysed_cells import FEW, triple

from regen.analysis.measures import ANSWERS, LABELS, SPANS, measured, placed, share, shares


def test_share_has_the_interval_of_wilson() -> None:
    # Five of ten by hand: (0.5 + z²/20 ± z·√(0.025 + z²/400)) / (1 + z²/10) with z = 1.959964.
    assert share(5, 10, 0.95) == triple(0.5, 0.236593, 0.763407)
    assert share(0, 0, 0.95) == [None, None, None]
    value, low, high = share(3, 3, 0.95)
    assert (value, high) == (1.0, 1.0)
    assert low is not None
    assert 0.4 < low < 0.5


def test_groups_of_labels() -> None:
    counts = placed(np.array([[1, 1], [0, 1], [1, 1], [1, 1]]), np.array([0, 0, 2, 2]), 3)
    rows = measured(["short", "middle", "long"], counts, LABELS, None, FEW)
    assert rows == [
        {"group": "short", "correct": 1, "examples": 2, "accuracy": share(1, 2, 0.95)},
        {"group": "long", "correct": 2, "examples": 2, "accuracy": share(2, 2, 0.95)},
    ]


def test_examples_of_documents_are_bootstrapped() -> None:
    counts = np.array([[[1, 1]], [[0, 1]], [[1, 1]], [[0, 1]]])
    documents = ["a", "a", "b", "b"]
    ((row),) = measured(["all"], counts, LABELS, documents, FEW)
    assert row["accuracy"] == [0.5, 0.5, 0.5]  # each document is half right, so that every draw is


def test_groups_of_spans_and_what_is_undefined() -> None:
    counts = np.array([[[1, 2, 1], [0, 0, 1]], [[1, 1, 2], [0, 0, 1]]])
    first, second = measured(["A", "B"], counts, SPANS, None, FEW)
    assert (first["correct"], first["predicted"], first["gold"]) == (2, 3, 3)
    assert [first[name][0] for name in ("f1", "precision", "recall")] == triple(2 / 3, 2 / 3, 2 / 3)
    assert second["precision"] == [None, None, None]
    assert second["f1"] == second["recall"] == [0.0, 0.0, 0.0]


def test_overlap_of_answers_is_a_mean_and_no_count() -> None:
    ((row),) = measured(["all"], np.array([[[1.0, 1.0, 1.0]], [[0.0, 0.5, 1.0]]]), ANSWERS, None, FEW)
    assert set(row) == {"group", "correct", "examples", "exact_match", "answer_f1"}
    assert (row["correct"], row["exact_match"][0], row["answer_f1"][0]) == (1, 0.5, 0.75)


def test_empty_groups_are_left_out() -> None:
    assert measured(["A"], np.zeros((3, 1, 2), dtype=int), LABELS, None, FEW) == []


def test_shares_of_each_side_add_up_to_one() -> None:
    counts = np.array([[[1, 0], [1, 0]], [[2, 0], [0, 0]]])
    found = shares(counts, None, FEW)
    assert [side[0][0] for side in found] == [0.75, 0.25]
    assert [side[1] for side in found] == [[None, None, None]] * 2
    assert sum(value or 0 for ((value, _, _), _) in found) == pytest.approx(1)
