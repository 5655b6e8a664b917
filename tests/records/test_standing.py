import json
from pathlib import Path
from typing import Any

from record_cells import GOLD, STATISTICS, compared_cells
from regen.records.family import pair_tests
from regen.records.standing import leaders, ranks, task_standing

GOOD, FAIR, POOR = GOLD, ["b" if i in (0, 1) else gold for i, gold in enumerate(GOLD)], ["a"] * 20


def leaders_of(records: list[dict[str, Any]], outcomes: Any) -> dict[str, str]:
    """Mark the leaders on dev."""
    family = pair_tests(records, outcomes, "dev", STATISTICS.seed)
    return dict(leaders(records, "dev", family, STATISTICS.level))


def ranks_of(records: list[dict[str, Any]], outcomes: Any) -> dict[str, int]:
    """Rank on dev."""
    return ranks(records, pair_tests(records, outcomes, "dev", STATISTICS.seed), STATISTICS.level)


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


def test_cells_without_outcomes_have_a_plain_difference_and_no_rank(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.good"}
    standing = task_standing(records, some, STATISTICS)
    assert (standing["best"], standing["against"]) == ("made_up.good", "made_up.fair")
    assert [
        (one["cell"], one["split"], round(one["difference"], 2), one["reason"]) for one in standing["untested"]
    ] == [
        ("made_up.good", "dev", 0.1, "no outcomes"),
        ("made_up.good", "test", 0.1, "no outcomes"),
    ]
    assert standing["ranks"] == {"made_up.fair": 1, "made_up.poor": 2}
    assert standing["unranked"] == {"made_up.good": "no outcomes"}
    nothing = task_standing(records, {}, STATISTICS)
    assert (nothing["against"], nothing["differences"], nothing["ranks"]) == (None, [], {})
    assert (nothing["untested"], list(nothing["unranked"])) == ([], [record["cell"] for record in records])
    assert nothing["leaders"]["dev"]


def test_what_only_equals_the_floor_is_not_the_best(tmp_path: Path) -> None:
    """Its name comes first, and would decide between other cells."""
    records, outcomes = compared_cells(tmp_path, another=[FAIR], majority=[FAIR], poor=[POOR])
    for record in records:
        estimator = "majority" if record["recipe"] == "majority" else "linear"
        record["config"] = {**record["config"], "estimator": estimator}
    standing = task_standing(records, outcomes, STATISTICS)
    assert (standing["best"], standing["against"]) == ("made_up.majority", "made_up.majority")


def test_a_single_cell_with_outcomes_has_plain_differences_beside_it(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR])
    standing = task_standing(records, {"made_up.poor": outcomes["made_up.poor"]}, STATISTICS)
    assert (standing["best"], standing["against"], standing["differences"]) == ("made_up.good", "made_up.poor", [])
    assert [one["split"] for one in standing["untested"]] == ["dev", "test"]
    assert task_standing(records[:1], outcomes, STATISTICS)["against"] is None


def test_cells_on_other_data_have_no_rank(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    records[0] = {**records[0], "card": {**records[0]["card"], "files": {"dev.json": "2"}}}
    standing = task_standing(records, outcomes, STATISTICS)
    assert list(standing["ranks"]) == ["made_up.fair", "made_up.poor"]
    assert standing["unranked"] == {"made_up.good": "other data"}


def test_a_tie_is_what_a_paired_test_cannot_tell_apart(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    assert leaders_of(records, outcomes) == {"made_up.good": "tie", "made_up.fair": "tie"}
    assert leaders_of([records[0], records[2]], outcomes) == {"made_up.good": "best"}
    assert leaders_of(records[:1], outcomes) == {}


def test_without_outcomes_intervals_decide_and_the_mark_says_so(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], fair=[FAIR], poor=[POOR])
    assert leaders_of([records[0], records[2]], {}) == {"made_up.good": "best"}
    overlapping = {**records[2], "scores": records[0]["scores"]}
    weak = "tie?"
    assert leaders_of([records[0], overlapping], {}) == {"made_up.good": weak, "made_up.poor": weak}
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.poor"}
    best = {**records[0], "scores": {"dev": {**records[0]["scores"]["dev"], "mean": 1.01}}}  # the best in any case
    assert leaders_of([best, records[1], overlapping], some) == {
        "made_up.good": "tie",  # with one of them by a test
        "made_up.fair": "tie",
        "made_up.poor": weak,
    }


def test_cells_that_cannot_be_told_apart_share_a_rank(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, poor=[POOR], good=[GOOD], fair=[FAIR])
    assert ranks_of(records, outcomes) == {"made_up.good": 1, "made_up.fair": 1, "made_up.poor": 3}
    assert ranks_of(records[:1], outcomes) == {}


def test_ranks_and_ties_come_from_one_family(tmp_path: Path) -> None:
    """What a test of two alone tells apart, the same test among many may not: then it ties, and shares the rank."""
    close = ["b" if i in (0, 1, 2, 5, 6) else gold for i, gold in enumerate(GOLD)]
    records, outcomes = compared_cells(tmp_path, good=[GOOD], close=[close], alike=[GOLD], same=[GOLD])
    standing = task_standing(records, outcomes, STATISTICS)
    (found,) = [one for one in standing["differences"] if one["cell"] == "made_up.close" and one["split"] == "dev"]
    assert found["p"] < 1 - STATISTICS.level < found["adjusted"]
    assert standing["leaders"]["dev"]["made_up.close"] == "tie"
    assert standing["ranks"]["made_up.close"] == 1
