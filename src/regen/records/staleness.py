"""Which records no longer say what the project would make now."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig
from regen.config.recipe import estimator_modules
from regen.lineage.closure import code_digest
from regen.pipelines.evaluate import nodes

GONE = "cell"
"""What differs where the project no longer has the cell."""
_SETTLED = ("device", "threads", "precision")


def stale_records(
    records: Iterable[Mapping[str, Any]], cells: Mapping[str, CellConfig], lock: Path
) -> dict[str, list[str]]:
    """Say what has changed since records were made.

    Args:
        records: Any records.
        cells: Cell -> its config of now.
        lock: The runtime's lock file of now.

    Returns:
        Cell -> the keys of its config that have another value now (``options.epochs``), then ``code`` and ``lock``
        where these hashes differ; ``cell`` alone where there is no such cell any more. Records that are current are
        left out. A key that the record does not know came later, with a default that changes nothing.
    """
    locked = hashlib.sha256(lock.read_bytes()).hexdigest()
    digest = cache(code_digest)
    found = {}
    for record in records:
        if record["cell"] not in cells:
            found[record["cell"]] = [GONE]
            continue
        now = {"code": digest(_modules(record)), "lock": locked}
        differs = changed_keys(record["config"], _config(record, cells[record["cell"]]).model_dump(mode="json"))
        differs += [name for name, value in now.items() if record["hashes"][name] != value]
        if differs:
            found[record["cell"]] = differs
    return found


def changed_keys(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Name the keys of one config that have another value in another, inner ones with dots."""
    found: list[str] = []
    for key, value in before.items():
        other = now.get(key)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            found += [f"{key}.{inner}" for inner in changed_keys(value, other)]
        elif key not in now or value != other:
            found.append(key)
    return found


def _config(record: Mapping[str, Any], now: CellConfig) -> CellConfig:
    """Give a cell's config of now, with what its search picked and the machine settled when the record was made."""
    config = now.settled(record.get("search", {}).get("picked"))
    left_open = {key: record["config"][key] for key in _SETTLED if key in record["config"]}
    return config.model_copy(update=left_open)


def _modules(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the modules that decide a record, as ``build_record`` hashes them."""
    config = record["config"]
    used = [
        config["estimator"],
        *(name for fact in record["training"]["models"] for name in fact.get("estimators", ())),
    ]
    methods = [name for name in dict.fromkeys(used) for name in estimator_modules(name)]
    augmentation = CellConfig.model_validate(config).augmentation
    return (nodes.__name__, *methods, *augmentation_modules(augmentation))
