from collections.abc import Callable
from typing import Any

import pytest

from regen.reporting.leaderboard import leaderboard

Record = dict[str, Any]
Make = Callable[..., Record]


def test_entries(record: Make) -> None:
    own = [record("a.linear", [0.7, 0.8], half=0.02, train_on_dev=True), record("a.majority", [0.25])]
    board = leaderboard("a", own, {"dev": {"a.linear": "best"}})
    linear, majority = board.rows
    entry = linear.entries["dev"]
    assert (entry.score, entry.interval, entry.repeats, entry.sd) == ("75.00", "[73.00, 77.00]", 2, "7.07")
    assert (entry.over_floor, entry.mark, entry.alarm) == ("+50.00", "best", False)
    assert (linear.examples, linear.flags, linear.selection) == ("14,041", ["train+dev"], "none: one fixed setting")
    assert (linear.floor, majority.floor) == (False, True)
    assert linear.hidden == {"test"}
    assert board.splits == {"dev": True, "test": False}
    assert board.single  # the majority's one repeat


@pytest.mark.parametrize("dev", [0.5, 0.1])
def test_alarm_for_no_more_than_the_floors_score(record: Make, dev: float) -> None:
    own = [record("a.majority", [0.5], [0.4]), record("a.stuck", [dev], [0.40000001])]
    majority, stuck = leaderboard("a", own, {}).rows
    assert [stuck.entries[split].alarm for split in ("dev", "test")] == [True, False]
    assert not majority.entries["dev"].alarm


def test_facts_say_how_intervals_are_made(record: Make) -> None:
    own = [record("a.x", [0.5], tagging=True), record("a.y", [0.5], tagging=True)]
    own[1]["scores"]["dev"]["interval"] |= {"level": 0.9, "over": "examples"}
    assert leaderboard("a", own, {}).facts == [
        "official metric: span_f1",
        "tagging, language zh, 2 labels",
        "intervals on dev: 95 % bootstrap over documents (1,000 resamples)",
        "intervals on dev: 90 % bootstrap over examples (1,000 resamples)",
    ]


def test_facts_say_which_split_has_which_intervals(record: Make) -> None:
    one = record("a.x", [0.5], [0.4])
    assert leaderboard("a", [one], {}).facts[2:] == ["intervals: 95 % bootstrap over examples (1,000 resamples)"]
    one["scores"]["dev"]["interval"]["over"] = "examples of each fold"
    one["scores"]["test_old"] = one["scores"]["test"]
    one["config"]["splits"]["test_old"] = True
    assert leaderboard("a", [one], {}).facts[2:] == [
        "intervals on dev: 95 % bootstrap over examples of each fold (1,000 resamples)",
        "intervals on test, test_old: 95 % bootstrap over examples (1,000 resamples)",
    ]


def test_warnings(record: Make) -> None:
    own = [record("a.x", [0.5], leak=37), record("a.y", [0.5], leak=1)]
    own[1]["config"]["task_version"] = 2
    assert leaderboard("a", own, {}).warnings == [
        "Leak: train and test have 37 distinct texts in common.",
        "Leak: train and test have 1 distinct text in common.",
        "No majority baseline among these cells: nothing says how much a score is worth.",
        "Cells of task versions 1, 2: not comparable.",
    ]
    assert leaderboard("a", [record("a.majority", [0.5])], {}).warnings == []
