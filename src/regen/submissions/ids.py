"""Ids of examples, as a submission file has them."""

import re

import pandas as pd

from regen.config.submission import SubmissionSpec
from regen.errors import UserError


def submission_ids(task: str, split: str, spec: SubmissionSpec, examples: pd.DataFrame) -> list[int] | list[str]:
    """Give the ids of all examples of a split, in the order of the test file.

    Args:
        task: Name of the task.
        split: Name of the split.
        spec: Its file.
        examples: The split's examples, which have an ``id``.

    Raises:
        UserError: The ids of the test file were not read, or are no numbers.
    """
    if spec.id == "row" and spec.form == "lines":
        return list(range(len(examples)))
    ids = [str(value) for value in examples["id"]]
    where = f"task {task}: submission.{split}"
    if re.fullmatch(rf"{split}-\d+", ids[0]):  # the name that a reader gives to a row without an id
        raise UserError(
            f"{where}: the examples have no ids of their own, found {ids[0]!r}; name 'id' in the task's 'read.fields', "
            "or number the lines with 'id: row'"
        )
    if spec.id == "string" or spec.form == "object":
        return ids
    odd = next((value for value in ids if not re.fullmatch(r"0|[1-9]\d*", value)), None)
    if odd is not None:
        raise UserError(f"{where}.id: found the id {odd!r}, expected whole numbers; say 'id: string'")
    return [int(value) for value in ids]
