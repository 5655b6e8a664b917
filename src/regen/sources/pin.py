"""Write the hashes that were seen into a task's or encoder's YAML file."""

import re
import shutil
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from regen.errors import UserError
from regen.io.atomic import replacing
from regen.sources.unavailable import one_line

_EMPTY = r"""["']?{key}["']?\s*:[ \t]*(?:null|Null|NULL|~)?(?=[\s,}}]|$)"""

_ANY = r"""["']?{key}["']?\s*:[ \t]*[^\s,}}#]*"""

_Edit = tuple[int, int, str, str]
"""Line, column, pattern of what stands there, and what shall stand there instead."""


def pin(
    yaml_path: Path, hashes: Mapping[str, str], sizes: Mapping[str, int] | None = None, replace: bool = False
) -> list[str]:
    """Fill in ``sha256`` (and ``bytes``) of the file's entries where they are null or missing.

    Only those places change: ruamel.yaml says where they are, and the rest of the text stays as it is to the byte.

    Args:
        yaml_path: A file of one top-level key that holds ``files``, a list of entries with ``name``.
        hashes: File name -> sha256.
        sizes: File name -> bytes, where they shall be written too.
        replace: Also write over other values.

    Returns:
        Names of the files whose entries changed.

    Raises:
        UserError: The YAML file cannot be read or written, has no such entry, or states another hash or size.
    """
    path = yaml_path.resolve()
    text = _read(path)
    entries = _entries(path, text)
    edits: dict[str, list[_Edit]] = {}
    for name, sha256 in hashes.items():
        if name not in entries:
            raise UserError(f"{path}: files: no entry named {name}; there are {', '.join(entries)}")
        seen = {"sha256": sha256, "bytes": (sizes or {}).get(name)}
        if replace:
            missing = {key: value for key, value in seen.items() if value not in (None, entries[name].get(key))}
        else:
            missing = _missing(f"{path}: files: {name}", entries[name], seen)
        pattern = _ANY if replace else _EMPTY
        edits[name] = [_edit(entries[name], key, value, pattern) for key, value in missing.items()]
        entries[name].update(missing)
    changed = [name for name in edits if edits[name]]
    if changed:
        _replace(path, _apply(text, [edit for name in changed for edit in edits[name]]), entries)
    return changed


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(one_line(f"{path}: cannot be read: {error}")) from error


def _entries(path: Path, text: str) -> dict[str, CommentedMap]:
    try:
        (content,) = YAML().load(text).values()
        return {str(entry["name"]): entry for entry in content["files"]}
    except YAMLError as error:
        raise UserError(one_line(f"{path}: not valid YAML: {error}", 400)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{path}: expected one top-level key that holds 'files', a list of entries with 'name'"
        ) from error


def _missing(where: str, entry: CommentedMap, seen: Mapping[str, str | int | None]) -> dict[str, str | int]:
    """What was seen and the entry does not state yet."""
    for key, value in seen.items():
        if value is not None and entry.get(key) not in (None, value):
            raise UserError(
                f"{where}: its {key} is {entry[key]}, but the file at hand has {value}; "
                f"if the published file changed for good, set {key} to null and pin again"
            )
    return {key: value for key, value in seen.items() if value is not None and entry.get(key) is None}


def _edit(entry: CommentedMap, key: str, value: str | int, pattern: str) -> _Edit:
    """Replace the key's value, or put key and value before the entry's last key."""
    places: dict[str, Any] = entry.lc.data
    if key in places:
        line, column = places[key][:2]
        return line, column, pattern.format(key=key), f"{key}: {value}"
    line, column = places[list(places)[-1]][:2]
    gap = ", " if entry.fa.flow_style() else "\n" + " " * column
    return line, column, "", f"{key}: {value}{gap}"


def _apply(text: str, edits: Sequence[_Edit]) -> str:
    lines = text.split("\n")
    for line, column, pattern, new in sorted(edits, key=itemgetter(0, 1))[::-1]:
        if old := re.compile(pattern).match(lines[line], column):
            lines[line] = lines[line][:column] + new + lines[line][old.end() :]
    return "\n".join(lines)


def _replace(path: Path, text: str, expected: Mapping[str, CommentedMap]) -> None:
    """Write the new text, but only if it reads as it should."""
    if _entries(path, text) != expected:
        hashes = ", ".join(f"{name}: {entry['sha256']}" for name, entry in expected.items())
        raise UserError(
            f"{path}: its entries are written in a way that cannot be edited; fill them in by hand: {hashes}"
        )
    with replacing(path) as new:
        new.write_bytes(text.encode())
        shutil.copymode(path, new)
