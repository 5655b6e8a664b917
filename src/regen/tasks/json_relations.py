"""Reader of entities and relations in SpERT's form: one JSON array of sentences a file.

A sentence: ``{"tokens": […], "entities": [{"type", "start", "end"}, …], "relations": [{"type", "head", "tail"}, …]}``:
``start`` and ``end`` count tokens, the end is exclusive; ``head`` and ``tail`` are places in the list of entities.
"""

import json
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.scoring.annotations import Relation
from regen.scoring.spans import Span
from regen.tasks.json_lines import string_value
from regen.tasks.json_text import read_json
from regen.tasks.reading import Reading, add_row
from regen.tasks.relations import relation_row

_KEYS: dict[str, dict[str, type]] = {
    "entities": {"type": str, "start": int, "end": int},
    "relations": {"type": str, "head": int, "tail": int},
}


def read_json_relations(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the keys of ``tokens``, ``entities`` and ``relations``. ``id`` may be among them; rows are
            numbered ``<split>-0`` otherwise.
        split: Name of the split. Where its labels are hidden, ``annotation`` is ``None`` in every row.

    Returns:
        Rows with ``id``, ``tokens`` and ``annotation``.

    Raises:
        UserError: The file is no JSON array of objects, or a sentence lacks a key, has another form, an unknown type, a
            span outside of it or spans that overlap, or repeats an id.
    """
    reading, spec = Reading(), read.splits[split]
    keys = {name: str(key) for name, key in read.fields.items()}
    for number, item in enumerate(_array(path, read.encoding)):
        if not spec.takes(number):
            continue
        where = f"{path}: sentence {number + 1}"
        if not isinstance(item, dict):
            raise UserError(f"{where}: found a {type(item).__name__}, expected a JSON object")
        tokens = _list(where, item, keys["tokens"])
        if not all(isinstance(token, str) for token in tokens):
            raise UserError(f"{where}: '{keys['tokens']}' holds something else than text; mend the file")
        name = string_value(where, item, keys["id"], "id") if "id" in keys else f"{split}-{number}"
        marked = None
        if spec.labelled:
            entities = [Span(*values) for values in _values(where, item, keys["entities"], "entities")]
            relations = [Relation(*values) for values in _values(where, item, keys["relations"], "relations")]
            marked = entities, relations
        add_row(reading, where, relation_row(where, name, tokens, marked, read))
    return reading


def _array(path: Path, encoding: str) -> list[Any]:
    items = read_json(path, encoding)
    if not isinstance(items, list):
        raise UserError(f"{path}: found a {type(items).__name__}, expected one JSON array of sentences")
    return items


def _list(where: str, item: dict[str, Any], key: str) -> list[Any]:
    if key not in item:
        raise UserError(f"{where}: key '{key}' is missing, found {', '.join(item)}")
    if not isinstance(item[key], list):
        raise UserError(f"{where}: '{key}' is {json.dumps(item[key], ensure_ascii=False)}, expected a list")
    values: list[Any] = item[key]
    return values


def _values(where: str, item: dict[str, Any], key: str, field: str) -> list[tuple[Any, Any, Any]]:
    """Give the two numbers and the type of each entity or relation."""
    kind, *numbers = _KEYS[field]
    for part in _list(where, item, key):
        whole = isinstance(part, dict) and all(type(part.get(name)) is wanted for name, wanted in _KEYS[field].items())
        if not whole:
            found = json.dumps(part, ensure_ascii=False)
            raise UserError(
                f"{where}: '{key}' holds {found}, expected {{{kind}: text, {': number, '.join(numbers)}: number}}; "
                "mend the file"
            )
    return [(part[numbers[0]], part[numbers[1]], part[kind]) for part in item[key]]
