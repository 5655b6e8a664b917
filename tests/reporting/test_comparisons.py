from pathlib import Path
from typing import Any

from record_cells import GOLD, STATISTICS, compared_cells
from regen.records.standing import task_standing
from regen.reporting.comparisons import comparison_section, rank_section

GOOD, FAIR, POOR = GOLD, ["b" if i in (0, 1) else gold for i, gold in enumerate(GOLD)], ["a"] * 20


def stood(folder: Path, task: str = "made_up", **predicted: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    records, outcomes = compared_cells(folder, task, **predicted)
    return records, task_standing(records, outcomes, STATISTICS)


def test_differences_and_repeats(tmp_path: Path) -> None:
    section = comparison_section(*stood(tmp_path, good=[GOOD], fair=[FAIR, FAIR], poor=[POOR]))
    assert section is not None
    paired, right, repeats = section.grids
    assert paired.title == "Difference to good × 100"
    assert paired.groups == [("dev", 3), ("test", 3)]
    rows = dict(paired.rows)
    assert list(rows) == ["fair", "poor"]
    assert rows["poor"][0].startswith("−60.00 [")
    assert rows["poor"][2] == "McNemar"
    assert rows["fair"][2] == "approximate randomisation"
    assert right.title == "Right on dev, examples"
    assert list(right.columns) == ["both", "only good", "only this recipe", "neither"]
    assert right.rows == [("fair", ["18", "2", "0", "0"]), ("poor", ["8", "12", "0", "0"])]
    assert repeats.rows == [("fair", ["2", "90.00 [90.00, 90.00]", "90.00 [90.00, 90.00]"])]


def test_a_cell_without_outcomes_has_a_plain_difference_and_the_reason(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.good"}
    section = comparison_section(records, task_standing(records, some, STATISTICS))
    assert section is not None
    paired, right = section.grids
    assert paired.title == "Difference to fair, the best on dev of those with outcomes, × 100"
    assert paired.note.startswith("Each recipe minus the best on dev of those with outcomes, on the same examples: ")
    assert paired.note.endswith("; dvc repro lineage/made_up/good/dvc.yaml:made_up.good.analyse makes them.")
    rows = dict(paired.rows)
    assert list(rows) == ["good", "poor"]
    assert rows["good"] == ["+10.00", "–", "no outcomes"] * 2
    assert rows["poor"][2] == "McNemar"
    assert [name for name, _ in right.rows] == ["poor"]
    assert comparison_section(records, task_standing(records, {}, STATISTICS)) is None


def test_several_cells_without_outcomes_share_a_command(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    section = comparison_section(
        records, task_standing(records, {"made_up.good": outcomes["made_up.good"]}, STATISTICS)
    )
    assert section is not None
    (paired,) = section.grids
    assert paired.title == "Difference to good × 100"
    assert paired.note.startswith("Each recipe minus the best on dev, on the same examples: ")
    assert paired.note.endswith("; dvc repro lineage/made_up/RECIPE/dvc.yaml:made_up.RECIPE.analyse makes them.")
    assert dict(paired.rows)["poor"] == ["−60.00", "–", "no outcomes"] * 2


def test_ranks_over_tasks(tmp_path: Path) -> None:
    _, one = stood(tmp_path, "one", poor=[POOR], good=[GOOD])
    records, outcomes = compared_cells(tmp_path, "two", poor=[GOOD], good=[POOR], other=[FAIR])
    two = task_standing(records, {cell: table for cell, table in outcomes.items() if cell != "two.good"}, STATISTICS)
    section = rank_section({"one": one, "two": two})
    assert section is not None
    (grid,) = section.grids
    assert list(grid.columns) == ["tasks", "one", "two"]
    assert grid.rows == [("good", ["1", "1", "no outcomes"]), ("poor", ["2", "2", "1"])]
    assert rank_section({"one": one}) is None
    unranked = task_standing(records, {}, STATISTICS)
    assert rank_section({"one": one, "two": unranked}) is None


def test_folds_have_examples_of_their_own_on_dev(tmp_path: Path) -> None:
    records, standing = stood(tmp_path, good=[GOOD, FAIR], poor=[POOR])
    section = comparison_section(records, standing)
    assert section is not None
    assert section.grids[2].note.endswith("how it varies with seeds, the examples held fixed.")
    repeats = records[0]["scores"]["dev"]["repeats"]
    repeats[1]["fold"] = 1
    section = comparison_section(records, standing)
    assert section is not None
    assert "Each fold has a dev of its own" in section.grids[2].note


def test_documents_are_called_documents(tmp_path: Path) -> None:
    records, standing = stood(tmp_path, good=[GOOD], poor=[POOR])
    counted = [{**one, "units": "documents"} for one in standing["agreements"]]
    section = comparison_section(records, {**standing, "agreements": counted})
    assert section is not None
    grid = section.grids[1]
    assert grid.title == "Right on dev, documents"
    assert grid.note.startswith("Documents of dev in which every answer, span or relation is right: the counts in git")


def test_a_standing_that_was_made_before_there_were_counts(tmp_path: Path) -> None:
    records, standing = stood(tmp_path, good=[GOOD], poor=[POOR])
    later = ("agreements", "untested", "best")
    section = comparison_section(records, {key: value for key, value in standing.items() if key not in later})
    assert section is not None
    assert [grid.title for grid in section.grids] == ["Difference to good × 100"]


def test_a_difference_over_folds_says_so(tmp_path: Path) -> None:
    section = comparison_section(*stood(tmp_path, folds=True, good=[GOOD, GOOD], poor=[POOR, GOOD]))
    assert section is not None
    assert dict(section.grids[0].rows)["poor"][1:3] == ["p = 0.5", "approximate randomisation and t over folds"]
    assert section.notes[0].startswith("Tested by approximate randomisation and t over folds: ")
    assert section.notes[1].startswith("On dev, ranks and p are optimistic")


def test_counts_without_a_unit_that_is_right_are_left_out(tmp_path: Path) -> None:
    records, standing = stood(tmp_path, good=[GOOD], poor=[POOR])
    none = [{**one, "both": 0, "only_cell": 0, "only_against": 0, "neither": 3} for one in standing["agreements"]]
    section = comparison_section(records, {**standing, "agreements": none})
    assert section is not None
    assert [grid.title for grid in section.grids] == ["Difference to good × 100"]


def test_units_are_those_of_the_task(tmp_path: Path) -> None:
    records, standing = stood(tmp_path, good=[GOOD], poor=[POOR])
    section = comparison_section(records, standing)
    assert section is not None
    assert "draws the same single examples for both" in section.grids[0].note
    for record in records:
        record["config"]["task_type"] = "span_qa"
        record["scores"]["dev"]["interval"]["over"] = "documents of each fold"
    counted = [{**one, "units": "documents"} for one in standing["agreements"]]
    section = comparison_section(records, {**standing, "agreements": counted})
    assert section is not None
    assert "draws the same passages or single examples for both" in section.grids[0].note
    assert section.grids[1].title == "Right on dev, passages"
