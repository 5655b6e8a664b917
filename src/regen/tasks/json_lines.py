"""Reader of JSON lines (the form of CLUE's and FewCLUE's files): one object a line."""

import json
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.lines import read_lines
from regen.tasks.reading import Reading, add_labelled


def read_json_lines(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the key of each column. ``id`` may be among them; rows are numbered ``<split>-0`` otherwise.
        split: Name of the split. Where its labels are hidden, ``label`` is ``None`` in every row.

    Returns:
        Rows with ``id`` and one string per field. Labels are strings, whether the file has "102" or 102.

    Raises:
        UserError: A line is not a JSON object, lacks a key, has an unknown label, or repeats an id.
    """
    reading, spec = Reading(), read.splits[split]
    for number, line in read_lines(path, read.encoding):
        if not line.strip() or not spec.takes(number - 1):
            continue
        where = f"{path}:{number}"
        item = parse_object(where, line)
        row: dict[str, Any] = {"id": f"{split}-{number - 1}"}
        for name, key in read.fields.items():
            row[name] = None if name == "label" and not spec.labelled else string_value(where, item, str(key), name)
        add_labelled(reading, where, row, read)
    return reading


def parse_object(where: str, line: str) -> dict[str, Any]:
    """Parse one line.

    Args:
        where: File and line.
        line: The line.

    Raises:
        UserError: It is no JSON object.
    """
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: not JSON at column {error.colno}: {error.msg}; expected one object a line") from None
    if not isinstance(item, dict):
        raise UserError(f"{where}: found a {type(item).__name__}, expected a JSON object")
    return item


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
    if key not in item:
        raise UserError(f"{where}: key '{key}' is missing (for '{name}'), found {', '.join(item)}")
    value = item[key]
    allowed = (str, int) if name in ("id", "label") else (str,)
    if not isinstance(value, allowed) or isinstance(value, bool):
        raise UserError(f"{where}: '{key}' is {json.dumps(value, ensure_ascii=False)}, expected text")
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise UserError(f"{where}: '{key}' holds {half}, half of a surrogate pair; expected whole characters") from None
    return text
