"""Hooks: specs become inputs of nodes, and times are written down. What decides a result lives in nodes."""

import json
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, MemoryDataset
from kedro.pipeline.node import Node

from regen.config.attribution import attribution_config
from regen.config.costs import Price
from regen.config.derived import PretrainConfig, TransferConfig
from regen.config.derived_checks import overlap_warnings
from regen.config.encoder import ImportConfig
from regen.config.load import Specs
from regen.config.machine import Machine
from regen.config.pages import EncoderNote, PagesConfig
from regen.config.submission import SubmissionConfig
from regen.config.task import IngestConfig, PrepareConfig
from regen.energy import EnergyMeter, need_codecarbon
from regen.project import read_costs_config, read_machine, read_specs

logger = logging.getLogger(__name__)


def spec_inputs(specs: Specs, machine: Machine, price: Price | None = None) -> dict[str, Any]:
    """Give every input that comes from a spec and not from a file of data, by its name in the graph.

    The price stands on the pages over all records alone: those of suites show no costs, which differ by machine.
    """
    inputs: dict[str, Any] = {"params:machine": machine}
    for name, suite in specs.suites.items():
        inputs[f"params:{name}.suite"] = suite
        tasks = [cell.split(".")[0] for cell in suite.cells]
        inputs[f"params:{name}.pages"] = PagesConfig(
            benchmarks=_benchmarks(specs, tasks), overlaps=_overlaps(specs, tasks)
        )
    for name, task in specs.tasks.items():
        inputs[f"params:{name}.files"] = IngestConfig(task=name, files=task.files)
        inputs[f"params:{name}.read"] = PrepareConfig(
            task=name, type=task.type, read=task.read, overlaps_with=task.overlaps_with
        )
    for name in specs.encoders:
        inputs |= _encoder_input(specs, name)
    cells = {cell: specs.config(cell) for cell in specs.cells}
    inputs["params:pages"] = PagesConfig(
        benchmarks=_benchmarks(specs, specs.tasks),
        overlaps=_overlaps(specs, specs.tasks),
        cells=cells,
        encoders=_encoder_notes(specs),
        price=price,
    )
    for cell, config in cells.items():
        inputs[f"params:{cell}.config"] = config
        name = cell.split(".")[0]
        if specs.tasks[name].submission:
            inputs[f"params:{name}.submission"] = SubmissionConfig(task=name, files=specs.tasks[name].submission)
        ensemble = specs.ensemble(cell)
        if ensemble is not None:
            inputs[f"params:{cell}.members"] = ensemble
        if cell in specs.examined:
            inputs[f"params:{cell}.attribution"] = attribution_config(specs.config(cell))
        if specs.searches(cell):
            inputs[f"params:{cell}.search"] = specs.recipes[cell.split(".")[1]].search
    return inputs


def _benchmarks(specs: Specs, tasks: Iterable[str]) -> dict[str, str]:
    """Give task -> benchmark."""
    return {task: specs.tasks[task].benchmark for task in tasks}


def _overlaps(specs: Specs, tasks: Iterable[str]) -> dict[str, dict[str, str]]:
    """Give task -> what is known of the texts that it shares with others; only tasks that share any."""
    return {task: known for task in tasks if (known := specs.overlaps(task))}


def _encoder_notes(specs: Specs) -> dict[str, EncoderNote]:
    """Give encoder -> what pages say of it."""
    return {
        name: EncoderNote(title=spec.title, source=spec.source, packed=spec.layout == "e5s1")
        for name, spec in specs.encoders.items()
    }


def _encoder_input(specs: Specs, name: str) -> dict[str, Any]:
    """Give the input of the stage that makes an encoder."""
    spec = specs.encoders[name]
    if spec.transfer is not None:
        seed = specs.config(spec.transfer.cell).seeds[0] if spec.transfer.seed is None else spec.transfer.seed
        told = {"licence": spec.licence, "source": spec.source, "cell": spec.transfer.cell, "fold": spec.transfer.fold}
        return {f"params:{name}.transfer": TransferConfig(encoder=name, seed=seed, **told)}
    if spec.pretraining is not None:
        task = specs.tasks[spec.pretraining.task]
        return {
            f"params:{name}.pretraining": PretrainConfig(
                encoder=name,
                licence=spec.licence,
                source=spec.source,
                task_type=task.type,
                language=task.language,
                how=spec.pretraining,
            )
        }
    return {f"params:{name}.encoder_files": ImportConfig(encoder=name, spec=spec)}


class Project:
    """Checks all config before any work and hands it to the nodes.

    Attributes:
        specs: The specs of the context that was made last, for the registry: reading them takes a second.
    """

    def __init__(self) -> None:
        self.specs: Specs | None = None
        self._inputs: dict[str, Any] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read and check the specs; a mistake ends the command here, in one line."""
        self.specs = read_specs(context.config_loader, context.project_path)
        for warning in overlap_warnings(self.specs):
            logger.warning("%s; compare its scores with no others", warning)
        machine = read_machine(context.config_loader, context.project_path)
        price = read_costs_config(context.config_loader, context.project_path).price
        self._inputs = spec_inputs(self.specs, machine, price)

    @hook_impl
    def after_catalog_created(self, catalog: CatalogProtocol[Any, Any]) -> None:
        """Add the specs to the catalog as parameters, which Kedro-Viz keeps out of the way."""
        for name, value in self._inputs.items():
            catalog[name] = MemoryDataset(data=value, copy_mode="assign")


class Telemetry:
    """Writes how long each node took, how much memory the process used at most, and how large models are.

    Where it is wanted, also how much energy the node took.
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._catalog: CatalogProtocol[Any, Any] | None = None
        self._started: dict[str, tuple[float, float]] = {}
        self._wants_energy = False
        self._meters: dict[str, EnergyMeter] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Find the folder, and whether energy is wanted."""
        self._wants_energy = read_costs_config(context.config_loader, context.project_path).energy
        self._folder = read_machine(context.config_loader, context.project_path).state.parent
        self._folder = self._folder / "08_reporting" / "telemetry"

    @hook_impl
    def after_catalog_created(self, catalog: CatalogProtocol[Any, Any]) -> None:
        """Keep the catalog, which knows where models lie."""
        self._catalog = catalog

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the clocks, after what takes long to start."""
        if self._wants_energy:
            self._meters[node.name] = EnergyMeter()
            self._meters[node.name].start()
        self._started[node.name] = time.perf_counter(), time.process_time()

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Write what the clocks say; a failure to write is no failure of the run."""
        import psutil

        wall, cpu = self._started.pop(node.name)
        memory = psutil.Process().memory_info()
        told = {
            "wall_seconds": round(time.perf_counter() - wall, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
            "peak_memory_bytes": _peak_memory() or memory.rss,
            "machine": machine_name(),
            **self._energy(node),
        }
        self._write(node.name, told)

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Refuse to begin where energy is wanted and cannot be had."""
        if self._wants_energy:
            need_codecarbon()

    @hook_impl
    def on_node_error(self, node: Node) -> None:
        """Stop the meter: its threads would go on."""
        self._energy(node)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, node: Node) -> None:
        """Add the bytes of a repeat's model to what the fit cost."""
        folder = Path(getattr(self._catalog and self._catalog.get(dataset_name), "_filepath", ""))
        repeats = list(folder.glob("repeat-*")) if dataset_name.endswith(".model") else []
        path = self._path(node.name)
        if repeats and path.is_file():
            size = sum(file.stat().st_size for repeat in repeats for file in repeat.rglob("*") if file.is_file())
            told = json.loads(path.read_text(encoding="utf-8"))
            self._write(node.name, {**told, "checkpoint_bytes": size // len(repeats)})

    def _energy(self, node: Node) -> dict[str, Any]:
        """Stop a node's meter, where it has one, and give what it says."""
        meter = self._meters.pop(node.name, None)
        return meter.stop() if meter else {}

    def _path(self, node: str) -> Path:
        return self._folder.joinpath(*node.split(".")).with_suffix(".json")

    def _write(self, node: str, told: dict[str, Any]) -> None:
        path = self._path(node)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            logger.warning("%s: telemetry not written: %s", path, error.strerror)


def machine_name() -> str:
    """Name the processor, as far as the system tells, and count its cores."""
    import os
    import platform

    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{next(models, platform.processor() or platform.machine())}, {os.cpu_count()} cores"


def _peak_memory() -> int:
    """Give the peak resident memory of this process in bytes, 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    import sys

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
