"""Figures of records, for Kedro-Viz and the report."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_CLASSES = 30
"""Confusion matrices show this many of the most frequent gold classes at the most."""


def confusion_figure(record: Mapping[str, Any]) -> "go.Figure":
    """Draw the confusion matrix of the first repeat on dev.

    For tagging, rows and columns are span types with the same boundaries; ``∅`` stands for no such span. Where answers
    have no labels, the figure is empty.
    """
    import plotly.graph_objects as go  # here, since Kedro imports this module when it starts

    rows = record["scores"]["dev"]["repeats"][0].get("confusion", [])
    names = _names(rows)
    index = {name: i for i, name in enumerate(names)}
    cells = [[0] * len(names) for _ in names]
    for gold, predicted, count in rows:
        if gold in index and predicted in index:
            cells[index[gold]][index[predicted]] = count
    figure = go.Figure(go.Heatmap(z=cells, x=names, y=names, text=cells, texttemplate="%{text}", colorscale="Blues"))
    figure.update_layout(
        title=f"{record['cell']} on dev: gold against predicted",
        xaxis_title="predicted",
        yaxis={"title": "gold", "autorange": "reversed"},
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category")
    return figure


def _names(rows: Sequence[Sequence[Any]]) -> list[str]:
    totals: dict[str, int] = {}
    for gold, predicted, count in rows:
        totals[gold] = totals.get(gold, 0) + count
        totals.setdefault(predicted, 0)
    kept = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_CLASSES]
    return sorted(kept, key=lambda name: (name == "∅", name))


def comparison_figure(records: Sequence[Mapping[str, Any]]) -> "go.Figure":
    """Draw the official metric of a task's cells with intervals, one colour per split."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for split in dict.fromkeys(split for record in records for split in record["scores"]):
        scored = [record for record in records if split in record["scores"]]
        means = [100 * record["scores"][split]["mean"] for record in scored]
        bounds = [record["scores"][split]["interval"] for record in scored]
        figure.add_bar(
            name=split,
            x=[record["recipe"] for record in scored],
            y=means,
            text=[f"{mean:.2f}" for mean in means],
            error_y={
                "type": "data",
                "array": [100 * bound["high"] - mean for bound, mean in zip(bounds, means, strict=True)],
                "arrayminus": [mean - 100 * bound["low"] for bound, mean in zip(bounds, means, strict=True)],
            },
        )
    metric = records[0]["metric"] if records else ""
    figure.update_layout(
        title=f"{records[0]['task'] if records else ''}: {metric} × 100 with interval", barmode="group"
    )
    return figure
