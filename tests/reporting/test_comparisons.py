from pathlib import Path

import pytest
from record_cells import GOLD, STATISTICS, compared_cells

from regen.reporting.comparisons import comparison_section, leaders, rank_section, ranks_on

GOOD, FAIR, POOR = GOLD, ["b" if i in (0, 1) else gold for i, gold in enumerate(GOLD)], ["a"] * 20
HOW = STATISTICS


def test_cells_are_compared_with_the_best_on_dev(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR, FAIR], poor=[POOR])
    section = comparison_section(records, outcomes, HOW)
    assert section is not None
    paired, repeats = section.grids
    assert paired.title == "Difference to good × 100"
    assert paired.groups == [("dev", 3), ("test", 3)]
    rows = dict(paired.rows)
    assert list(rows) == ["fair", "poor"]
    assert rows["poor"][0].startswith("−60.00 [")
    assert rows["poor"][2] == "McNemar"
    assert rows["fair"][2] == "approximate randomisation"
    assert repeats.rows == [("fair", ["2", "90.00 [90.00, 90.00]", "90.00 [90.00, 90.00]"])]


def test_cells_without_outcomes_are_left_out(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.good"}
    section = comparison_section(records, some, HOW)
    assert section is not None
    assert [grid.title for grid in section.grids] == ["Difference to fair × 100"]
    assert comparison_section(records, {}, HOW) is None


def test_a_tie_is_what_a_paired_test_cannot_tell_apart(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    assert leaders(records, outcomes, "dev", HOW) == {"made_up.good": "tie", "made_up.fair": "tie"}
    assert leaders([records[0], records[2]], outcomes, "dev", HOW) == {"made_up.good": "best"}
    assert leaders(records[:1], outcomes, "dev", HOW) == {}


def test_without_outcomes_intervals_decide(tmp_path: Path) -> None:
    records, _ = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    overlap = records[0]["scores"]["dev"]["interval"]["low"] <= records[1]["scores"]["dev"]["interval"]["high"]
    assert leaders(records[:2], {}, "dev", HOW) == (
        {"made_up.good": "tie", "made_up.fair": "tie"} if overlap else {"made_up.good": "best"}
    )
    assert leaders([records[0], records[2]], {}, "dev", HOW) == {"made_up.good": "best"}


def test_recipes_that_cannot_be_told_apart_share_a_rank(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, poor=[POOR], good=[GOOD], fair=[FAIR])
    assert ranks_on(records, outcomes, "dev", HOW) == {"good": 1, "fair": 1, "poor": 3}
    assert ranks_on(records[:1], outcomes, "dev", HOW) == {}


def test_ranks_over_tasks(tmp_path: Path) -> None:
    one, first = compared_cells(tmp_path, "one", poor=[POOR], good=[GOOD])
    two, second = compared_cells(tmp_path, "two", poor=[GOOD], good=[POOR], other=[FAIR])
    section = rank_section([*one, *two], {**first, **second}, HOW)
    assert section is not None
    (grid,) = section.grids
    assert list(grid.columns) == ["mean rank", "tasks", "one", "two"]
    assert dict(grid.rows)["good"] == ["2.00", "2", "1", "3"]
    assert dict(grid.rows)["poor"] == pytest.approx(["1.50", "2", "2", "1"])
    assert "other" not in dict(grid.rows)
    assert rank_section(one, first, HOW) is None
