"""What the readers of multiple choice share."""

import json
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.json_lines import whole
from regen.tasks.reading import Reading, add_labelled

FEWEST, MOST = 2, 10
"""Choices of an example."""


def text_list(where: str, key: str, value: Any) -> list[str]:
    """Give a list of texts.

    Args:
        where: File and place.
        key: What holds the list.
        value: The list.

    Raises:
        UserError: It is no list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UserError(f"{where}: '{key}' is {json.dumps(value, ensure_ascii=False)}, expected a list of texts")
    return [whole(where, key, text) for text in value]


def add_choices(reading: Reading, where: str, row: dict[str, Any], read: ReadSpec) -> None:
    """Take a row with choices in, as :func:`add_labelled` does, and note where choices are equal.

    Args:
        reading: What takes it.
        where: File and place.
        row: The row.
        read: How the task's files are read.

    Raises:
        UserError: The label is unknown, or the id stands twice.
    """
    if len(set(row["choices"])) < len(row["choices"]):
        reading.odd["repeated_choices"].append(row["id"])
    add_labelled(reading, where, row, read)


def choice_list(where: str, item: dict[str, Any], key: str) -> list[str]:
    """Give the choices of an object.

    Args:
        where: File and place.
        item: The object.
        key: Key of its choices.

    Raises:
        UserError: The key is missing, or its value is no list of 2 to 10 texts.
    """
    if key not in item:
        raise UserError(f"{where}: key '{key}' is missing (for 'choices'), found {', '.join(item)}")
    choices = text_list(where, key, item[key])
    if not FEWEST <= len(choices) <= MOST:
        raise UserError(f"{where}: '{key}' holds {len(choices)} choices, expected {FEWEST} to {MOST}; mend the file")
    return choices
