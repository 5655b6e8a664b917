"""What cells cost, from telemetry."""

import json
from pathlib import Path
from typing import Any


def read_costs(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read telemetry: cell -> node (``fit``, ``predict``, ``score``) -> seconds, memory, cores."""
    costs: dict[str, dict[str, dict[str, Any]]] = {}
    for path in sorted(folder.glob("*/*/*.json")):
        task, recipe = path.parent.relative_to(folder).parts
        costs.setdefault(f"{task}.{recipe}", {})[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return costs
