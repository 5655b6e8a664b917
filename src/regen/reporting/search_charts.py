"""Figures of a search as the page's script draws them: colours go by their names in ``style.css``."""

import json
from collections.abc import Callable
from typing import Any

from regen.reporting.charts import Chart
from regen.reporting.format import Record

_WIDTH, _LEAST_WIDTH, _HEIGHT = 560, 340, 340
_AXIS, _LEAST_AXIS = 150, 110
_SLICE, _LEAST_SLICE = 210, 170
_BAR, _AROUND = 36, 90
"""Pixels: of a plain chart, of an axis of the parallel coordinates, of a slice, of a bar and of what stands around."""

_COLOURS = {
    "best so far": "dev",
    "complete": "test",
    "pruned": "other",
    "paused": "dev",
    "failed": "alarm",
    "dominated": "other",
    "Pareto front": "test",
    "picked": "text",
}
_TITLES = {
    "history": ("Scores by trial", "Scatter chart: score of each trial, and the best so far"),
    "rungs": ("Rungs", "Line and bar chart: score of each trial at each rung, and how many trials reached it"),
    "pareto": ("Score against cost", "Scatter chart: score and cost of each complete trial, with the Pareto front"),
    "importance": ("Importance for the score", "Bar chart: importance of each parameter for the score"),
    "parallel": (
        "Values and scores (better trials stand out)",
        "Parallel coordinates: score and values of each complete trial",
    ),
    "slice": (
        "Score by each parameter (later trials stand out)",
        "Scatter charts: score of each complete trial by the value of each parameter",
    ),
}
"""View -> title, and what it shows; in the order of the page, narrow charts first."""


def search_charts(record: Record) -> dict[str, Chart]:
    """Draw the search of a record: title -> chart; views without data are left out."""
    from regen.search.figures import IMPORTANCE, study_figures  # here, since Optuna takes long to import

    charts = {}
    drawn = study_figures(record["search"], record["search"]["picked"])
    for view, (title, label) in _TITLES.items():
        if not drawn[view].data:
            continue
        figure = json.loads(drawn[view].to_json())
        for key in ("template", "title", "width", "plot_bgcolor"):
            figure["layout"].pop(key, None)
        width, least, height = _LOOKS.get(view, _plain)(figure)
        charts[f"{title} ({IMPORTANCE})" if view == "importance" else title] = Chart(
            id=f"search-{view}-{record['cell']}",
            label=f"{label}, in the search of {record['cell']}",
            width=width,
            least=least,
            height=height,
            figure=figure,
        )
    return charts


def _plain(figure: dict[str, Any]) -> tuple[int, int, int]:
    """Give each kind of trial its colour."""
    for trace in figure["data"]:
        trace.setdefault("marker", {})["color"] = _COLOURS[trace["name"]]
        trace["hovertemplate"] = "%{text}<br>%{y:.2f}"
        if trace["mode"] == "lines":
            trace["line"]["color"] = _COLOURS[trace["name"]]
            trace["hovertemplate"] = "%{y:.2f}"
    return _WIDTH, _LEAST_WIDTH, _HEIGHT


def _rungs(figure: dict[str, Any]) -> tuple[int, int, int]:
    bars, *lines = figure["data"]
    bars |= {"marker": {"color": "dev"}, "textposition": "auto", "hovertemplate": "%{y} trials<extra></extra>"}
    for trace in lines:
        colour = _COLOURS[trace["name"].rpartition("(")[2].rstrip(")")]
        trace["marker"]["color"] = colour
        trace["line"] = {"color": colour, "width": 1.2}
        trace["hovertemplate"] = "%{y:.2f}"
    return _WIDTH, _LEAST_WIDTH, _HEIGHT + _AROUND


def _parallel(figure: dict[str, Any]) -> tuple[int, int, int]:
    """Draw better trials stronger; the axis of the scores serves as the scale of the colours."""
    figure["data"] = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    for trace in figure["data"]:
        trace["line"] = {"color": "test", "width": 1.5}
        trace["opacity"] = 0.2 + 0.8 * trace["y"][0]
    for shape in figure["layout"]["shapes"]:
        shape["line"]["color"] = "muted"
    for annotation in figure["layout"]["annotations"]:
        annotation["font"]["color"] = "muted"
        annotation["bgcolor"] = "page"  # lines run behind it
    axes = len(figure["layout"]["xaxis"]["tickvals"])
    return _AXIS * axes, _LEAST_AXIS * axes, _HEIGHT


def _importance(figure: dict[str, Any]) -> tuple[int, int, int]:
    (bars,) = figure["data"]
    bars["marker"] = {"color": "test"}
    layout = figure["layout"]
    layout["showlegend"] = False
    layout["xaxis"] = {"title": {"text": "importance"}, "showgrid": True, "rangemode": "tozero"}
    layout["yaxis"] = {"showgrid": False, "ticks": ""}
    layout["margin"] = {"r": 40}
    return _WIDTH, _LEAST_WIDTH, _AROUND + _BAR * len(bars["y"])


def _slice(figure: dict[str, Any]) -> tuple[int, int, int]:
    """Draw later trials stronger, and name three values of a logarithmic axis."""
    last = max(number for trace in figure["data"] for number in trace["marker"]["color"])
    for trace in figure["data"]:
        numbers = trace["marker"]["color"]
        trace["marker"] = {"color": numbers, "cmin": 0, "cmax": max(last, 1), "size": 8}
        trace |= {"text": [f"trial {number}" for number in numbers]}
        trace["hovertemplate"] = "%{text}<br>%{x}: %{y:.2f}<extra></extra>"
        axis = figure["layout"][f"xaxis{trace.get('xaxis', 'x')[1:]}"]
        if axis.get("type") == "log":
            low, high = min(trace["x"]), max(trace["x"])
            values = sorted({low, (low * high) ** 0.5, high})
            axis |= {"tickvals": values, "ticktext": [f"{value:.2g}" for value in values]}
    figure["layout"]["showlegend"] = False
    slices = len(figure["data"])
    return _SLICE * slices + _AROUND, _LEAST_SLICE * slices + _AROUND, _HEIGHT - _AROUND


_LOOKS: dict[str, Callable[[dict[str, Any]], tuple[int, int, int]]] = {
    "parallel": _parallel,
    "importance": _importance,
    "slice": _slice,
    "rungs": _rungs,
}
"""View -> what readies its figure for the page and gives its width, least width and height."""
