"""Ids and answers in a file that somebody wants to hand in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regen.config.submission import SubmissionSpec
from regen.errors import UserError
from regen.submissions.mistakes import Mistakes
from regen.tasks.lines import read_lines

_LONGEST = 60


@dataclass(frozen=True)
class Entry:
    """What a file says of one example.

    Attributes:
        place: Number of the line, or the id where the file is one object.
        id: The id as a string; ``None`` where there is none.
        answer: The answer, of any type.
        answered: Whether there is one.
    """

    place: int | str
    id: str | None
    answer: Any
    answered: bool = True


def read_entries(path: Path, spec: SubmissionSpec, mistakes: Mistakes) -> list[Entry]:
    """Read a file, and note where it breaks its form.

    Args:
        path: The file.
        spec: What the board expects.
        mistakes: Takes what is wrong.

    Raises:
        UserError: The file is missing or not UTF-8, or not JSON where it has to be one object.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    return _object(path) if spec.form == "object" else list(_lines(path, spec, mistakes))


def shown(value: Any) -> str:
    """Give a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _object(path: Path) -> list[Entry]:
    text = "\n".join(line for _, line in read_lines(path))
    try:
        pairs = json.loads(text, object_pairs_hook=list)  # a dict would hide that an id comes twice
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path}:{error.lineno}: not JSON at column {error.colno}: {error.msg}; expected one object, id to answer"
        ) from None
    if not text.lstrip().startswith("{"):
        raise UserError(f"{path}: found {shown(pairs)}, expected one object, id to answer")
    return [Entry(key, key, value) for key, value in pairs]


def _lines(path: Path, spec: SubmissionSpec, mistakes: Mistakes) -> Iterator[Entry]:
    for number, line in read_lines(path):
        if not line.strip():
            mistakes.add("empty", number, "found an empty line, expected a JSON object on each")
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            mistakes.add("json", number, f"not JSON at column {error.colno}: {error.msg}; expected an object a line")
            continue
        if not isinstance(item, dict):
            mistakes.add("object", number, f"found {shown(item)}, expected an object, {_example(spec)}")
            continue
        _check_fields(item, number, spec, mistakes)
        yield Entry(number, _id(item, number, spec, mistakes), item.get(spec.key), spec.key in item)


def _check_fields(item: dict[str, Any], number: int, spec: SubmissionSpec, mistakes: Mistakes) -> None:
    wanted = ("id", spec.key)
    for key in wanted:
        if key not in item:
            found = ", ".join(item) or "none"
            mistakes.add(f"no {key}", number, f"field '{key}' is missing, found {found}; expected {_example(spec)}")
    extra = [key for key in item if key not in wanted]
    if extra:
        mistakes.add("extra", number, f"found the field '{extra[0]}', expected only {' and '.join(wanted)}")


def _id(item: dict[str, Any], number: int, spec: SubmissionSpec, mistakes: Mistakes) -> str | None:
    """Give the id as a string; one of the wrong type is known all the same, so that it is one mistake and not two."""
    value = item.get("id")
    if "id" not in item:
        return None
    expected = str if spec.id == "string" else int
    if type(value) is not expected:
        kind = "a string" if expected is str else "a whole number"
        mistakes.add("type of id", number, f"found the id {shown(value)}, expected {kind}")
    return str(value) if type(value) in (int, str) else None


def _example(spec: SubmissionSpec) -> str:
    number = '"0"' if spec.id == "string" else "0"
    return f'{{"id": {number}, "{spec.key}": …}}'
