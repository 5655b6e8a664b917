from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from made_up import made_up_cell, made_up_task
from record_cells import record_of, rows
from regen.records.table import leaderboard_table, results_table

COLUMNS = [
    *("task", "recipe", "split", "metric", "score", "low", "high", "repeats", "sd", "over_majority"),
    *("train_examples", "train_on_dev", "document_context", "selection"),
]


def record(folder: Path, estimator: str, recipe: str, pred: str, **keys: Any) -> dict[str, Any]:
    config = made_up_cell(estimator, made_up_task("classification", "ab"), recipe=recipe, **keys)
    parts = [rows(split, "aab", pred, seed) for split in ("dev", "test") for seed in config.seeds]
    return record_of(config, folder, *parts)


@pytest.fixture
def records(tmp_path: Path) -> list[dict[str, Any]]:
    """The floor, one cell below it and one above it."""
    return [
        record(tmp_path, "linear", "poor", "bba"),
        record(tmp_path, "majority", "floor", "aaa"),
        record(tmp_path, "linear", "good", "aab", seeds=[1, 2], train_examples=7, selection="by dev"),
    ]


def test_best_first_within_a_split(records: list[dict[str, Any]]) -> None:
    table = results_table(records)
    assert list(table.columns) == COLUMNS
    assert list(zip(table["split"], table["recipe"], table["score"], strict=True)) == [
        *[("dev", "good", 100.0), ("dev", "floor", 66.67), ("dev", "poor", 0.0)],
        *[("test", "good", 100.0), ("test", "floor", 66.67), ("test", "poor", 0.0)],
    ]
    assert list(table.index) == list(range(6))


def test_a_row_by_hand(records: list[dict[str, Any]]) -> None:
    row = results_table(records).iloc[0].to_dict()
    assert row == {
        **{"task": "made_up", "recipe": "good", "split": "dev", "metric": "accuracy"},
        **{"score": 100.0, "low": 100.0, "high": 100.0, "repeats": 2, "sd": 0.0, "over_majority": 33.33},
        **{"train_examples": 7, "train_on_dev": False, "document_context": False, "selection": "by dev"},
    }


def test_difference_to_the_floor(records: list[dict[str, Any]]) -> None:
    table = results_table(records).query("split == 'dev'").set_index("recipe")
    assert table["over_majority"].to_dict() == {"good": 33.33, "floor": 0.0, "poor": -66.67}


def test_the_floor_of_another_task_does_not_count(records: list[dict[str, Any]]) -> None:
    poor, floor, _ = records
    table = results_table([poor, {**floor, "task": "other"}]).set_index(["task", "split"])
    assert table["over_majority"].dropna().to_dict() == {("other", "dev"): 0.0, ("other", "test"): 0.0}


def test_one_repeat_has_no_sd(records: list[dict[str, Any]]) -> None:
    assert results_table(records[:2])["sd"].isna().all()


def test_tasks_are_sorted_and_ties_keep_their_order(records: list[dict[str, Any]]) -> None:
    poor, floor, _ = records
    same = {**poor, "recipe": "same"}
    table = results_table([floor, same, poor, {**floor, "task": "another"}])
    kept = table[table["split"] == "dev"]
    assert list(zip(kept["task"], kept["recipe"], strict=True)) == [
        *[("another", "floor"), ("made_up", "floor"), ("made_up", "same"), ("made_up", "poor")]
    ]


def test_records_may_come_from_a_generator(records: list[dict[str, Any]]) -> None:
    pd.testing.assert_frame_equal(results_table(iter(records)), results_table(records))


def test_the_leaderboard_says_what_the_pages_say(records: list[dict[str, Any]]) -> None:
    standings = {"made_up": {"leaders": {"dev": {"made_up.good": "best"}, "test": {"made_up.floor": "tie"}}}}
    records = [{**record, "cell": f"made_up.{record['recipe']}"} for record in records]
    table = leaderboard_table(records, {"made_up": "mine"}, standings, {"made_up.poor": ["options.c", "code"]})
    assert list(table.columns) == ["benchmark", *COLUMNS, "mark", "chosen_on", "stale", "config"]
    pd.testing.assert_frame_equal(table[COLUMNS], results_table(records))
    dev, test = (table[table["split"] == split].set_index("recipe") for split in ("dev", "test"))
    assert dev["mark"].dropna().to_dict() == {"good": "best"}
    assert test["mark"].dropna().to_dict() == {"floor": "tie"}
    assert dev["stale"].dropna().to_dict() == {"poor": "options.c, code"}
    assert set(table["benchmark"]) == {"mine"}
    assert dev["config"].to_dict() == {record["recipe"]: record["hashes"]["config"] for record in records}
    assert leaderboard_table(records)[["benchmark", "mark", "chosen_on", "stale"]].isna().all(axis=None)


def test_settings_that_were_chosen_on_the_same_texts_are_named(records: list[dict[str, Any]]) -> None:
    """Such a cell is not marked as the best, here as on the pages."""
    records = [{**record, "cell": f"made_up.{record['recipe']}"} for record in records]
    good = next(record for record in records if record["recipe"] == "good")
    good["card"] = {**good["card"], "overlaps_with": {"kin": "all of dev"}}
    good["training"] = {**good["training"], "selection": "best on dev of kin"}
    standings = {"made_up": {"leaders": {"dev": {"made_up.good": "best"}, "test": {"made_up.good": "tie"}}}}
    table = leaderboard_table(records, {}, standings)
    assert table[table["recipe"] == "good"].set_index("split")["chosen_on"].to_dict() == {"dev": "kin", "test": "kin"}
    assert table["chosen_on"].notna().sum() == 2
    assert table.set_index("split")["mark"].dropna().to_dict() == {"test": "tie"}
