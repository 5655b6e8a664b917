"""Nodes of the stage ``gather``."""

from typing import Any

from regen.records.figures import comparison_figure
from regen.records.table import results_table


def gather(**outputs: Any) -> dict[str, Any]:
    """Put the cells of one task side by side.

    Args:
        outputs: ``<recipe>__record``, ``<recipe>__metrics``, ``<recipe>__confusion``, ``<recipe>__analysis`` of each
            cell.

    Returns:
        ``records`` and ``analyses`` (lists), ``results`` (a table) and ``comparison`` (a Plotly figure).
    """
    records = [value for name, value in outputs.items() if name.endswith("__record")]
    return {
        "records": records,
        "analyses": [value for name, value in outputs.items() if name.endswith("__analysis")],
        "results": results_table(records),
        "comparison": comparison_figure(records),
    }
