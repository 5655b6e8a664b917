"""JSON of published files: what cannot be read, or would lose something, is refused in one line."""

import json
from pathlib import Path
from typing import Any

from regen.errors import UserError
from regen.tasks.lines import read_lines


def parse_object(path: Path, number: int, line: str) -> dict[str, Any]:
    """Parse a line that is one object.

    Args:
        path: The file.
        number: Number of the line, from 1 on.
        line: The line.

    Raises:
        UserError: It is no JSON object, or has a key twice.
    """
    item = _parse(path, number, line, "expected one object a line")
    if not isinstance(item, dict):
        raise UserError(f"{path}:{number}: found a {type(item).__name__}, expected a JSON object")
    return item


def read_json(path: Path, encoding: str) -> Any:
    """Read a file that is one JSON value.

    Args:
        path: The file.
        encoding: Its encoding.

    Raises:
        UserError: It is missing, not in the encoding, not JSON, or an object has a key twice.
    """
    return _parse(path, 1, "\n".join(line for _, line in read_lines(path, encoding)), "mend the file")


def _parse(path: Path, number: int, text: str, hint: str) -> Any:
    """Parse a text that begins at a line of a file."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"{path}:{number + error.lineno - 1}"
        raise UserError(f"{where}: not JSON at column {error.colno}: {error.msg}; {hint}") from None
    except _TwiceError as error:
        raise UserError(f"{path}:{number}: an object has the key {error} twice, expected it once; mend it") from None
    except (ValueError, RecursionError):
        what = "found a number of thousands of digits, or brackets nested as deep"
        raise UserError(f"{path}:{number}: {what}; {hint}") from None


class _TwiceError(Exception):
    """A key stands twice in an object: one of its values would be lost."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(repr(next(key for key in keys if keys.count(key) > 1)))
    return found
