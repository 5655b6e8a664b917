"""What cells cost, from telemetry."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from regen.config.costs import Price
from regen.config.ensemble import ENSEMBLE
from regen.reporting import format as write
from regen.reporting.format import Record
from regen.reporting.grids import Grid

Costs = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Cell -> node (``fit``, ``predict``) -> ``wall_seconds``, ``peak_memory_bytes``, ``machine``; where it was wanted,
``energy_kwh`` and how it is known, ``energy_by``."""
_ADDED = ("wall_seconds", "cpu_seconds", "energy_kwh")
"""What fits that ran one after the other cost together."""
_PEAK, _RESUMED = "peak_memory_bytes", "resumed"
NOT_COUNTED = "– (search not counted)"
"""What stands in the place of a cost whose greater part, the search, was not measured."""
_SERVED = "32"
"""Size of the batches at whose speed predictions are priced."""


def read_costs(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read telemetry: cell -> node (``fit``, ``predict``, ``score``) -> seconds, memory, cores.

    Beside the nodes stand ``training`` (the mean speed of the repeats) and ``latency``, where they were measured. A fit
    that went on after a break was timed from there on: it is marked as ``resumed``, its time is a lower bound, and what
    else adds up over time is left out.
    """
    costs: dict[str, dict[str, dict[str, Any]]] = {}
    for path in sorted(folder.glob("*/*/*.json")):
        task, recipe = path.parent.relative_to(folder).parts
        costs.setdefault(f"{task}.{recipe}", {})[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    for cell, nodes in costs.items():
        paths = sorted(folder.joinpath(*cell.split("."), "training").glob("*.json"))
        trainings = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        if trainings:
            nodes["training"] = {"tokens_per_second": fmean(own["tokens_per_second"] for own in trainings)}
        if "fit" in nodes and any(own["first_step"] for own in trainings):
            nodes["fit"] = {key: value for key, value in nodes["fit"].items() if key not in _ADDED[1:]}
            nodes["fit"][_RESUMED] = True
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
    members = [costs.get(name, {}) for name in _members(record)]
    if not all("fit" in nodes for nodes in members):
        return None
    return _together([own, *(nodes[name] for nodes in members for name in ("search", "fit") if name in nodes)])


def lacks_search(record: Record, costs: Costs) -> bool:
    """Say whether a cell's settings were sought, and what that cost is not known."""
    return "search" in record and "search" not in costs.get(record["cell"], {})


def made_cost(record: Record, costs: Costs) -> Mapping[str, Any] | None:
    """Give what all that made a cell cost: its search and the fits of all repeats, and the same of its members.

    A search is no extra of the fit: the fit takes over the winning trial, and its own time may be next to nothing.

    Args:
        record: The cell's record.
        costs: What cells cost.

    Returns:
        ``None`` where a part was not measured.
    """
    fit, search = fit_cost(record, costs), costs.get(record["cell"], {}).get("search")
    if fit is None or lacks_search(record, costs):
        return None
    return fit if search is None else _together([fit, search])


def _together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add what nodes cost that ran one after the other; a sum of which a part is not known is left out."""
    known = [key for key in _ADDED if all(key in part for part in parts)]
    rest = {key: value for key, value in parts[0].items() if key not in (*_ADDED, _PEAK)}
    peak = {_PEAK: max(part[_PEAK] for part in parts)} if all(_PEAK in part for part in parts) else {}
    broken = {_RESUMED: True} if any(_RESUMED in part for part in parts) else {}
    return {**rest, **{key: sum(part[key] for part in parts) for key in known}, **peak, **broken}


def _members(record: Record) -> list[str]:
    """Name the cells that a cell joins; none for one that is no ensemble."""
    config = record["config"]
    joined = config["options"]["members"] if config["estimator"] == ENSEMBLE else []
    return [f"{record['task']}.{name}" for name in joined]


def run_seconds(record: Record, costs: Costs) -> float | None:
    """Give the wall time of all that made a cell, in seconds; ``None`` where a part was not measured."""
    made = made_cost(record, costs)
    return None if made is None or _RESUMED in made else float(made["wall_seconds"])


def wall_time(node: Mapping[str, Any]) -> str:
    """Write the wall time of a node; that of a fit that went on after a break as a lower bound."""
    return f"≥ {write.duration(node['wall_seconds'])}" if _RESUMED in node else write.duration(node["wall_seconds"])


def resumed_note(nodes: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """Say what a lower bound means, in one sentence; nothing where there is none."""
    return ["≥: the fit went on after a break and was timed from there on."] * any(n and _RESUMED in n for n in nodes)


def watt_hours(node: Mapping[str, Any] | None) -> float | None:
    """Give the energy of a node in Wh; ``None`` where it is not known."""
    return 1000 * node["energy_kwh"] if node is not None and "energy_kwh" in node else None


def predictions_price(nodes: Mapping[str, Mapping[str, Any]], price: Price) -> float | None:
    """Give the price of 1,000 predictions, 32 at a time, by the speed that ``kedro latency`` measured.

    The node ``predict`` would not do: it loads each repeat's model, which outweighs the predictions of small splits.

    Args:
        nodes: What a cell's nodes cost.
        price: What an hour costs.

    Returns:
        ``None`` where the speed was not measured.
    """
    speed = nodes.get("latency", {}).get("batches", {}).get(_SERVED, {}).get("examples_per_second")
    return price.of(1000 / speed) if speed else None


def energy_note(nodes: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """Say how the energy of nodes is known, in one sentence; nothing where none is."""
    ways = sorted({way for node in nodes if node and "energy_by" in node for way in node["energy_by"].split(", ")})
    return [f"Energy, by codecarbon: {', '.join(ways)}."] if ways else []


def costs_grid(record: Record, costs: Costs, price: Price | None = None) -> Grid | None:
    """Show what a cell's fits and predictions cost, and where; None where neither was measured.

    Args:
        record: The cell's record.
        costs: What cells cost.
        price: What an hour of the machine costs; ``None`` for no prices.
    """
    own = costs.get(record["cell"], {})
    nodes = {"search": own.get("search"), "fit": fit_cost(record, costs), "predict": own.get("predict")}
    known = {name: node for name, node in nodes.items() if node is not None}
    energy = any("energy_kwh" in node for node in known.values())
    columns = [*_heads(price, energy=energy), "machine"]
    rows = [(name, [*_values(node, price, energy=energy), node.get("machine", "–")]) for name, node in known.items()]
    if rows and lacks_search(record, costs):
        rows = [("search", [NOT_COUNTED, *[write.NOTHING] * (len(columns) - 1)]), *rows]
    told = ["All repeats together, where the cell was last made."]
    note = " ".join([*told, *resumed_note(known.values()), *energy_note(known.values())])
    return Grid("Costs", columns, rows, corner="node", note=note, texts={"machine"}) if rows else None


def _heads(price: Price | None, *, energy: bool) -> list[str]:
    priced = [f"price, {price.currency}"] if price else []
    return ["wall time", "peak memory", *priced, *(["energy, Wh"] if energy else [])]


def _values(node: Mapping[str, Any], price: Price | None, *, energy: bool) -> list[str]:
    seconds, used = node["wall_seconds"], watt_hours(node)
    priced = [write.NOTHING if _RESUMED in node else write.amount(price.of(seconds))] if price else []
    spent = [write.NOTHING if used is None else write.amount(used)] if energy else []
    return [wall_time(node), write.memory(node["peak_memory_bytes"]), *priced, *spent]
