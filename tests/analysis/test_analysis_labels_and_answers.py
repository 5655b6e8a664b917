import numpy as np
import pandas as pd

from regen.analysis.answers import answer_parts
from regen.analysis.labels import label_parts
from regen.analysis.parts import Background, Rows

NOTHING = pd.DataFrame()


def test_labels_by_hand() -> None:
    rows = Rows(NOTHING, ["a", "a", "b", "c"], ["a", "b", "b", "a"], np.zeros(4))
    parts = label_parts(rows, Background(NOTHING, None, ["a", "b", "c"]))
    assert parts.counts.tolist() == [[1, 1], [0, 1], [1, 1], [0, 1]]
    assert parts.confusions == [("a", "b", 1), ("c", "a", 1)]
    assert parts.breakdowns["class"].counts.sum(axis=0).tolist() == [[1, 2, 2], [1, 2, 1], [0, 0, 1]]


def test_all_right_has_no_confusions() -> None:
    rows = Rows(NOTHING, ["a"], ["a"], np.zeros(1))
    assert label_parts(rows, Background(NOTHING, None, ["a", "b"])).confusions == []


def test_answers_by_hand() -> None:
    gold = [["北京"], ["在北京"], ["北京"], ["北京"]]
    rows = Rows(NOTHING, gold, ["北京", "北京", "猫", ""], np.zeros(4))
    parts = answer_parts(rows, Background(NOTHING, None, []))
    assert np.round(parts.counts, 4).tolist() == [[1, 1, 1], [0, 0.8, 1], [0, 0, 1], [0, 0, 1]]
    errors = parts.errors["answers"]
    assert dict(zip(errors.kinds, errors.counts[:, :, 0].sum(axis=0).tolist(), strict=True)) == {
        "correct": 1,
        "partial": 1,
        "wrong": 1,
        "none": 1,
    }
