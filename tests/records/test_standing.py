import json
from pathlib import Path

from record_cells import GOLD, STATISTICS, compared_cells
from regen.records.standing import leaders, ranks, task_standing

GOOD, FAIR, POOR = GOLD, ["b" if i in (0, 1) else gold for i, gold in enumerate(GOLD)], ["a"] * 20


def test_cells_are_compared_with_the_best_on_dev(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, fair=[FAIR, FAIR], good=[GOOD], poor=[POOR])
    standing = task_standing(records, outcomes, STATISTICS)
    assert json.loads(json.dumps(standing)) == standing
    assert standing["against"] == "made_up.good"
    assert [(one["cell"], one["split"]) for one in standing["differences"]] == [
        *(("made_up.fair", "dev"), ("made_up.poor", "dev"), ("made_up.fair", "test"), ("made_up.poor", "test"))
    ]
    assert standing["ranks"] == {"made_up.fair": 1, "made_up.good": 1, "made_up.poor": 3}
    assert standing["level"] == STATISTICS.level


def test_cells_without_outcomes_are_left_out(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.good"}
    assert task_standing(records, some, STATISTICS)["against"] == "made_up.fair"
    nothing = task_standing(records, {}, STATISTICS)
    assert (nothing["against"], nothing["differences"], nothing["ranks"]) == (None, [], {})
    assert nothing["leaders"]["dev"]


def test_a_tie_is_what_a_paired_test_cannot_tell_apart(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    assert leaders(records, outcomes, "dev", STATISTICS) == {"made_up.good": "tie", "made_up.fair": "tie"}
    assert leaders([records[0], records[2]], outcomes, "dev", STATISTICS) == {"made_up.good": "best"}
    assert leaders(records[:1], outcomes, "dev", STATISTICS) == {}


def test_without_outcomes_intervals_decide(tmp_path: Path) -> None:
    records, _ = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    assert leaders([records[0], records[2]], {}, "dev", STATISTICS) == {"made_up.good": "best"}
    overlapping = {**records[2], "scores": records[0]["scores"]}
    assert leaders([records[0], overlapping], {}, "dev", STATISTICS) == {"made_up.good": "tie", "made_up.poor": "tie"}


def test_cells_that_cannot_be_told_apart_share_a_rank(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, poor=[POOR], good=[GOOD], fair=[FAIR])
    assert ranks(records, outcomes, STATISTICS) == {"made_up.good": 1, "made_up.fair": 1, "made_up.poor": 3}
    assert ranks(records[:1], outcomes, STATISTICS) == {}
