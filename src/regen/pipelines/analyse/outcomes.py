"""The node of the stage ``analyse`` that counts what each repeat got right.

A module of its own: how errors are counted changes no outcome.
"""

from typing import Any


def count_outcomes(predictions: Any, record: dict[str, Any]) -> Any:
    """Count what each repeat got right on each document or example, so that cells can be compared in pairs.

    Args:
        predictions: What ``predict`` gave.
        record: The cell's record.

    Returns:
        The table of outcomes; no text of the data.
    """
    from regen.records.outcomes import outcome_table

    return outcome_table(record, predictions)
