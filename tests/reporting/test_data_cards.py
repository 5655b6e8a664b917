from collections.abc import Callable
from pathlib import Path
from typing import Any

from regen.reporting.data_cards import data_card, unseen_grid
from regen.reporting.site import write_site

Record = dict[str, Any]
Make = Callable[..., Record]


def test_labels_with_their_shares(record: Make) -> None:
    one = record("a.x", [0.5], labels=("体育", "财经"))
    one["card"]["splits"]["train"]["label_counts"] = {"体育": 3, "财经": 1000, "ZZZ": 997}
    (grid,) = data_card(one)
    assert (grid.groups, grid.columns) == ([("train", 2), ("dev", 2)], ["count", "%", "count", "%"])
    assert grid.rows == [
        ("体育", ["3", "0.15", "40", "49.38"]),
        ("财经", ["1,000", "50.00", "41", "50.62"]),
        ("ZZZ", ["997", "49.85", "0", "0.00"]),
    ]


def test_odd_rows_with_their_ids(record: Make) -> None:
    one = record("a.x", [0.5])
    splits = one["card"]["splits"]
    splits["train"]["odd_rows"] = {"empty_texts": {"rows": 1200, "ids": ["train-0", "train-7"]}}
    splits["test"]["odd_rows"] = {"dropped": {"rows": 1, "ids": ["test-4"]}}
    _, grid = data_card(one)
    assert grid.rows == [
        ("train: empty texts", ["1,200", "train-0, train-7, …"]),
        ("test: dropped", ["1", "test-4"]),
    ]


def test_a_card_without_labels_has_no_tables(record: Make) -> None:
    one = record("a.x", [0.5])
    for split in one["card"]["splits"].values():
        split.pop("label_counts", None)
    assert data_card(one) == []


def test_scores_over_unseen_inputs(record: Make) -> None:
    one, other = record("a.x", [0.5]), record("a.y", [0.6])
    assert unseen_grid([one, other]) is None
    one["scores"]["dev"]["unseen"] = {"examples": 9076, "mean": 0.4567, "interval": {"low": 0.4, "high": 0.5}}
    grid = unseen_grid([one, other])
    assert grid is not None
    assert (grid.groups, grid.columns) == ([("dev", 2)], ["accuracy × 100 [interval]", "examples"])
    assert grid.rows == [("x", ["45.67 [40.00, 50.00]", "9,076"]), ("y", ["–", "–"])]


def test_the_page_of_the_task_shows_them(record: Make, tmp_path: Path) -> None:
    one = record("a.x", [0.5])
    one["card"]["splits"]["dev"]["odd_rows"] = {"contradictions": {"rows": 2, "ids": ["<b>", "dev-9"]}}
    one["scores"]["dev"]["unseen"] = {"examples": 9076, "mean": 0.4567, "interval": {"low": 0.4, "high": 0.5}}
    write_site([one], "All", tmp_path)
    page = (tmp_path / "tasks" / "a.html").read_text(encoding="utf-8")
    assert page.index("Without inputs that stand in train, or a second time") < page.index("45.67 [40.00, 50.00]")
    assert page.index('id="data"') < page.index("Odd rows")
    assert "&lt;b&gt;, dev-9" in page
