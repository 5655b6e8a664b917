"""Which of two cells stands before the other."""

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]


def is_floor(record: Record) -> bool:
    """Say whether a record is of the majority baseline."""
    return bool(record["config"]["estimator"] == "majority")


def place(record: Record, split: str) -> tuple[float, bool, str]:
    """Give what sorts cells of a task by their score on a split, the best first and those without a score last.

    Of equal scores the majority baseline's comes first: what is no better learnt nothing that counts, and must not
    stand as the best. Then names decide.
    """
    scores = record["scores"].get(split)
    return (-scores["mean"] if scores else 1.0, not is_floor(record), str(record["cell"]))
