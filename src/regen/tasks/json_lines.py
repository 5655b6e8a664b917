"""Reader of JSON lines (the form of CLUE's and FewCLUE's files): one object a line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.coreference import SPAN_COLUMNS, check_spans
from regen.tasks.json_text import parse_object
from regen.tasks.lines import read_lines
from regen.tasks.reading import Reading, add_labelled

_ReadValue = Callable[[str, dict[str, Any], str, str], Any]
"""From file and line, the object of the line, a key in it and the column of the examples, to what the column holds."""


def read_json_lines(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the key of each column; ``target.span1_text`` is a key of the object ``target``. ``id`` may
            be among them; rows are numbered ``<split>-0`` otherwise.
        split: Name of the split. Where its labels are hidden, ``label`` is ``None`` in every row.

    Returns:
        Rows with ``id`` and one value per field: a number for starts of spans, a list of strings for ``keywords``, a
        string for all others. Labels are strings, whether the file has "102" or 102.

    Raises:
        UserError: A line is not a JSON object, lacks a key, has an unknown label or a span that does not stand where
            it says, or repeats an id.
    """
    reading, spec = Reading(), read.splits[split]
    for number, line in read_lines(path, read.encoding):
        if not line.strip() or not spec.takes(number - 1):
            continue
        where = f"{path}:{number}"
        item = parse_object(path, number, line)
        row: dict[str, Any] = {"id": f"{split}-{number - 1}"}
        for name, key in read.fields.items():
            read_value: _ReadValue = _VALUES.get(name, string_value)
            hidden = name == "label" and not spec.labelled
            row[name] = None if hidden else read_value(where, item, str(key), name)
        if row.keys() >= SPAN_COLUMNS:
            check_spans(where, row)
        add_labelled(reading, where, row, read)
    return reading


def string_value(where: str, item: dict[str, Any], key: str, name: str) -> str:
    """Give a field as a string; numbers stand for ids and labels in some files.

    Args:
        where: File and line.
        item: The object of the line.
        key: Key in it.
        name: Column of the examples.

    Raises:
        UserError: The key is missing, or its value is no text.
    """
    value = _value(where, item, key, name)
    allowed = (str, int) if name in ("id", "label") else (str,)
    if not isinstance(value, allowed) or isinstance(value, bool):
        raise UserError(f"{where}: '{key}' is {_written(value)}, expected text")
    return whole(where, key, str(value))


def _start(where: str, item: dict[str, Any], key: str, name: str) -> int:
    """Give where a span starts."""
    value = _value(where, item, key, name)
    if type(value) is not int or value < 0:
        raise UserError(f"{where}: '{key}' is {_written(value)}, expected a number of characters, from 0 on")
    return value


def _strings(where: str, item: dict[str, Any], key: str, name: str) -> list[str]:
    """Give a list of texts."""
    value = _value(where, item, key, name)
    if not (isinstance(value, list) and value and all(isinstance(text, str) and text for text in value)):
        raise UserError(f"{where}: '{key}' is {_written(value)}, expected a list of texts, none of them empty")
    return [whole(where, key, text) for text in value]


_VALUES: dict[str, _ReadValue] = {
    "span1_start": _start,
    "span2_start": _start,
    "keywords": _strings,
}
"""Column whose values are no strings -> what reads them."""


def _value(where: str, item: dict[str, Any], key: str, name: str) -> Any:
    """Look a key up, in the object itself or, behind a dot, in an object of it."""
    value: Any = item
    for part in [key] if key in item else key.split("."):
        if not isinstance(value, dict) or part not in value:
            found = ", ".join(value) if isinstance(value, dict) else _written(value)
            raise UserError(f"{where}: key '{key}' is missing (for '{name}'), found {found}")
        value = value[part]
    return value


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def whole(where: str, key: str, text: str) -> str:
    """Give a text as it is.

    Args:
        where: File and line.
        key: What holds it.
        text: The text.

    Raises:
        UserError: It holds half of a surrogate pair, which no file can be written with.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise UserError(f"{where}: '{key}' holds {half}, half of a surrogate pair; expected whole characters") from None
    return text
