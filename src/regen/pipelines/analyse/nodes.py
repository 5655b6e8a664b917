"""The node of the stage ``analyse`` that counts errors.

Tables are hinted as ``Any``, and libraries that take long to import are imported inside the function: Kedro resolves
every hint of a node, and imports this module whenever it starts.
"""

from typing import Any

from regen.config.statistics import StatisticsConfig


def analyse(
    predictions: Any, record: dict[str, Any], card: dict[str, Any], statistics: StatisticsConfig, **splits: Any
) -> dict[str, Any]:
    """Count errors by kind and by group, and compare confidence with accuracy.

    Args:
        predictions: What ``predict`` gave.
        record: The cell's record; it holds the effective config, so that no estimator is looked at here.
        card: The task's data card.
        statistics: How intervals are made.
        splits: Train and each split with public labels -> examples.

    Returns:
        The analysis; no text of the data.
    """
    from regen.analysis.cell import analyse_cell

    return analyse_cell(record, card, predictions, splits, statistics)
