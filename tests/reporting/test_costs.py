import json
from pathlib import Path

from regen.reporting.costs import read_costs


def test_costs_by_cell_and_node(tmp_path: Path) -> None:
    folder = tmp_path / "ocnli" / "linear"
    folder.mkdir(parents=True)
    for node, seconds in (("fit", 2.5), ("predict", 0.5)):
        (folder / f"{node}.json").write_text(json.dumps({"wall_seconds": seconds}))
    (tmp_path / "ocnli" / "prepare.json").write_text("{}")  # of a task, not of a cell
    assert read_costs(tmp_path) == {"ocnli.linear": {"fit": {"wall_seconds": 2.5}, "predict": {"wall_seconds": 0.5}}}
    assert read_costs(tmp_path / "missing") == {}
