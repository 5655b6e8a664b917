import json
from pathlib import Path
from typing import Any

import pytest

from regen.config.cell import CellConfig
from regen.project import config_loader, read_specs
from regen.records.staleness import changed_keys, stale_records


@pytest.fixture(scope="module")
def cells(project_root: Path) -> dict[str, CellConfig]:
    """The cells of the samples, as conf/base has them."""
    specs = read_specs(config_loader(project_root, "base"), project_root)
    return {cell: specs.config(cell) for cell in specs.suites["sample"].cells}


@pytest.fixture
def record(project_root: Path) -> dict[str, Any]:
    """The committed record of a cell whose settings a search picked."""
    path = project_root / "data/08_reporting/cells/sample_ner/minilm_search/record.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_records_of_the_samples_are_current(project_root: Path, cells: dict[str, CellConfig]) -> None:
    """So hashes are made here as they were made for the record."""
    paths = sorted((project_root / "data/08_reporting/cells").glob("sample_*/*/record.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    assert len(records) == len(cells)
    assert stale_records(records, cells, project_root / "requirements.lock") == {}


def test_what_differs_is_named(cells: dict[str, CellConfig], record: dict[str, Any], tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("library==2\n", encoding="utf-8")
    record["config"]["options"]["epochs"] += 1
    record["hashes"]["code"] = "0"
    assert stale_records([record], cells, lock) == {"sample_ner.minilm_search": ["options.epochs", "code", "lock"]}


def test_a_cell_that_is_gone(cells: dict[str, CellConfig], record: dict[str, Any], project_root: Path) -> None:
    record["cell"] = "sample_ner.gone"
    assert stale_records([record], cells, project_root / "requirements.lock") == {"sample_ner.gone": ["cell"]}


def test_keys_that_came_later_change_nothing() -> None:
    before = {"a": 1, "b": {"c": 2, "d": [3]}, "gone": None}
    assert changed_keys(before, {"a": 1, "b": {"c": 0, "d": [3], "new": 1}, "new": 2}) == ["b.c", "gone"]
