"""What the project knows now of texts that tasks share, in records that may be older."""

from collections.abc import Iterable, Mapping
from typing import Any


def with_overlaps(records: Iterable[Mapping[str, Any]], overlaps: Mapping[str, Mapping[str, str]]) -> list[Any]:
    """Let the cards of records say what both sides declare: a task's own card has what the task itself declares.

    Args:
        records: Any records.
        overlaps: Task -> task that it shares texts with -> what is known of them.

    Returns:
        The records in their order; those of tasks that share nothing stay as they are.
    """
    return [
        {**record, "card": {**record["card"], "overlaps_with": overlaps[record["task"]]}}
        if record["task"] in overlaps
        else record
        for record in records
    ]
