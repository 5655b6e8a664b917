"""What pages say of examinations; numbers are set by hand."""

from typing import Any

from regen.reporting.trust import trust_by_cell, trust_sections

INTERVAL = {"low": 0.05, "high": 0.2, "level": 0.95, "resamples": 1000, "over": "documents"}
DROP = {
    "strength": "10 % of the words",
    "changed": 1200,
    "left_out": 3,
    "clean": 0.9,
    "perturbed": 0.775,
    "drop": 0.125,
    "interval": INTERVAL,
    "flips": 0.25,
    "all": {"clean": 0.91, "perturbed": 0.8},
}
NOTHING_CHANGED = {"strength": "the whole text", "changed": 0, "left_out": 0}


def examination(cell: str, **parts: Any) -> dict[str, Any]:
    return {
        "cell": cell,
        "drawn": {"examples": 1000, "of": 3250, "most": 1000, "seed": 0, "by": "documents"},
        "robustness": {},
        "bias": {},
        "skipped": [],
        **parts,
    }


def test_drops_read_as_they_were_measured(records: list[dict[str, Any]]) -> None:
    record = records[0]
    drops = {"typos": DROP, "lookalikes": NOTHING_CHANGED}
    (section,) = trust_sections(record, examination(record["cell"], robustness=drops, skipped=["a: b"]))
    (grid,) = section.grids
    assert section.id == "robustness"
    assert grid.rows == [
        ("typos", ["1,200", "90.00", "77.50", "12.50", "[5.00, 20.00]", "25.00", "91.00", "80.00", DROP["strength"]]),
        ("look-alikes", ["0", *["–"] * 7, "the whole text"]),
    ]
    assert all(len(cells) == len(grid.columns) for _, cells in grid.rows)
    assert "typos: 3 left out" in grid.note
    assert "1,000 of 3,250 dev examples, drawn by documents with seed 0" in section.notes[0]
    assert "paired bootstrap over documents" in section.notes[1]
    assert section.notes[2] == "Left out: a: b."
    ((_, chart),) = section.charts
    assert [(trace["name"], trace["x"], trace["y"]) for trace in chart.figure["data"]] == [
        ("clean", ["typos"], [90.0]),
        ("perturbed", ["typos"], [77.5]),
    ]
    assert record["cell"] in chart.label


def test_a_chart_needs_a_drop(records: list[dict[str, Any]]) -> None:
    record = records[0]
    (section,) = trust_sections(record, examination(record["cell"], robustness={"typos": NOTHING_CHANGED}))
    assert not section.charts
    assert "bootstrap" not in section.notes[1]


def test_a_temperature_and_what_it_does(records: list[dict[str, Any]]) -> None:
    before = {"ece": 0.08, "ece_if_calibrated": 0.02, "log_loss": 0.71234}
    told = {"unit": "token", "units": 13000, "unknown": 0, "value": 1.532, "before": before}
    after = {"ece": 0.01, "ece_if_calibrated": 0.021, "log_loss": 0.6512}
    mended = {**told, "after": after, "change": [-0.0611, -0.07, -0.05]}
    (section,) = trust_sections(records[0], examination("a.b", temperature=mended))
    (grid,) = section.grids
    assert grid.title == "Probabilities of all labels: 13,000 tokens, from 1,000 of 3,250 dev examples"
    assert grid.rows == [
        ("as they are", ["8.00", "≤ 2.00", "0.7123", "–"]),
        ("with temperature", ["1.00", "≤ 2.10", "0.6512", "−0.0611 [−0.0700, −0.0500]"]),
    ]
    assert grid.note == ""
    assert section.notes[0].startswith("Temperature fitted on dev: 1.53; above 1 the model is too sure.")
    nothing = {**told, "value": None, "unknown": 7, "before": {**before, "log_loss": None}}
    (section,) = trust_sections(records[0], examination("a.b", temperature=nothing))
    assert section.grids[0].rows == [("as they are", ["8.00", "≤ 2.00", "–", "–"])]
    assert section.grids[0].note.startswith("7 have a label that the model does not know")
    assert section.notes == ["No temperature fits these answers."]


def test_bias_slices(records: list[dict[str, Any]]) -> None:
    record = records[0]
    group = {"recall": 0.9, "interval": INTERVAL}
    other = {"recall": 0.8, "interval": INTERVAL, "difference": -0.1, "difference_interval": INTERVAL}
    slices = {"origin": {"sentences": 20, "mentions": 30, "groups": {"own names": group, "Spanish": other}}}
    (named,) = trust_sections(record, examination(record["cell"], bias={"names": slices}))
    assert named.grids[0].rows == [
        ("own names", ["90.00", "[5.00, 20.00]", "–", "–"]),
        ("Spanish", ["80.00", "[5.00, 20.00]", "−10.00", "[5.00, 20.00]"]),
    ]
    assert named.grids[0].note == "30 persons in 20 sentences."
    (words,) = trust_sections(record, examination(record["cell"], bias={"gendered_words": DROP}))
    assert words.grids[0].rows[0][0] == "gendered words"


def test_attributions(records: list[dict[str, Any]]) -> None:
    record = records[0]
    examples = [
        {"right": True, "share": {"special": 0.25, "first text": 0.75}, "output": 1.0, "baseline": 0.5, "delta": 0.01},
        {"right": True, "share": {"first text": 1.0}, "output": 0.5, "baseline": 0.501, "delta": -0.008},
        {"right": True, "share": {"first text": 1.0}, "output": 0.5, "baseline": 0.6, "delta": 0.012},
    ]
    told = {"method": "Method", "largest_delta": 8.0056, "examples": examples}
    (section,) = trust_sections(record, examination(record["cell"], attributions=told))
    (grid,) = section.grids
    assert grid.columns == ["right answers (3)"]
    assert grid.rows == [("special", ["8.33"]), ("first text", ["91.67"])]
    assert "is 12 % of it in the median example, and 801 % at most." in section.notes[0]
    assert f"cells/{record['task']}/{record['recipe']}/attributions/index.html" in section.notes[1]
    assert trust_sections(record, examination(record["cell"], attributions=None)) == []


def test_rounding_errors_are_a_bound(records: list[dict[str, Any]]) -> None:
    example = {"right": True, "share": {"first text": 1.0}, "output": 1.0, "baseline": 0.0, "delta": 3.7e-16}
    told = {"method": "Method", "largest_delta": 3.7e-16, "examples": [example]}
    (section,) = trust_sections(records[0], examination(records[0]["cell"], attributions=told))
    assert (
        "the error of their sum is less than 0.01 % of it in the median example, and less than 0.01 %"
        in section.notes[0]
    )


def test_sections_by_cell_leave_out_what_has_no_record(records: list[dict[str, Any]]) -> None:
    cell = records[0]["cell"]
    told = [examination(name, robustness={"typos": DROP}) for name in (cell, "no.record")]
    assert {name: [one.id for one in found] for name, found in trust_by_cell(records, told).items()} == {
        record["cell"]: ["robustness"] for record in records
    }
    found = trust_by_cell(records, told)
    assert len(found[cell][0].grids) == 1
    assert found[records[1]["cell"]][0].notes[0].startswith("Not made for this cell: temperature")
