"""Figures of errors and of calibration, as the page's script draws them: colours are the page's."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.reporting.charts import Chart

_BAR, _LEAST_BAR, _BESIDE, _HEIGHT = 56, 34, 110, 280
_SQUARE, _LEAST_SQUARE = 420, 320
"""Pixels: of a bar with what is around it, of what stands beside the plot, of its height, of a square figure."""

Group = Mapping[str, Any]


def breakdown_chart(
    cell: str, name: str, groups: Mapping[str, Sequence[Group]], measure: tuple[str, str], words: str
) -> Chart:
    """Draw a measure of groups of examples with intervals, one colour per split.

    Args:
        cell: The cell.
        name: Name of the breakdown.
        groups: Split -> groups, as an analysis has them.
        measure: Key of the measure, and what it is called.
        words: What the groups are by: ``length of the text in characters``.
    """
    key, called = measure
    order = list(dict.fromkeys(row["group"] for rows in groups.values() for row in rows))
    traces = [_bars(split, [row for row in rows if row[key][0] is not None], key) for split, rows in groups.items()]
    bars = len(order) * len(groups)
    layout = {
        "barmode": "group",
        "xaxis": {"type": "category", "categoryorder": "array", "categoryarray": order},
        "yaxis": {"title": {"text": f"{called} × 100"}, "rangemode": "tozero"},
    }
    return Chart(
        id=f"errors-{name.replace('_', '-')}-{cell}",
        label=f"Bar chart: {called} of {cell} by {words}, with intervals",
        width=_BESIDE + _BAR * bars,
        least=_BESIDE + _LEAST_BAR * bars,
        height=_HEIGHT,
        figure={"data": traces, "layout": layout},
    )


def _bars(split: str, rows: Sequence[Group], key: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": split,
        "x": [row["group"] for row in rows],
        "y": [_hundredfold(row[key][0]) for row in rows],
        "error_y": _whiskers([row[key] for row in rows]),
        "hovertemplate": "%{x}: %{y:.2f}",
    }


def _whiskers(triples: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Give the distances from each value up to the end of its interval, and down to the other one."""
    return {
        "type": "data",
        "array": [_hundredfold(high - value) for value, _, high in triples],
        "arrayminus": [_hundredfold(value - low) for value, low, _ in triples],
    }


def _hundredfold(fraction: float) -> float:
    return round(100 * fraction, 2)


def reliability_chart(cell: str, calibrations: Mapping[str, Mapping[str, Any]]) -> Chart:
    """Draw accuracy against mean confidence of each bin; a model whose confidence is true lies on the diagonal.

    Args:
        cell: The cell.
        calibrations: Split -> calibration, as an analysis has it.
    """
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "name": "accuracy = confidence",
        "x": [0, 100],
        "y": [0, 100],
        "line": {"color": "muted", "dash": "dot", "width": 1.2},
        "hoverinfo": "skip",
    }
    axis = {"range": [0, 103], "showgrid": True, "constrain": "domain"}
    layout = {
        "xaxis": {"title": {"text": "mean confidence × 100"}, **axis},
        "yaxis": {"title": {"text": "accuracy × 100"}, "scaleanchor": "x", **axis},
    }
    return Chart(
        id=f"reliability-{cell}",
        label=f"Line chart: accuracy of {cell} by its confidence, in bins of equal width, with intervals",
        width=_SQUARE,
        least=_LEAST_SQUARE,
        height=_SQUARE,
        figure={"data": [*(_curve(split, own) for split, own in calibrations.items()), diagonal], "layout": layout},
    )


def _curve(split: str, calibration: Mapping[str, Any]) -> dict[str, Any]:
    bins = calibration["bins"]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": split,
        "x": [_hundredfold(own["confidence"]) for own in bins],
        "y": [_hundredfold(own["accuracy"][0]) for own in bins],
        "error_y": {**_whiskers([own["accuracy"] for own in bins]), "thickness": 1.2, "width": 3},
        "text": [f"{own['examples']:,}" for own in bins],
        "hovertemplate": "confidence %{x:.2f}, accuracy %{y:.2f}, n = %{text}",
    }
