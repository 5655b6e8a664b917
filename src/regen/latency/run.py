"""The latency of one cell: from its first repeat and its task's dev examples to a file beside its other costs."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.cell import CellConfig, repeat_name
from regen.config.load import Specs
from regen.errors import UserError
from regen.estimators.base import Resources, estimator_class
from regen.estimators.folds import split_folds
from regen.io.atomic import replacing
from regen.latency.measure import examples_of, measure
from regen.reporting.format import commands


def measure_cell(cell: str, limit: int, data: Path, specs: Specs, machine: str) -> tuple[Path, dict[str, Any]]:
    """Measure a cell's first repeat on its dev examples, and write what was measured into the cell's telemetry.

    Args:
        cell: ``task.recipe``.
        limit: Most examples for each size of a batch.
        data: The project's data folder.
        specs: The project's specs.
        machine: Name of this machine.

    Returns:
        Path of the file, and its content.

    Raises:
        UserError: There is no such cell, or it was not made here.
    """
    if cell not in specs.cells:
        raise UserError(f"cell {cell}: no suite holds it; 'kedro registry list' names what there is")
    task, recipe = cell.split(".")
    record = _there(data / "08_reporting" / "cells" / task / recipe / "record.json", cell)
    config = CellConfig.model_validate(json.loads(record.read_text(encoding="utf-8"))["config"])
    folder = _there(data / "06_models" / task / recipe / "fit" / repeat_name(config.seeds[0], 0), cell)
    table = pd.read_parquet(_there(data / "03_primary" / task / "dev.parquet", cell))
    model = estimator_class(config.estimator).load(folder, _resources(cell, config, data, specs))
    found = measure(model, examples_of(split_folds(table)[0], config.hidden, seed=0), limit)
    told = {"batches": found, "threads": config.threads, "precision": config.precision, "machine": machine}
    path = data / "08_reporting" / "telemetry" / task / recipe / "latency.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as new:
        new.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return path, told


def _resources(cell: str, config: CellConfig, data: Path, specs: Specs) -> Resources:
    encoders = data / "02_intermediate" / "encoders"
    ensemble = specs.ensemble(cell)
    names = {member.encoder for member in ensemble.members if member.encoder} if ensemble else set()
    encoder = _there(encoders / config.encoder, cell) if config.encoder else None
    return Resources(encoder=encoder, encoders={name: _there(encoders / name, cell) for name in names})


def _there(path: Path, cell: str) -> Path:
    if not path.exists():
        made = commands({"task": cell.split(".", maxsplit=1)[0], "cell": cell})[0]
        raise UserError(f"cell {cell}: {path}: not made here; make it with '{made}'")
    return path
