from collections.abc import Callable
from typing import Any

import pytest

from regen.config.published import PublishedResult, published_results
from regen.reporting.published import comparable, published_section

Record = dict[str, Any]
Make = Callable[..., Record]
BERT = {"system": "BERT", "scores": {"dev": 60, "test": 59.5}, "sd": {"dev": 0.5}, "n": 5, "source": "README"}
BIG = {"system": "Big", "scores": {"test": 80}, "metric": "f1", "n": None, "with_dev": True, "documents": True}
ELSEWHERE = {"system": "elsewhere", "scores": {"test_other": 80}, "n": 1, "source": "y"}


def result(**keys: Any) -> PublishedResult:
    content = {"system": "some", "scores": {"dev": 60}, "n": 1, "source": "here", **keys}
    return published_results({"a": [content]})["a"][0]


def test_published_results_stand_beside_the_best_on_dev(record: Make) -> None:
    published = published_results({"a": [{**BERT, "caveats": "a"}, {**BIG, "source": "x"}, ELSEWHERE]})["a"]
    section = published_section([record("a.x", [0.5], [0.625]), record("a.y", [0.4], [0.7])], published)
    assert section is not None
    (grid,) = section.grids
    assert grid.columns[:4] == ["dev", "test", "ours − it, dev", "ours − it, test"]
    assert grid.rows == [
        ("BERT", ["60.00 (0.50)", "59.50", "−10.00", "+3.00", "–", "accuracy", "5", "train", "a", "README"]),
        (
            "Big",
            [
                *("–", "80.00", "–", "–"),
                "differs: another metric, it learnt from dev too, it read neighbouring sentences",
                *("f1", "not said", "train and dev"),
                *("sentences were read together with their neighbours", "x"),
            ],
        ),
    ]
    assert "our best on dev, x:" in grid.note


def test_what_lies_within_our_interval_is_marked(record: Make) -> None:
    ours = record("a.x", [0.5])
    low, high = (100 * ours["scores"]["dev"]["interval"][side] for side in ("low", "high"))
    section = published_section([ours], [result(scores={"dev": value}) for value in ((low + high) / 2, high + 0.01)])
    assert section is not None
    (grid,) = section.grids
    place = grid.columns.index("ours − it, dev")
    assert [row[place].endswith(" ≈") for _, row in grid.rows] == [True, False]
    assert section.notes == []


def test_a_majority_on_top_is_told(record: Make) -> None:
    floor = record("a.majority", [0.5])
    floor["config"]["estimator"] = "majority"
    section = published_section([floor], [result()])
    assert section is not None
    assert section.notes == ["No recipe of ours is above the majority baseline on dev."]


def test_nothing_was_published_for_these_splits(record: Make) -> None:
    assert published_section([record("a.x", [0.5])], [result(scores={"test_other": 1})]) is None


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, True),
        ({"with_dev": False}, True),
        ({"with_dev": True}, False),
        ({"scores": {"test": 60}}, False),  # nobody says what it learnt from
        ({"scores": {"test": 60}, "with_dev": False}, True),
        ({"metric": "accuracy"}, True),
        ({"metric": "f1"}, False),
        ({"documents": True}, False),
        ({"system": "human"}, False),
        ({"reduced": "14 of the 15 classes"}, False),
    ],
)
def test_what_compares(record: Make, keys: dict[str, Any], expected: bool) -> None:
    assert comparable(result(**keys), record("a.x", [0.5])) is expected


def test_neighbours_on_both_sides_compare(record: Make) -> None:
    ours = record("a.x", [0.5])
    ours["training"]["document_context"] = True
    assert comparable(result(documents=True), ours)


def why(record: Record, **keys: Any) -> str:
    section = published_section([record], [result(**keys)])
    assert section is not None
    (grid,) = section.grids
    return dict(zip(grid.columns, grid.rows[0][1], strict=True))["why not compared"]


def test_why_a_row_has_no_difference(record: Make) -> None:
    ours = record("a.x", [0.5])
    assert why(ours) == "–"
    assert why(ours, system="human", scores={"test": 60}) == "differs: people"
    assert why(ours, reduced="14 of the 15 classes") == "differs: part of the task, 14 of the 15 classes"
    told = "differs: not said whether it learnt from dev, no score of ours on its split"
    assert why(ours, scores={"test": 60}) == told
    ours["training"] |= {"document_context": True, "train_on_dev": True}
    assert why(ours) == "differs: ours learnt from dev too, ours read neighbouring sentences"


def test_settings_that_saw_the_texts_do_not_compare(record: Make) -> None:
    ours = record("a.x", [0.5], selection="best on dev of b")
    ours["card"]["overlaps_with"] = {"b": "all of dev"}
    assert not comparable(result(), ours)
    assert why(ours) == "differs: our settings were chosen on b which shares texts"
