"""Specs become inputs, and times are written down without ever failing a run."""

import json
import logging
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner
from pluggy import PluginManager

from regen import hooks
from regen.config.costs import Price
from regen.config.encoder import ImportConfig
from regen.config.machine import Machine
from regen.config.pages import EncoderNote, PagesConfig
from regen.config.task import IngestConfig, PrepareConfig
from regen.errors import UserError
from regen.hooks import Project, Telemetry, spec_inputs
from regen.io.datasets import Folder
from regen.pipeline_registry import build_pipelines
from regen.project import config_loader
from small_project import SmallProject

pytestmark = pytest.mark.filterwarnings("ignore:One or more dataset names contain:UserWarning")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """A project whose config is right."""
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    monkeypatch.delenv("REGEN_MIRROR", raising=False)
    return SmallProject(tmp_path)


@pytest.fixture
def machine(small: SmallProject) -> Machine:
    return Machine(project=small.root, state=small.root / "data/.state")


def _started(small: SmallProject, *started: Any) -> PluginManager:
    """Hooks that know the project, as they are before the first node."""
    manager = _create_hook_manager()
    for hook in started:
        manager.register(hook)
    context = SimpleNamespace(config_loader=config_loader(small.root), project_path=small.root)
    manager.hook.after_context_created(context=context)
    return manager


def _work(machine: Machine) -> str:
    time.sleep(0.02)
    return str(machine.project)


def _run(small: SmallProject) -> DataCatalog:
    """Run one node of a cell with all hooks."""
    manager = _started(small, Project(), Telemetry())
    catalog = DataCatalog()
    manager.hook.after_catalog_created(
        catalog=catalog, conf_catalog={}, conf_creds={}, parameters={}, save_version="", load_versions={}
    )
    node = Node(_work, inputs="params:machine", outputs="topic.words.model", name="fit", namespace="topic.words")
    SequentialRunner().run(Pipeline([node]), catalog, hook_manager=manager)
    return catalog


def test_every_spec_has_its_input(small: SmallProject, machine: Machine) -> None:
    specs = small.specs()
    inputs, tiny = spec_inputs(specs, machine), specs.encoders["tiny"]
    assert inputs == {
        "params:machine": machine,
        "params:demo.suite": specs.suites["demo"],
        "params:demo.pages": PagesConfig(benchmarks={"topic": "sample", "names": "sample"}),
        "params:pages": PagesConfig(
            benchmarks={"names": "sample", "topic": "sample"},
            cells={cell: specs.config(cell) for cell in specs.cells},
            encoders={"tiny": EncoderNote(title=tiny.title, source=tiny.source, packed=False)},
        ),
        "params:topic.files": IngestConfig(task="topic", files=specs.tasks["topic"].files),
        "params:names.files": IngestConfig(task="names", files=specs.tasks["names"].files),
        "params:topic.read": PrepareConfig(task="topic", type="classification", read=specs.tasks["topic"].read),
        "params:names.read": PrepareConfig(task="names", type="tagging", read=specs.tasks["names"].read),
        "params:tiny.encoder_files": ImportConfig(encoder="tiny", spec=specs.encoders["tiny"]),
        "params:topic.words.config": specs.config("topic.words"),
        "params:topic.more.config": specs.config("topic.more"),
        "params:names.tagger.config": specs.config("names.tagger"),
    }


def test_a_price_reaches_the_pages_over_all_records_alone(small: SmallProject, machine: Machine) -> None:
    before = spec_inputs(small.specs(), machine)
    after = spec_inputs(small.specs(), machine, Price(per_hour=2, currency="EUR"))
    assert {name for name in before if before[name] != after[name]} == {"params:pages"}
    small.write("base/parameters.yml", "costs: {price_per_hour: 2, currency: EUR}\n")
    assert _run(small).load("params:pages").price == Price(per_hour=2, currency="EUR")


class Meter:
    """Stands in for the meter of energy."""

    running = 0

    def start(self) -> None:
        Meter.running += 1

    def stop(self) -> dict[str, Any]:
        Meter.running -= 1
        return {"energy_kwh": 0.25, "energy_by": "CPU by RAPL"}


def test_energy_is_told_where_it_is_wanted(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "EnergyMeter", Meter)
    small.write("base/parameters.yml", "costs: {energy: true}\n")
    _run(small)
    told = json.loads((small.root / "data/08_reporting/telemetry/topic/words/fit.json").read_text(encoding="utf-8"))
    assert (told["energy_kwh"], told["energy_by"]) == (0.25, "CPU by RAPL")
    assert Meter.running == 0


def test_a_node_that_fails_stops_its_meter(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "EnergyMeter", Meter)
    small.write("base/parameters.yml", "costs: {energy: true}\n")
    manager = _started(small, Telemetry())

    def fail() -> int:
        assert Meter.running == 1
        raise ValueError("no")

    node = Node(fail, inputs=None, outputs="x", name="fit")
    with pytest.raises(ValueError, match="no"):
        SequentialRunner().run(Pipeline([node]), DataCatalog(), hook_manager=manager)
    assert Meter.running == 0


def test_energy_is_refused_before_any_node_without_codecarbon(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regen.energy.find_spec", lambda _: None)
    _started(small, Telemetry()).hook.before_pipeline_run(run_params={}, pipeline=Pipeline([]), catalog=DataCatalog())
    small.write("base/parameters.yml", "costs: {energy: true}\n")
    manager = _started(small, Telemetry())
    with pytest.raises(UserError, match=r"costs\.energy: is true, but 'codecarbon' is not installed"):
        manager.hook.before_pipeline_run(run_params={}, pipeline=Pipeline([]), catalog=DataCatalog())


def test_every_parameter_of_every_pipeline_is_given(small: SmallProject, machine: Machine) -> None:
    specs = small.specs()
    asked = {name for pipeline in build_pipelines(specs).values() for name in pipeline.inputs()}
    parameters = {name for name in asked if name.startswith("params:")} - {"params:statistics"}  # in parameters.yml
    assert parameters == spec_inputs(specs, machine).keys()


def test_nodes_get_the_specs(small: SmallProject) -> None:
    catalog = _run(small)
    assert catalog.load("topic.words.model") == str(small.root)
    assert catalog.load("params:topic.words.config") == small.specs().config("topic.words")


def test_a_mistake_ends_the_command_before_any_node(small: SmallProject) -> None:
    small.edit("base/tasks/topic.yml", "metric: accuracy", "metric: f1")
    with pytest.raises(UserError, match=r"^conf/base/tasks/topic\.yml:23: topic\.metric: "):
        _started(small, Project())


def test_a_run_leaves_telemetry(small: SmallProject) -> None:
    small.write("base/globals.yml", "data_root: out\n")
    _run(small)
    (path,) = (path for path in (small.root / "out").rglob("*") if path.is_file())
    assert path == small.root / "out/08_reporting/telemetry/topic/words/fit.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert set(told) == {"wall_seconds", "cpu_seconds", "peak_memory_bytes", "machine"}
    assert 0.02 <= told["wall_seconds"] < 20
    assert 0 <= told["cpu_seconds"] <= told["wall_seconds"] * os.cpu_count() + 1
    assert 10_000_000 < told["peak_memory_bytes"] < 100_000_000_000
    assert told["machine"].endswith(f", {os.cpu_count()} cores")


def test_the_size_of_a_repeat_is_told_with_the_fit(small: SmallProject) -> None:
    telemetry = Telemetry()
    manager = _started(small, telemetry)
    catalog = DataCatalog({"topic.words.model": Folder(filepath=str(small.root / "models"))})
    manager.hook.after_catalog_created(
        catalog=catalog, conf_catalog={}, conf_creds={}, parameters={}, save_version="", load_versions={}
    )

    def fit() -> Any:
        def fill(folder: Path) -> None:
            for name, size in (("repeat-s0-f0", 10), ("repeat-s1-f0", 30)):
                (folder / name / "inner").mkdir(parents=True)
                (folder / name / "inner/weights").write_bytes(b"0" * size)

        return fill

    node = Node(fit, inputs=None, outputs="topic.words.model", name="fit", namespace="topic.words")
    SequentialRunner().run(Pipeline([node]), catalog, hook_manager=manager)
    told = json.loads((small.root / "data/08_reporting/telemetry/topic/words/fit.json").read_text(encoding="utf-8"))
    assert told["checkpoint_bytes"] == 20


def test_telemetry_that_cannot_be_written_is_a_warning(small: SmallProject, caplog: pytest.LogCaptureFixture) -> None:
    (small.root / "data/08_reporting").mkdir(parents=True)
    (small.root / "data/08_reporting/telemetry").write_text("in the way")
    with caplog.at_level(logging.WARNING, logger="regen"):
        assert _run(small).load("topic.words.model") == str(small.root)
    (warning,) = (record.getMessage() for record in caplog.records if record.name == "regen.hooks")
    assert warning.endswith("telemetry/topic/words/fit.json: telemetry not written: Not a directory")


def test_memory_is_told_where_the_system_keeps_no_peak(
    small: SmallProject, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert hooks._peak_memory() == 0
    _run(small)
    told = json.loads((machine.state.parent / "08_reporting/telemetry/topic/words/fit.json").read_text())
    assert told["peak_memory_bytes"] > 10_000_000
