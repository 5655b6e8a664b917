import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from regen.config.load import Specs
from regen.errors import UserError
from regen.estimators.base import Resources, estimator_class
from regen.estimators.repeats import write_model
from regen.latency.run import measure_cell
from regen.project import config_loader, read_specs

CELL = "sample_topic.majority"


@pytest.fixture(scope="module")
def specs(project_root: Path) -> Specs:
    """The specs of conf/base."""
    return read_specs(config_loader(project_root, "base"), project_root)


@pytest.fixture
def data(tmp_path: Path, project_root: Path, specs: Specs) -> Path:
    """A data folder in which the cell was made."""
    record = tmp_path / "08_reporting/cells/sample_topic/majority/record.json"
    record.parent.mkdir(parents=True)
    shutil.copy(project_root / "data" / record.relative_to(tmp_path), record)
    config = specs.config(CELL)
    rows = pd.DataFrame({"id": ["1", "2", "3"], "text": ["x", "y", "z"], "label": config.labels[0]})
    (tmp_path / "03_primary/sample_topic").mkdir(parents=True)
    rows.to_parquet(tmp_path / "03_primary/sample_topic/dev.parquet")
    model = estimator_class("majority").fit(rows, rows, config, 0, Resources())
    (tmp_path / "06_models/sample_topic/majority/fit").mkdir(parents=True)
    write_model(model, tmp_path / "06_models/sample_topic/majority/fit/repeat-s0-f0")
    return tmp_path


def test_a_cell_is_measured_into_its_telemetry(data: Path, specs: Specs) -> None:
    path, told = measure_cell(CELL, 10, data, specs, "This machine, 2 cores")
    assert path == data / "08_reporting/telemetry/sample_topic/majority/latency.json"
    assert json.loads(path.read_text(encoding="utf-8")) == told
    assert told["machine"] == "This machine, 2 cores"
    assert [(size, times["calls"]) for size, times in told["batches"].items()] == [("1", 30), ("32", 30)]


def test_what_was_not_made_here_is_named(data: Path, specs: Specs) -> None:
    shutil.rmtree(data / "06_models")
    with pytest.raises(UserError, match=rf"cell {CELL}: .*repeat-s0-f0: not made here; .*'dvc repro dvc.yaml:{CELL}"):
        measure_cell(CELL, 10, data, specs, "")


def test_an_unknown_cell(tmp_path: Path, specs: Specs) -> None:
    with pytest.raises(UserError, match=r"cell sample_topic\.none: no suite holds it"):
        measure_cell("sample_topic.none", 1, tmp_path, specs, "")
