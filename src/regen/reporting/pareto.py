"""What cells cost beside what they score, and which of them no other beats at both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regen.config.costs import Price
from regen.reporting import format as write
from regen.reporting.charts import Chart
from regen.reporting.costs import (
    NOT_COUNTED,
    Costs,
    energy_note,
    fit_cost,
    lacks_search,
    predictions_price,
    run_seconds,
)
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.sections import Section

COSTS_ID = "costs"
"""Anchor of the part."""
_WIDTH, _LEAST_WIDTH, _HEIGHT = 460, 320, 340
_LEAST_CELLS = 2
_NOTE = (
    "Means over repeats. Time and memory are of the last run on the machine named in the cell’s costs, and depend "
    "on what else it did; CPU seconds do so least. The checkpoint holds what a fit changed, its settings included. "
    "A recipe whose settings were sought costs its whole search as well; where that was not measured, it is on no line."
)
_FRONT = (
    "On the line: no other recipe scores higher for as little. Dev, since a choice by test would use it up. "
    "A recipe whose cost is not known, or nothing, is in no figure of it."
)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Cost:
    """One thing that a cell costs.

    Attributes:
        title: How it is called.
        of: Gives it from a record and its telemetry; ``None`` where it is not known.
        shown: Writes it.
        in_table_alone: No figure of it: it is a speed, or much like another cost.
        of_fit: Whether a search adds to it.
        axis: What stands at the axis of its figure, where that is not the title.
    """

    title: str
    of: Callable[[Record, Mapping[str, Values]], float | None]
    shown: Callable[[float], str]
    in_table_alone: bool = False
    of_fit: bool = False
    axis: str = ""


def _mean(count: Callable[[Values], float | None]) -> Callable[[Record, Mapping[str, Values]], float | None]:
    """Take the mean of what the models say of themselves."""

    def of(record: Record, _: Mapping[str, Values]) -> float | None:
        known = [value for model in record["training"]["models"] if (value := count(model)) is not None]
        return sum(known) / len(known) if known else None

    return of


def _parameters(model: Values) -> int | None:
    """Count what a fit trained: of an encoder, a linear model, or a CRF with what finds relations."""
    if "transitions" in model:
        return int(model["features"] + model["transitions"] + model.get("relation_weights", 0))
    count: int | None = model.get("trained_parameters", model.get("weights"))
    return count


def _telemetry(node: str, key: str, *, each: bool) -> Callable[[Record, Mapping[str, Values]], float | None]:
    """Take what a node cost, for each repeat or in all."""

    def of(record: Record, nodes: Mapping[str, Values]) -> float | None:
        value = nodes.get(node, {}).get(key)
        return None if value is None else value / (len(record["training"]["models"]) if each else 1)

    return of


def _latency(size: str, key: str) -> Callable[[Record, Mapping[str, Values]], float | None]:
    """Take what ``kedro latency`` measured for a size of batches."""

    def of(_: Record, nodes: Mapping[str, Values]) -> float | None:
        value = nodes.get("latency", {}).get("batches", {}).get(size, {}).get(key)
        return None if value is None else float(value)

    return of


def _fit(key: str, factor: float = 1) -> Callable[[Record, Mapping[str, Values]], float | None]:
    """Take what the fit of a repeat cost, and with it the whole search, where there was one."""

    def of(record: Record, nodes: Mapping[str, Values]) -> float | None:
        fit, search = nodes["fit"].get(key), nodes.get("search", {}).get(key)
        if fit is None or ("search" in record and search is None):
            return None
        return float(factor * (fit / len(record["training"]["models"]) + (search or 0)))

    return of


def _peak(record: Record, nodes: Mapping[str, Values]) -> float | None:
    """Take the peak memory of the fit or, where that was higher, of the search."""
    peaks = [nodes.get(node, {}).get("peak_memory_bytes") for node in ("fit", "search")]
    if peaks[0] is None or ("search" in record and peaks[1] is None):
        return None
    return float(max(peak for peak in peaks if peak is not None))


def _training_tokens(model: Values) -> int | None:
    count: int | None = model.get("tokens")
    return count


def _tokens(record: Record, nodes: Mapping[str, Values]) -> float | None:
    """Take the tokens that a repeat was trained on, or all those of a search: its winner is the fit."""
    return record["search"].get("tokens") if "search" in record else _mean(_training_tokens)(record, nodes)


def _prices(price: Price | None, costs: Costs) -> list[_Cost]:
    """Price the run and the predictions, where there is a price."""
    if price is None:
        return []

    def of_run(record: Record, _: Mapping[str, Values]) -> float | None:
        seconds = run_seconds(record, costs)
        return None if seconds is None else price.of(seconds)

    return [
        _Cost(f"price of the run, {price.currency}", of_run, write.amount, of_fit=True),
        _Cost(
            f"price of 1,000 predictions, {price.currency}",
            lambda _, nodes: predictions_price(nodes, price),
            write.amount,
        ),
    ]


def _tenths(value: float) -> str:
    return f"{value:,.1f}"


def _count(value: float) -> str:
    return write.count(round(value))


def _memory(value: float) -> str:
    return write.memory(round(value))


COSTS = (
    _Cost("trained parameters", _mean(_parameters), _count),
    _Cost("checkpoint bytes", _telemetry("fit", "checkpoint_bytes", each=False), _count),
    _Cost("training tokens", _tokens, _count),
    _Cost(
        "training tokens per second",
        _telemetry("training", "tokens_per_second", each=False),
        _count,
        in_table_alone=True,
    ),
    _Cost("CPU seconds of a fit", _fit("cpu_seconds"), _tenths, of_fit=True),
    _Cost("peak memory of the fit", _peak, _memory, of_fit=True, axis="peak memory of the fit, bytes"),
    _Cost("energy of a fit, Wh", _fit("energy_kwh", factor=1000), write.amount, of_fit=True),
    _Cost("CPU seconds of predictions", _telemetry("predict", "cpu_seconds", each=True), _tenths),
    _Cost("latency of one example, p50, ms", _latency("1", "p50_ms"), _tenths),
    _Cost("latency of one example, p95, ms", _latency("1", "p95_ms"), _tenths, in_table_alone=True),
    _Cost("calls timed, one example at a time", _latency("1", "calls"), _count, in_table_alone=True),
    _Cost("examples per second, 32 at a time", _latency("32", "examples_per_second"), _tenths, in_table_alone=True),
    _Cost("calls timed, 32 at a time", _latency("32", "calls"), _count, in_table_alone=True),
)
"""In the order of the table's columns; prices come last."""


def cost_section(task: str, records: Sequence[Record], costs: Costs, price: Price | None = None) -> Section | None:
    """Set scores on dev beside costs; ``None`` for fewer than two cells with a score and a cost.

    Args:
        task: Name of the task.
        records: Its records.
        costs: What cells cost.
        price: What an hour of the machine costs; ``None`` for no prices.
    """
    scored = [record for record in records if "dev" in record["scores"] and costs.get(record["cell"])]
    if len(scored) < _LEAST_CELLS:
        return None
    nodes = [_nodes(record, costs) for record in scored]
    every = [*COSTS, *_prices(price, costs)]
    values = {cost.title: [cost.of(*pair) for pair in zip(scored, nodes, strict=True)] for cost in every}
    known = [cost for cost in every if any(value is not None for value in values[cost.title])]
    drawn = [cost for cost in known if not cost.in_table_alone and _drawable(values[cost.title])]
    rows = [
        (
            record["recipe"],
            [
                write.score(record["scores"]["dev"]),
                *(_shown(cost, values[cost.title][place], lacks_search(record, costs)) for cost in known),
            ],
        )
        for place, record in enumerate(scored)
    ]
    grid = Grid("Costs of a repeat", ["dev", *(cost.title for cost in known)], rows, corner="recipe", note=_NOTE)
    charts = [(f"dev by {cost.title}", _chart(task, number, cost, scored, values)) for number, cost in enumerate(drawn)]
    notes = [_FRONT, *_priced(price), *energy_note(own.get("fit") for own in nodes)]
    return Section(COSTS_ID, "Quality and cost", [grid], charts, notes)


def _drawable(values: Sequence[float | None]) -> bool:
    """Say whether a figure has anything to compare."""
    return sum(value is not None and value > 0 for value in values) >= _LEAST_CELLS


def _nodes(record: Record, costs: Costs) -> dict[str, Values]:
    """Give what a cell's nodes cost; the fit of an ensemble costs what those of its members do."""
    return {**costs[record["cell"]], "fit": fit_cost(record, costs) or {}}


def _priced(price: Price | None) -> list[str]:
    """Say how prices are made."""
    if price is None:
        return []
    return [
        f"Prices at {price.per_hour:,g} {price.currency} an hour, whatever the machine: the run by the wall time of "
        "its search and of the fits of all repeats, predictions by the speed of 32 at a time, where kedro latency "
        "measured it."
    ]


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Give the places of the points (cost, quality) that no other beats: as cheap and better, or cheaper and as good.

    Returns:
        Places by rising cost; of equal points the first.
    """
    kept: list[int] = []
    for place in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1])):
        if not kept or points[place][1] > points[kept[-1]][1]:
            kept.append(place)
    return kept


def _shown(cost: _Cost, value: float | None, lacking: bool) -> str:
    if value is None:
        return NOT_COUNTED if lacking and cost.of_fit else NOTHING
    return cost.shown(value)


def _chart(
    task: str, number: int, cost: _Cost, records: Sequence[Record], values: Mapping[str, Sequence[float | None]]
) -> Chart:
    found = [(value, record) for value, record in zip(values[cost.title], records, strict=True) if value]
    points = [(value, 100 * record["scores"]["dev"]["mean"]) for value, record in found]
    metric, best = records[0]["metric"], front(points)
    hover = "%{text}: %{y:.2f} for %{x:,}<extra></extra>"
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "recipes",
            "x": [x for x, _ in points],
            "y": [y for _, y in points],
            "text": [record["recipe"] for _, record in found],
            "error_y": _error_bars([record for _, record in found]),
            "hovertemplate": hover,
        },
        {
            "type": "scatter",
            "mode": "lines+markers+text",
            "name": "front",
            "x": [points[place][0] for place in best],
            "y": [points[place][1] for place in best],
            "text": [found[place][1]["recipe"] for place in best],  # names of all recipes would hide each other
            "textposition": ["top right", *["top left"] * (len(best) - 1)],  # inside the plot at its left edge
            "line": {"shape": "hv"},
            "hovertemplate": hover,
        },
    ]
    ticks = {"exponentformat": "none"} if cost.shown is write.amount else {}  # 10µ is no way to write a price
    layout = {
        "xaxis": {"title": {"text": cost.axis or cost.title}, "type": "log", **ticks},
        "yaxis": {"title": {"text": f"{metric} × 100 on dev"}},
        "showlegend": False,
    }
    return Chart(
        id=f"cost-{number}-{task}",
        label=f"Scatter plot of {task}: {metric} of each recipe on dev by its {cost.title}",
        width=_WIDTH,
        least=_LEAST_WIDTH,
        height=_HEIGHT,
        figure={"data": traces, "layout": layout},
    )


def _error_bars(records: Sequence[Record]) -> dict[str, Any]:
    scores = [record["scores"]["dev"] for record in records]
    return {
        "type": "data",
        "symmetric": False,
        "array": [100 * (score["interval"]["high"] - score["mean"]) for score in scores],
        "arrayminus": [100 * (score["mean"] - score["interval"]["low"]) for score in scores],
    }
