"""Settings that were chosen on texts which a cell is scored on."""

from collections.abc import Callable
from typing import Any

import pytest

from regen.records.selections import chosen_on
from regen.reporting.cells import cell_view
from regen.reporting.leaderboard import leaderboard
from regen.reporting.markdown import readme_table, results_index, results_pages

Make = Callable[..., dict[str, Any]]
FLAG = "settings chosen on ocnli, which shares texts"
LEAK = "Leak: the settings of few.linear were chosen on ocnli, which shares texts: all of dev."


def overlapping(make: Make, selection: str) -> dict[str, Any]:
    made = make("few.linear", [0.5], selection=selection)
    made["card"]["overlaps_with"] = {"ocnli": "all of dev", "ocnli_3k": "some of dev"}
    return made


@pytest.mark.parametrize(
    ("selection", "tasks"),
    [
        ("best of eight settings on dev of ocnli", ["ocnli"]),
        ("best on ocnli_3k", ["ocnli_3k"]),
        ("20 trials on dev (ocnli.some_search), then on ocnli_3k", ["ocnli", "ocnli_3k"]),
        ("best on dev of fewclue_ocnli", []),
        ("best epoch on dev", []),
    ],
)
def test_a_task_is_named_as_a_word(record: Make, selection: str, tasks: list[str]) -> None:
    assert chosen_on(overlapping(record, selection)) == tasks


def test_a_task_that_shares_nothing(record: Make) -> None:
    assert chosen_on(record("few.linear", [0.5], selection="best on dev of ocnli")) == []


def test_it_is_flagged_wherever_flags_are_and_is_not_the_plain_best(record: Make) -> None:
    made, floor = overlapping(record, "best on dev of ocnli"), record("few.majority", [0.4])
    board = leaderboard("few", [made, floor], {"dev": {"few.linear": "best"}})
    assert board.rows[0].flags == [FLAG]
    assert board.rows[0].entries["dev"].mark is None
    assert LEAK in board.warnings
    view = cell_view(made)
    assert FLAG in view.facts
    assert LEAK in view.warnings
    page = results_pages([made, floor], {}, {})["few"]
    assert f"**{LEAK}**" in page
    assert all(f"| {FLAG} |" in text for text in (page, readme_table([made, floor])))
    assert f"| linear; {FLAG} |" in results_index([made, floor])


def test_a_tie_stays_one(record: Make) -> None:
    made = overlapping(record, "best on dev of ocnli")
    board = leaderboard("few", [made], {"dev": {"few.linear": "tie"}})
    assert board.rows[0].entries["dev"].mark == "tie"
