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
        ("BERT", ["60.00 (0.50)", "59.50", "−10.00", "+3.00", "accuracy", "5", "train", "a", "README"]),
        (
            "Big",
            [
                *("–", "80.00", "–", "–", "f1", "not said", "train and dev"),
                *("sentences were read together with their neighbours", "x"),
            ],
        ),
    ]
    assert "our best on dev, x:" in grid.note


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
    ],
)
def test_what_compares(record: Make, keys: dict[str, Any], expected: bool) -> None:
    assert comparable(result(**keys), record("a.x", [0.5])) is expected


def test_neighbours_on_both_sides_compare(record: Make) -> None:
    ours = record("a.x", [0.5])
    ours["training"]["document_context"] = True
    assert comparable(result(documents=True), ours)
