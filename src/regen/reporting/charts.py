"""Figures as the page's script draws them: data and layout only, colours are the page's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

from regen.records.figures import comparison_figure, confusion_figure
from regen.reporting.format import Record, repeat_names

_BAR, _LEAST_BAR = 120, 36
_SQUARE, _LEAST_SQUARE, _LEAST_SIDE = 34, 30, 220
_BESIDE, _BELOW = 140, 80
"""Pixels: of a bar, of a square of a confusion matrix, and of what stands left of and below the plot."""

_CURVES_WIDTH, _LEAST_CURVES_WIDTH, _CURVES_HEIGHT = 640, 360, 440
_MOST_TICKS = 10
_CURVES = (
    ("dev_score", "score on dev", 100, "y"),
    ("train_loss", "loss on train", 1, "y2"),
    ("dev_loss", "loss on dev", 1, "y2"),
)
"""Column of a history, what it shows, its factor and its axis. As many as the page has colours: each has one."""


_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Of the repeats: the colours say what a line shows."""


@dataclass(frozen=True)
class Chart:
    """A figure on a page.

    Attributes:
        id: Id of its element.
        label: What it shows, for those who cannot see it.
        width: Pixels, where the screen has them.
        least: Fewest pixels that it stays legible on; a narrower screen scrolls.
        height: Pixels.
        figure: ``data`` and ``layout`` for Plotly: lists and no arrays, since its data are given as CSV, too.
    """

    id: str
    label: str
    width: int
    least: int
    height: int
    figure: dict[str, Any]


def comparison_chart(task: str, records: Sequence[Record]) -> Chart:
    """Draw a task's cells side by side."""
    figure = _bare(comparison_figure(records).to_dict())
    for trace in figure["data"]:
        trace |= {"textposition": "inside", "insidetextanchor": "start", "textangle": 0}  # clear of the error bars
    figure["layout"]["yaxis"] = {"title": {"text": f"{records[0]['metric']} × 100"}, "rangemode": "tozero"}
    figure["layout"]["xaxis"] = {"type": "category"}
    bars = sum(len(trace["x"]) for trace in figure["data"])
    return Chart(
        id=f"chart-{task}",
        label=f"Bar chart of the leaderboard of {task}: {records[0]['metric']} of each recipe with its interval",
        width=_BESIDE + _BAR * bars,
        least=_BESIDE + _LEAST_BAR * bars,
        height=320,
        figure=figure,
    )


def confusion_chart(record: Record) -> Chart | None:
    """Draw the confusion matrix on dev with square cells; None where the record has none."""
    if "confusion" not in record["scores"].get("dev", {"repeats": [{}]})["repeats"][0]:
        return None
    figure = _bare(confusion_figure(record).to_dict())
    trace = figure["data"][0]
    del trace["colorscale"]
    trace["hovertemplate"] = "gold %{y}, predicted %{x}: %{z}<extra></extra>"
    size = len(trace["x"])
    trace["text"] = [[number or "" for number in row] for row in trace["z"]]
    trace["x"] = trace["y"] = [escape(name, quote=False) for name in trace["x"]]  # Plotly reads labels as a bit of HTML
    square = {"constrain": "domain", "showgrid": False, "ticks": ""}
    figure["layout"]["xaxis"] |= {**square, "constraintoward": "left"}
    figure["layout"]["yaxis"] |= {**square, "constraintoward": "top", "scaleanchor": "x"}
    side = max(_SQUARE * size, _LEAST_SIDE)
    return Chart(
        id=f"chart-{record['cell']}",
        label=f"Heat map: gold against predicted labels of {record['cell']} on dev, first repeat",
        width=side + _BESIDE,
        least=_BESIDE + _LEAST_SQUARE * size,
        height=side + _BELOW,
        figure=figure,
    )


def curves_chart(record: Record) -> Chart | None:
    """Draw loss and score after each epoch, the score above the loss; None where the models have no history."""
    histories = [model["history"] for model in record["training"]["models"] if model.get("history")]
    if not histories:
        return None
    names = repeat_names(record)
    traces = [
        _curve(history, column, scale, f"{title}, {names[number]}" if len(histories) > 1 else title, axis)
        | ({"line": {"dash": _DASHES[number % len(_DASHES)]}} if len(histories) > 1 else {})
        for number, history in enumerate(histories)
        for column, title, scale, axis in _CURVES
    ]
    epochs = max(row["epoch"] for history in histories for row in history)
    xaxis = {"title": {"text": "epoch"}, "anchor": "y2", "dtick": -(-epochs // _MOST_TICKS), "tickformat": "d"}
    layout = {
        "xaxis": xaxis,
        "yaxis": {"title": {"text": f"{record['metric']} × 100"}, "domain": [0.55, 1]},
        "yaxis2": {"title": {"text": "loss"}, "domain": [0, 0.45], "rangemode": "tozero"},
    }
    return Chart(
        id=f"curves-{record['cell']}",
        label=f"Line chart of the training of {record['cell']}: score and loss on dev and loss on train, by epoch",
        width=_CURVES_WIDTH,
        least=_LEAST_CURVES_WIDTH,
        height=_CURVES_HEIGHT,
        figure={"data": traces, "layout": layout},
    )


def _curve(history: Sequence[Mapping[str, Any]], column: str, scale: float, name: str, axis: str) -> dict[str, Any]:
    """Draw one column; a value that is no number leaves a gap."""
    values = [scale * row[column] if isfinite(row[column]) else None for row in history]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [row["epoch"] for row in history],
        "y": values,
        "yaxis": axis,
        "hovertemplate": "epoch %{x}: %{y:.4g}",
    }


def _bare(figure: dict[str, Any]) -> dict[str, Any]:
    """Leave out Plotly's own colours and the title: the page has both."""
    figure["layout"].pop("template", None)
    figure["layout"].pop("title", None)
    return figure
