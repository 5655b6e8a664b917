from typing import Any

import pandas as pd
import pytest

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.doubts.ranking import rank_doubts
from regen.errors import UserError

ANIMALS, STONES = ("zebra", "okapi", "lemur", "ibis"), ("basalt", "granite", "marble", "slate")


def topics() -> pd.DataFrame:
    """Forty texts of two kinds of words; the label of one is wrong."""
    rows = []
    for i in range(20):
        for kind, words in (("animal", ANIMALS), ("stone", STONES)):
            text = f"{words[i % 4]} {words[(i + 1) % 4]} {words[i // 4 % 4]} n{i}"
            rows.append((f"row-{len(rows)}", text, kind))
    train = pd.DataFrame(rows, columns=["id", "text", "label"])
    train.loc[17, "label"] = "animal"
    return train


def names() -> pd.DataFrame:
    """Sentences with a name after ``mister``; one name has no tag."""
    rows = [
        (f"s-{i}", 0, ["we", "saw", "mister", f"n{i % 7}", "today"], ["O", "O", "O", "B-PER", "O"]) for i in range(30)
    ]
    rows[11] = ("s-11", 0, rows[11][2], ["O"] * 5)
    return pd.DataFrame(rows, columns=["id", "document", "tokens", "tags"]).assign(
        tokens=[[*row[2], f"w{i}"] for i, row in enumerate(rows)], tags=[[*row[3], "O"] for row in rows]
    )


def topic_cell(estimator: str = "linear", **options: Any) -> CellConfig:
    return made_up_cell(estimator, made_up_task("classification", ["animal", "stone"]), options)


def test_a_planted_label_comes_first() -> None:
    table = rank_doubts(topics(), topic_cell(), 5)
    assert list(table.columns) == ["id", "label", "predicted", "self_confidence", "normalized_margin"]
    first = table.iloc[0]
    assert (first["id"], first["label"], first["predicted"]) == ("row-17", "animal", "stone")
    assert first["normalized_margin"] == pytest.approx(2 * first["self_confidence"] - 1)  # of two labels
    assert first["self_confidence"] < 0.5 < table["self_confidence"].iloc[1]
    assert sorted(table["id"]) == sorted(topics()["id"])
    assert table["self_confidence"].is_monotonic_increasing


def test_a_planted_tag_comes_first() -> None:
    config = made_up_cell("crf", made_up_task("tagging", ["PER"]))
    table = rank_doubts(names(), config, 5)
    first = table.iloc[0]
    assert (first["id"], first["token"], first["label"], first["predicted"]) == ("s-11", 3, "O", "B-PER")
    assert first["self_confidence"] < 0.5
    assert first["normalized_margin"] == pytest.approx(2 * first["self_confidence"] - 1)
    assert len(table) == 30


def test_the_same_table_twice() -> None:
    pd.testing.assert_frame_equal(rank_doubts(topics(), topic_cell(), 3), rank_doubts(topics(), topic_cell(), 3))


def test_a_label_that_a_model_never_saw_has_no_probability() -> None:
    train = topics()
    train.loc[0, "label"] = "rare"
    table = rank_doubts(train, topic_cell(), 5).set_index("id")
    assert table.loc["row-0", "self_confidence"] == 0.0


def test_equal_doubts_keep_the_order_of_train() -> None:
    train = topics().assign(text=[f"{kind} {i // 2}" for i, kind in enumerate(topics()["label"])])
    train = train[train["label"] == "stone"].assign(label="a")
    train = pd.concat([train, train.assign(id=train["id"] + "x", label="b")], ignore_index=True)
    table = rank_doubts(train, topic_cell(words=None), 2)
    ties = table.groupby(["self_confidence", "normalized_margin"])["id"].apply(list)
    order = {name: place for place, name in enumerate(train["id"])}
    assert any(len(tie) > 1 for tie in ties)
    assert all(tie == sorted(tie, key=order.__getitem__) for tie in ties)


def test_an_estimator_without_probabilities_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        rank_doubts(topics(), topic_cell("majority"), 5)
    assert str(caught.value) == (
        "recipe majority: estimator 'majority' gives no probability of every label, expected one that does: linear, "
        "or crf for tagging"
    )
