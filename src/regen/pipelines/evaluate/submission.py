"""The node of the stage ``evaluate`` that writes submission files.

A module of its own: the stages of tasks without a board do not depend on it, nor do the code hashes of records.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.submission import SubmissionConfig


def submit(
    predictions: Any, record: dict[str, Any], submission: SubmissionConfig, **splits: Any
) -> Callable[[Path], None]:
    """Write the files that a board takes.

    Args:
        predictions: What ``predict`` gave.
        record: The cell's record; its scores on dev choose the repeat.
        submission: The task's files.
        splits: Hidden split -> examples.

    Returns:
        What fills the folder of the files.
    """
    from regen.submissions.write import write_files

    return partial(write_files, submission=submission, predictions=predictions, record=record, splits=splits)
