from collections.abc import Callable
from typing import Any

import pytest

from regen.reporting.order import by_task, floors, over_floor, splits_of

Record = dict[str, Any]
Make = Callable[..., Record]


def test_real_tasks_first_and_best_on_dev_first(records: list[Record]) -> None:
    order = {task: [record["recipe"] for record in own] for task, own in by_task(records[::-1]).items()}
    assert list(order) == ["names", "ocnli", "sample_topic"]
    assert order["ocnli"] == ["linear", "plus", "majority"]
    assert order["sample_topic"] == ["linear", "majority", "stuck"]  # equal on dev: by name


def test_dev_orders_even_where_test_says_otherwise(record: Make) -> None:
    own = [record("a.better_on_test", [0.5], [0.9]), record("a.better_on_dev", [0.6], [0.1])]
    assert [r["recipe"] for r in by_task(own)["a"]] == ["better_on_dev", "better_on_test"]


def test_what_only_equals_the_floor_does_not_stand_before_it(record: Make) -> None:
    own = [record("a.anything", [0.5]), record("a.majority", [0.5]), record("a.zero", [0.0])]
    assert [r["recipe"] for r in by_task(own)["a"]] == ["majority", "anything", "zero"]


def test_a_cell_without_dev_scores_stands_last(record: Make) -> None:
    unscored = record("a.a", [0.5], [0.9])
    del unscored["scores"]["dev"]
    assert [r["recipe"] for r in by_task([unscored, record("a.b", [0.1], [0.1])])["a"]] == ["b", "a"]


def test_further_test_sets_come_last(record: Make) -> None:
    one = record("a.a", [0.5])
    one["config"]["splits"] = {"test_plus": True, "test": True, "dev": True, "another": False}
    assert splits_of([one]) == ["dev", "test", "another", "test_plus"]


def test_distance_to_the_floor(record: Make) -> None:
    own = [record("a.majority", [0.25], [0.5]), record("a.linear", [0.75])]
    floor = floors(own)
    assert floor == {"dev": 0.25, "test": 0.5}
    assert over_floor(own[1], "dev", floor) == pytest.approx(0.5)
    assert over_floor(own[1], "test", floor) is None
    assert over_floor(own[1], "dev", {}) is None
