"""What cells cost, from telemetry."""

import json
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from regen.config.ensemble import ENSEMBLE
from regen.reporting import format as write
from regen.reporting.format import Record
from regen.reporting.grids import Grid

Costs = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Cell -> node (``fit``, ``predict``) -> ``wall_seconds``, ``peak_memory_bytes``, ``machine``."""


def read_costs(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read telemetry: cell -> node (``fit``, ``predict``, ``score``) -> seconds, memory, cores.

    Beside the nodes stand ``training`` (the mean speed of the repeats) and ``latency``, where they were measured.
    """
    costs: dict[str, dict[str, dict[str, Any]]] = {}
    for path in sorted(folder.glob("*/*/*.json")):
        task, recipe = path.parent.relative_to(folder).parts
        costs.setdefault(f"{task}.{recipe}", {})[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    for cell, nodes in costs.items():
        speeds = [
            json.loads(path.read_text(encoding="utf-8"))["tokens_per_second"]
            for path in sorted(folder.joinpath(*cell.split("."), "training").glob("*.json"))
        ]
        if speeds:
            nodes["training"] = {"tokens_per_second": fmean(speeds)}
    return costs


def fit_cost(record: Record, costs: Costs) -> Mapping[str, Any] | None:
    """Give what a cell's fits cost; an ensemble cost what those of its members did, one after the other.

    Args:
        record: The cell's record.
        costs: What cells cost.

    Returns:
        ``None`` where the fit, or that of a member, was not measured.
    """
    own = costs.get(record["cell"], {}).get("fit")
    if own is None or record["config"]["estimator"] != ENSEMBLE:
        return own
    names = [f"{record['task']}.{name}" for name in record["config"]["options"]["members"]]
    parts = [own, *(costs[name]["fit"] for name in names if "fit" in costs.get(name, {}))]
    if len(parts) <= len(names):
        return None
    seconds, memory = ([part[key] for part in parts] for key in ("wall_seconds", "peak_memory_bytes"))
    return {**own, "wall_seconds": sum(seconds), "peak_memory_bytes": max(memory)}


def costs_grid(record: Record, costs: Costs) -> Grid | None:
    """Show what a cell's fits and predictions cost, and where; None where neither was measured."""
    nodes = {"fit": fit_cost(record, costs), "predict": costs.get(record["cell"], {}).get("predict")}
    rows = [
        (
            name,
            [write.duration(node["wall_seconds"]), write.memory(node["peak_memory_bytes"]), node.get("machine", "–")],
        )
        for name, node in nodes.items()
        if node is not None
    ]
    note = "All repeats together, where the cell was last made."
    columns = ["wall time", "peak memory", "machine"]
    return Grid("Costs", columns, rows, corner="node", note=note, texts={"machine"}) if rows else None
