import json
from pathlib import Path
from typing import Any

from regen.reporting.costs import fit_cost, read_costs


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
        (folder / "training" / f"s{seed}.json").write_text(json.dumps({"tokens_per_second": speed}))
    assert read_costs(tmp_path)["ocnli.tuned"]["training"] == {"tokens_per_second": 400}


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
