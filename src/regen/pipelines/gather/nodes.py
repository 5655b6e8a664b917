"""Nodes of the stage ``gather``."""

from typing import Any

from regen.config.statistics import StatisticsConfig
from regen.records.figures import comparison_figure
from regen.records.table import results_table


def gather(statistics: StatisticsConfig, **outputs: Any) -> dict[str, Any]:
    """Put the cells of one task side by side.

    Args:
        statistics: How intervals are made.
        outputs: ``<recipe>__record``, ``<recipe>__metrics``, ``<recipe>__confusion``, ``<recipe>__outcomes``,
            ``<recipe>__analysis`` of each cell.

    Returns:
        ``records`` and ``analyses`` (lists), ``standing`` (how the cells compare), ``results`` (a table) and
        ``comparison`` (a Plotly figure).
    """
    from regen.records.standing import task_standing

    records = [value for name, value in outputs.items() if name.endswith("__record")]
    outcomes = {record["cell"]: outputs[f"{record['recipe']}__outcomes"] for record in records}
    return {
        "records": records,
        "analyses": [value for name, value in outputs.items() if name.endswith("__analysis")],
        "standing": task_standing(records, outcomes, statistics),
        "results": results_table(records),
        "comparison": comparison_figure(records),
    }
