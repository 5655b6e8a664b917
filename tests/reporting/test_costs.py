import json
from pathlib import Path
from typing import Any

import pytest

from regen.config.costs import Price
from regen.reporting.costs import (
    costs_grid,
    energy_note,
    fit_cost,
    made_cost,
    predictions_price,
    read_costs,
    run_seconds,
    watt_hours,
)


def test_costs_by_cell_and_node(tmp_path: Path) -> None:
    folder = tmp_path / "ocnli" / "linear"
    folder.mkdir(parents=True)
    for node, seconds in (("fit", 2.5), ("predict", 0.5)):
        (folder / f"{node}.json").write_text(json.dumps({"wall_seconds": seconds}))
    (tmp_path / "ocnli" / "prepare.json").write_text("{}")  # of a task, not of a cell
    assert read_costs(tmp_path) == {"ocnli.linear": {"fit": {"wall_seconds": 2.5}, "predict": {"wall_seconds": 0.5}}}
    assert read_costs(tmp_path / "missing") == {}


def test_the_speed_of_training_is_the_mean_of_its_repeats(tmp_path: Path) -> None:
    folder = tmp_path / "ocnli" / "tuned"
    (folder / "training").mkdir(parents=True)
    (folder / "fit.json").write_text("{}")
    for seed, speed in enumerate((300, 500)):
        told = {"first_step": 0, "tokens_per_second": speed}
        (folder / "training" / f"s{seed}.json").write_text(json.dumps(told))
    assert read_costs(tmp_path)["ocnli.tuned"] == {"fit": {}, "training": {"tokens_per_second": 400}}


def test_a_fit_that_went_on_after_a_break_took_longer_than_it_says(tmp_path: Path) -> None:
    """The second of two repeats; the pages write a lower bound, and nothing that follows from the time."""
    folder = tmp_path / "ocnli" / "tuned"
    (folder / "training").mkdir(parents=True)
    node = {"wall_seconds": 90.0, "cpu_seconds": 80.0, "energy_kwh": 1.0, "peak_memory_bytes": 10**9, "machine": "M"}
    (folder / "fit.json").write_text(json.dumps(node))
    for seed, first in enumerate((0, 112)):
        told = {"first_step": first, "tokens_per_second": 300}
        (folder / "training" / f"s{seed}.json").write_text(json.dumps(told))
    costs = read_costs(tmp_path)
    fit = costs["ocnli.tuned"]["fit"]
    assert fit == {"wall_seconds": 90.0, "peak_memory_bytes": 10**9, "machine": "M", "resumed": True}
    record = {"cell": "ocnli.tuned", "task": "ocnli", "config": {"estimator": "encoder", "options": {}}}
    assert run_seconds(record, costs) is None
    grid = costs_grid(record, costs, Price(per_hour=2, currency="EUR"))
    assert grid is not None
    assert grid.rows == [("fit", ["≥ 1.5 min", "1.0 GB", "–", "M"])]
    assert grid.note.endswith("≥: the fit went on after a break and was timed from there on.")
    costs["ocnli.other"] = {"fit": {**node, "cpu_seconds": 1.0}}
    both = {
        **record,
        "cell": "ocnli.both",
        "config": {"estimator": "ensemble", "options": {"members": ["tuned", "other"]}},
    }
    costs["ocnli.both"] = {"fit": {**node, "wall_seconds": 1.0}}
    together = fit_cost(both, costs)
    assert together is not None
    assert (together["wall_seconds"], together["resumed"]) == (181.0, True)
    assert "cpu_seconds" not in together


def told(seconds: float, memory: int) -> dict[str, dict[str, Any]]:
    return {"fit": {"wall_seconds": seconds, "peak_memory_bytes": memory, "machine": "M"}}


def test_an_ensemble_costs_what_its_members_do() -> None:
    config = {"estimator": "ensemble", "options": {"members": ["a", "b"]}}
    record = {"task": "t", "cell": "t.both", "config": config}
    costs = {"t.both": told(0.5, 10), "t.a": told(2.0, 30), "t.b": told(4.0, 20), "u.a": told(9.0, 90)}
    assert fit_cost(record, costs) == {"wall_seconds": 6.5, "peak_memory_bytes": 30, "machine": "M"}
    assert fit_cost(record, {"t.both": told(0.5, 10), "t.a": told(2.0, 30)}) is None
    assert fit_cost(record, {"t.a": told(2.0, 30), "t.b": told(4.0, 20)}) is None
    alone = {"task": "t", "cell": "t.a", "config": {"estimator": "linear", "options": {}}}
    assert fit_cost(alone, costs) == costs["t.a"]["fit"]
    assert fit_cost(alone, {}) is None


def test_what_fits_cost_together_is_added_where_all_know_it() -> None:
    record = {"task": "t", "cell": "t.both", "config": {"estimator": "ensemble", "options": {"members": ["a"]}}}
    own = {"wall_seconds": 1.0, "cpu_seconds": 2.0, "energy_kwh": 0.5, "peak_memory_bytes": 1, "checkpoint_bytes": 7}
    member = {**own, "cpu_seconds": 3.0, "energy_kwh": 0.25, "checkpoint_bytes": 9}
    found = fit_cost(record, {"t.both": {"fit": own}, "t.a": {"fit": member}})
    assert found == {**own, "wall_seconds": 2.0, "cpu_seconds": 5.0, "energy_kwh": 0.75}
    unknown = {key: value for key, value in member.items() if key != "energy_kwh"}
    found = fit_cost(record, {"t.both": {"fit": own}, "t.a": {"fit": unknown}})
    assert found is not None
    assert "energy_kwh" not in found  # part of the energy would pass for all of it


PRICE = Price(per_hour=7.2, currency="EUR")
PLAIN = {"task": "t", "cell": "t.a", "config": {"estimator": "linear", "options": {}}}


def test_prices_and_energy_have_columns_where_they_are_known() -> None:
    costs = told(500.0, 2_000_000)
    costs["predict"] = {**costs["fit"], "wall_seconds": 0.1}
    grid = costs_grid(PLAIN, {"t.a": costs})
    assert grid is not None
    assert grid.columns == ["wall time", "peak memory", "machine"]
    costs["fit"] |= {"energy_kwh": 0.0125, "energy_by": "CPU by RAPL, memory estimated from its size"}
    grid = costs_grid(PLAIN, {"t.a": costs}, PRICE)
    assert grid is not None
    assert grid.columns == ["wall time", "peak memory", "price, EUR", "energy, Wh", "machine"]
    assert grid.rows == [
        ("fit", ["8.3 min", "2 MB", "1.00", "12.50", "M"]),
        ("predict", ["0.10 s", "2 MB", "0.00020", "–", "M"]),
    ]
    assert grid.note.endswith(" Energy, by codecarbon: CPU by RAPL, memory estimated from its size.")


def test_a_run_has_its_search_in_it() -> None:
    costs = {"t.a": {"fit": {"wall_seconds": 0.5, "peak_memory_bytes": 1}}}
    assert run_seconds(PLAIN, costs) == 0.5
    assert run_seconds({**PLAIN, "search": {}}, costs) is None  # most of its time is not known
    searched = {"t.a": {**costs["t.a"], "search": {"wall_seconds": 90.0}}}
    assert run_seconds({**PLAIN, "search": {}}, searched) == 90.5
    joined = {"task": "t", "cell": "t.b", "config": {"estimator": "ensemble", "options": {"members": ["a"]}}}
    assert run_seconds(joined, {**searched, "t.b": costs["t.a"]}) == 91.0
    assert run_seconds(PLAIN, {}) is None


def test_the_page_of_a_cell_shows_its_search() -> None:
    costs = told(1.0, 2_000_000) | {"search": told(90.0, 3_000_000)["fit"]}
    grid = costs_grid(PLAIN, {"t.a": costs})
    assert grid is not None
    assert [name for name, _ in grid.rows] == ["search", "fit"]


def test_a_thousand_predictions_at_the_speed_of_a_queue() -> None:
    latency = {"batches": {"1": {"examples_per_second": 1.0}, "32": {"examples_per_second": 20.0}}}
    assert predictions_price({"latency": latency}, PRICE) == pytest.approx(0.1)  # 50 seconds
    assert predictions_price({"predict": {"wall_seconds": 3.0}}, PRICE) is None


def test_energy_of_a_node() -> None:
    assert watt_hours({"energy_kwh": 0.25}) == 250
    assert watt_hours({}) is watt_hours(None) is None
    nodes = [{"energy_by": "b, a"}, None, {}, {"energy_by": "a, c"}]
    assert energy_note(nodes) == ["Energy, by codecarbon: a, b, c."]
    assert energy_note([None, {}]) == []


def test_a_search_is_part_of_what_a_cell_cost() -> None:
    sought = {**PLAIN, "search": {}}
    costs = {"t.a": {"fit": told(0.5, 30)["fit"], "search": told(90.0, 40)["fit"]}}
    assert made_cost(PLAIN, {"t.a": told(0.5, 30)}) == told(0.5, 30)["fit"]
    assert made_cost(sought, costs) == {"wall_seconds": 90.5, "peak_memory_bytes": 40, "machine": "M"}
    assert made_cost(sought, {"t.a": told(0.5, 30)}) is None
    grid = costs_grid(sought, {"t.a": told(0.5, 30_000_000)})
    assert grid is not None
    assert grid.rows == [
        ("search", ["– (search not counted)", "–", "–"]),
        ("fit", ["0.50 s", "30 MB", "M"]),
    ]
