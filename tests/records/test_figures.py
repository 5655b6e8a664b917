from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from made_up import made_up_cell, made_up_task
from record_cells import record_of, rows
from regen.records.figures import MOST_CLASSES, comparison_figure, confusion_figure


def with_confusion(*cells: tuple[str, str, int]) -> dict[str, Any]:
    return {"cell": "made_up.crf", "scores": {"dev": {"repeats": [{"confusion": [list(cell) for cell in cells]}]}}}


def read_back(figure: go.Figure) -> dict[str, Any]:
    """Give the figure as Kedro-Viz reads it; plotly refuses what is no figure."""
    return pio.from_json(figure.to_json()).to_dict()  # type: ignore[no-any-return]


@pytest.fixture
def records(tmp_path: Path) -> list[dict[str, Any]]:
    """Two cells of a task; one has two repeats."""
    task = made_up_task("classification", ["102", "103"])
    floor, linear = made_up_cell("majority", task), made_up_cell("linear", task, seeds=[0, 1])
    gold = ["102", "102", "103"]
    return [
        record_of(floor, tmp_path, *(rows(split, gold, ["102"] * 3) for split in ("dev", "test"))),
        record_of(linear, tmp_path, *(rows(split, gold, gold, seed) for split in ("dev", "test") for seed in (0, 1))),
    ]


def test_confusion_by_hand() -> None:
    figure = read_back(confusion_figure(with_confusion(("a", "a", 5), ("a", "b", 2), ("b", "a", 1))))
    (heatmap,) = figure["data"]
    assert (heatmap["x"], heatmap["y"], heatmap["z"]) == (["a", "b"], ["a", "b"], [[5, 2], [1, 0]])
    assert figure["layout"]["title"]["text"] == "made_up.crf on dev: gold against predicted"
    assert figure["layout"]["xaxis"]["title"]["text"] == "predicted"
    assert figure["layout"]["yaxis"]["title"]["text"] == "gold"
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"


def test_labels_that_look_like_numbers_are_names(records: list[dict[str, Any]]) -> None:
    figure = read_back(confusion_figure(records[0]))
    assert [figure["layout"][axis]["type"] for axis in ("xaxis", "yaxis")] == ["category", "category"]
    assert figure["data"][0]["x"] == ["102", "103"]
    assert figure["data"][0]["z"] == [[2, 0], [1, 0]]


def test_no_span_comes_last() -> None:
    figure = confusion_figure(with_confusion(("∅", "PER", 9), ("LOC", "∅", 1), ("龘", "龘", 1)))
    assert list(figure.data[0].x) == ["LOC", "PER", "龘", "∅"]


def test_only_the_most_frequent_gold_classes_are_shown() -> None:
    cells = [(f"c{i:02}", f"c{i:02}", i + 1) for i in range(MOST_CLASSES + 2)]
    figure = confusion_figure(with_confusion(*cells, ("c31", "c00", 7)))
    (heatmap,) = figure.data
    assert list(heatmap.x) == [f"c{i:02}" for i in range(2, MOST_CLASSES + 2)]
    assert len(heatmap.z) == MOST_CLASSES
    assert heatmap.z[0][0] == 3
    assert sum(heatmap.z[-1]) == 32  # what was taken for a class that is not shown is left out


def test_comparison_by_hand(records: list[dict[str, Any]]) -> None:
    figure = read_back(comparison_figure(records))
    assert [bar["name"] for bar in figure["data"]] == ["dev", "test"]
    dev = figure["data"][0]
    assert dev["x"] == ["majority", "linear"]
    assert dev["y"] == pytest.approx([200 / 3, 100])
    assert dev["text"] == ["66.67", "100.00"]
    interval = records[0]["scores"]["dev"]["interval"]
    assert dev["error_y"]["array"] == pytest.approx([100 * interval["high"] - 200 / 3, 0])
    assert dev["error_y"]["arrayminus"] == pytest.approx([200 / 3 - 100 * interval["low"], 0])
    assert figure["layout"]["title"]["text"] == "made_up: accuracy × 100 with interval"
    assert figure["layout"]["barmode"] == "group"


def test_a_split_that_one_record_lacks(records: list[dict[str, Any]]) -> None:
    floor, linear = records
    short = {**linear, "scores": {"dev": linear["scores"]["dev"]}}
    figure = comparison_figure([short, floor])
    assert {bar.name: list(bar.x) for bar in figure.data} == {"dev": ["linear", "majority"], "test": ["majority"]}


def test_no_records_no_bars() -> None:
    assert not comparison_figure([]).data
