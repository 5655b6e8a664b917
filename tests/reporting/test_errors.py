"""Parts of a cell's page that tell of its errors."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import Page

from regen.reporting.calibration import calibration_section
from regen.reporting.charts import Chart
from regen.reporting.errors import bounded, cell_sections, error_sections
from regen.reporting.grids import Grid
from regen.reporting.languages import translation
from regen.reporting.sections import Section
from regen.reporting.site import write_site

Record = dict[str, Any]
Make = Callable[..., Record]


def span_row(group: str, gold: int, f1: list[Any]) -> Record:
    return {"group": group, "correct": 1, "predicted": 2, "gold": gold, "f1": f1, "precision": f1, "recall": f1}


def kind(name: str, gold: int, predicted: int) -> Record:
    shares = {"of_gold": [0.5, 0.4, 0.6], "of_predicted": [0.25, 0.2, 0.3]}
    return {"kind": name, "gold": gold, "predicted": predicted, **shares}


TAGGING: Record = {
    "cell": "names.crf",
    "interval": {"level": 0.95, "resamples": 100},
    "splits": {
        "dev": {
            "examples": 1200,
            "errors": {"spans": [kind("correct", 1000, 1000), kind("missed", 5, 0), kind("spurious", 0, 7)]},
            "confusions": {"most": [["<b>", "LOC", 1234]], "left_out": 0},
            "breakdowns": {
                "class": [span_row("LOC", 9, [0.5, 0.25, 0.75])],
                "span_length": [span_row("≤ 1", 9, [0.5, 0.25, 0.75]), span_row("> 1", 1, [None, None, None])],
                "seen": [span_row("in train", 9, [0.5, 0.25, 0.75])],
            },
        },
        "test": {
            "examples": 7,
            "errors": {"spans": [kind("correct", 3, 3), kind("missed", 1, 0), kind("spurious", 0, 1)]},
            "confusions": {"most": [], "left_out": 0},
            "breakdowns": {"class": [], "span_length": [span_row("≤ 1", 3, [1.0, 0.9, 1.0])], "seen": []},
        },
    },
}
BIN = {"bin": 14, "examples": 1500, "confidence": 0.95, "accuracy": [0.75, 0.7, 0.85]}
CALIBRATION: Record = {
    "examples": 1500,
    "confidence": 0.95,
    "accuracy": [0.75, 0.7, 0.85],
    "ece": 0.2,
    "ece_if_calibrated": 0.0123,
    "brier": [0.2, 0.15, 0.25],
    "bins": [BIN],
}


def grids(record: Record, analysis: Record) -> dict[str, Grid]:
    return {grid.title: grid for section in error_sections(record, analysis) for grid in section.grids}


def test_kinds_stand_side_by_side_and_what_a_side_cannot_have_is_a_dash(record: Make) -> None:
    grid = grids(record("names.crf", [0.5], [0.5], tagging=True), TAGGING)["Spans by kind of error"]
    assert grid.groups == [("dev", 4), ("test", 4)]
    assert grid.columns == ["gold", "% of gold", "predicted", "% of predicted"] * 2
    assert grid.rows[0] == (
        "right",
        [
            *("1,000", "50.00 [40.00, 60.00]", "1,000", "25.00 [20.00, 30.00]"),
            *("3", "50.00 [40.00, 60.00]", "3", "25.00 [20.00, 30.00]"),
        ],
    )
    assert grid.rows[1][1][:4] == ["5", "50.00 [40.00, 60.00]", "–", "–"]
    assert grid.rows[2][1][:4] == ["–", "–", "7", "25.00 [20.00, 30.00]"]


def test_answers_have_one_side(record: Make) -> None:
    answers = [{"kind": "partial", "gold": 3, "of_gold": [0.5, 0.4, 0.6]}]
    split = {"examples": 6, "errors": {"answers": answers}, "confusions": {"most": []}, "breakdowns": {}}
    grid = grids(record("names.crf", [0.5]), {**TAGGING, "splits": {"dev": split}})["Answers by kind of error"]
    assert (grid.columns, grid.rows) == (["count", "%"], [("partly right", ["3", "50.00 [40.00, 60.00]"])])


def test_confusions_only_where_there_are_some(record: Make) -> None:
    found = grids(record("names.crf", [0.5], [0.5]), TAGGING)
    assert found["Most frequent confusions on dev"].rows == [("<b>", ["LOC", "1,234"])]
    assert "Most frequent confusions on test" not in found


def test_left_out_confusions_are_counted(record: Make) -> None:
    dev = {**TAGGING["splits"]["dev"], "confusions": {"most": [["a", "b", 2]], "left_out": 1500}}
    found = grids(record("names.crf", [0.5]), {**TAGGING, "splits": {"dev": dev}})
    assert found["Most frequent confusions on dev"].note == "Further confusions: 1,500."


def test_groups_of_all_splits_in_one_table(record: Make) -> None:
    grid = grids(record("names.crf", [0.5], [0.5]), TAGGING)["By length of the span in tokens"]
    assert grid.columns == ["gold", "F1", "P", "R"] * 2
    assert [(head, row[0], row[1], row[4], row[5]) for head, row in grid.rows] == [
        ("≤ 1", "9", "50.00 [25.00, 75.00]", "3", "100.00 [90.00, 100.00]"),
        ("> 1", "1", "–", "–", "–"),
    ]


def test_languages_of_heads_are_those_of_labels_or_english(record: Make) -> None:
    found = grids(record("names.crf", [0.5], [0.5]), TAGGING)
    assert {title: grid.lang for title, grid in found.items() if title.startswith("By")} == {
        "By class": "zh",
        "By length of the span in tokens": "en",
        "By whether train holds the input": "en",
    }


def test_a_chart_of_each_length_with_a_label_and_no_colours(record: Make) -> None:
    (_, groups) = error_sections(record("names.crf", [0.5], [0.5]), TAGGING)
    ((title, chart),) = groups.charts
    assert title == "By length of the span in tokens"
    assert chart.id == "errors-span-length-names.crf"
    assert chart.label == "Bar chart: F1 of names.crf by length of the span in tokens, with intervals"
    assert [(bars["name"], bars["x"], bars["y"]) for bars in chart.figure["data"]] == [
        ("dev", ["≤ 1"], [50.0]),
        ("test", ["≤ 1"], [100.0]),
    ]
    assert chart.figure["data"][0]["error_y"] == {"type": "data", "array": [25.0], "arrayminus": [25.0]}
    assert chart.figure["layout"]["xaxis"]["categoryarray"] == ["≤ 1", "> 1"]
    assert "marker" not in chart.figure["data"][0]


def test_the_page_of_this_machine_is_named(record: Make) -> None:
    notes = error_sections(record("names.crf", [0.5]), TAGGING)[0].notes
    page = "data/08_reporting/cells/names/crf/examples/index.html"
    assert f"On a machine that made them, {page} shows examples of dev with their texts." in notes


def test_what_train_holds_is_said_of_all_of_it(record: Make) -> None:
    made = record("names.crf", [0.5])
    made["config"]["train_examples"] = 2000
    (note,) = error_sections(made, everything())[1].notes[1:]
    assert note.endswith("of the whole train split; training is limited to 2,000 examples.")
    unsaid = everything()
    del unsaid["splits"]["dev"]["breakdowns"]["seen"]
    assert len(error_sections(made, unsaid)[1].notes) == 1


@pytest.mark.parametrize(
    ("triple", "text"), [([0.7059, 0.6395, 0.7794], "70.59 [63.95, 77.94]"), ([None, None, None], "–")]
)
def test_numbers_never_stand_alone(triple: list[float | None], text: str) -> None:
    assert bounded(triple) == text


def reliability(analysis: Record) -> tuple[Grid, Chart]:
    ((section),) = calibration_section(analysis)
    ((_, chart),) = section.charts
    return section.grids[0], chart


def test_confidence_beside_accuracy() -> None:
    grid, chart = reliability({**TAGGING, "calibration": {"dev": CALIBRATION}})
    assert grid.rows == [
        (
            "dev",
            ["1,500", "75.00 [70.00, 85.00]", "95.00", "20.00", "≤ 1.23", "0.2000 [0.1500, 0.2500]"],
        )
    ]
    assert "in 95 of 100 cases" in grid.note
    assert "Temperature" not in grid.note
    curve, diagonal = chart.figure["data"]
    assert (curve["x"], curve["y"], curve["text"]) == ([95.0], [75.0], ["1,500"])
    assert curve["error_y"]["array"] == [10.0]
    assert curve["error_y"]["arrayminus"] == [5.0]
    assert (diagonal["x"], diagonal["y"]) == ([0, 100], [0, 100])
    assert "names.crf" in chart.label


def test_temperature_adds_a_row_of_each_other_split() -> None:
    temperature = {"value": 1.4288, "after": {"test": {**CALIBRATION, "ece": 0.01}}}
    grid, _ = reliability({**TAGGING, "calibration": {"dev": CALIBRATION}, "temperature": temperature})
    assert [(head, row[3]) for head, row in grid.rows] == [("dev", "20.00"), ("test, with temperature", "1.00")]
    assert "Temperature fitted on dev: 1.43" in grid.note


def test_cells_without_an_analysis_or_without_probabilities_have_less(record: Make) -> None:
    records = [record("names.crf", [0.5], [0.5]), record("names.other", [0.5])]
    found = cell_sections(records, [TAGGING, {**TAGGING, "cell": "names.gone"}])
    assert {cell: [section.id for section in parts] for cell, parts in found.items()} == {
        "names.crf": ["errors", "groups"],
        "names.other": ["errors"],
    }
    (note,) = found["names.other"][0].notes
    assert "not made for this cell. dvc repro lineage/names/other/dvc.yaml:names.other.analyse makes them." in note
    more = cell_sections(records, [{**TAGGING, "calibration": {"dev": CALIBRATION}}])
    assert [section.id for section in more["names.crf"]] == ["errors", "groups", "calibration"]


KINDS = ("correct", "wrong_type", "wrong_boundary", "both_wrong", "missed", "spurious", "entity", "entity_type", "pair")
NAMES = ("class", "entity_class", "familiar", "span_length", "sentence_length", "text_length", "overlap")
GROUPS = ("seen with this type", "seen with another type", "not seen", "in train", "not in train", "all")


def everything() -> Record:
    """An analysis with all that any may hold."""
    counted = [kind(name, 1, 1) for name in (*KINDS, "label")]
    answers = [
        {"kind": name, "gold": 1, "of_gold": [0.5, 0.4, 0.6]} for name in ("correct", "partial", "wrong", "none")
    ]
    rows = [span_row(group, 9, [0.5, 0.25, 0.75]) for group in GROUPS]
    lengths = ("answer_length", "question_length", "context_length", "seen")
    labels = [{"group": "all", "correct": 1, "examples": 2, "accuracy": [0.5, 0.4, 0.6]}]
    exact = [
        {"group": "all", "correct": 1, "examples": 2, "exact_match": [0.5, 0.4, 0.6], "answer_f1": [0.5, 0.4, 0.6]}
    ]
    breakdowns = {**dict.fromkeys(NAMES, rows), **dict.fromkeys(lengths, labels), "context_length": exact}
    dev = {
        "examples": 9,
        "errors": {"spans": counted, "relations": counted, "answers": answers},
        "confusions": {"most": [["a", "b", 2]], "left_out": 3},
        "breakdowns": breakdowns,
    }
    temperature = {"value": 1.4, "after": {"test": CALIBRATION}}
    return {**TAGGING, "splits": {"dev": dev}, "calibration": {"dev": CALIBRATION}, "temperature": temperature}


def strings(section: Section) -> set[str]:
    """Give what a part of a page says, but for names and numbers."""
    found = {section.title, *section.notes}
    for grid in section.grids:
        found |= {grid.title, grid.note, grid.corner, *grid.columns}
        found |= set() if grid.names else {head for head, _ in grid.rows}
    for title, chart in section.charts:
        layout = chart.figure["layout"]
        found |= {
            title,
            chart.label,
            *(layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis") if "title" in layout[axis]),
        }
        found |= {trace["name"] for trace in chart.figure["data"]}
    return found


def test_every_string_has_its_chinese(record: Make) -> None:
    words, same = translation(), {"", "dev", "n", "P", "R", "F1", "%"}
    analysis = everything()
    sections = cell_sections([record("names.crf", [0.5])], [analysis])["names.crf"]
    said = set().union(*map(strings, sections))
    assert len(said) > 60
    assert {text for text in said if words.chinese(text) is None} <= same
    for text in said - same:
        assert re.search("[\u4e00-\u9fff]|ECE|F1 ×", words.chinese(text) or ""), text


def test_parts_on_a_page(record: Make, tmp_path: Path) -> None:
    records = [record("names.crf", [0.5])]
    write_site(records, "Errors", tmp_path, cell_sections=cell_sections(records, [everything()]))
    page = Page(tmp_path / "cells/names/crf.html")
    assert not [address for address in page.addresses if address.startswith("../../../")]
    assert {"errors", "groups", "calibration"} <= set(page.ids)
    assert max(page.ids.values()) == 1
