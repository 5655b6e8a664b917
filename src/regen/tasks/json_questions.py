"""Reader of passages with questions in one JSON array (the form of C3).

An entry is ``[[line, …], [question, …], …]``: the lines of a passage or the turns of a dialogue, then questions as
``{"question": …, "choice": [text, …], "answer": text}``. What follows in an entry (C3: its id) is not read.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.choices import add_choices, choice_list, text_list
from regen.tasks.json_lines import string_value
from regen.tasks.json_text import read_json
from regen.tasks.reading import Reading

_FORM = "[[line, …], [question, …], …]"
_QUESTIONS = 1


def read_json_questions(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    The lines of a passage are joined with line feeds, as in CLUE's baseline (run_c3.py). An answer that several choices
    repeat is the last of them, as there.

    Args:
        path: The file, or the first of the split's files.
        read: Fields give the place of the passage in its entry (``context``) and the keys of the others.
        split: Name of the split; questions are numbered ``<split>-0`` and on, through all of its files. Where its
            labels are hidden, ``label`` is ``None`` in every row.

    Returns:
        Rows with ``id``, ``document`` (number of the passage), ``context``, ``question``, ``choices``, and ``label``:
        the number of the right choice.

    Raises:
        UserError: A file is no JSON array of such entries, or an answer is none of the choices.
    """
    reading, spec, number = Reading(), read.splits[split], 0
    for document, (where, context, questions) in enumerate(_passages(path, read, split)):
        for place, item in enumerate(questions, start=1):
            row = {"id": f"{split}-{number}", "document": document, "context": context}
            number += 1
            if spec.takes(document):
                at = f"{where}, question {place}"
                add_choices(reading, at, row | _question(at, item, read, spec.labelled), read)
    return reading


def _passages(path: Path, read: ReadSpec, split: str) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield (file and passage, text of the passage, its questions) of all files of a split."""
    place = int(read.fields["context"])
    for name in read.splits[split].questions:
        file = path.with_name(name)
        for number, entry in enumerate(_entries(file, read.encoding), start=1):
            where = f"{file}: passage {number}"
            if not isinstance(entry, list) or len(entry) <= max(_QUESTIONS, place):
                raise UserError(f"{where}: found {_short(entry)}, expected the form {_FORM}; mend the file")
            if not isinstance(entry[_QUESTIONS], list) or not entry[_QUESTIONS]:
                raise UserError(f"{where}: found {_short(entry[_QUESTIONS])} as its questions, expected a list of some")
            yield where, "\n".join(text_list(where, str(place), entry[place])), entry[_QUESTIONS]


def _entries(file: Path, encoding: str) -> list[Any]:
    entries = read_json(file, encoding)
    if not isinstance(entries, list):
        raise UserError(f"{file}: found a {type(entries).__name__}, expected one array of passages")
    return entries


def _short(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 40 else f"{told[:40]}…"  # noqa: PLR2004  # a glance is enough


def _question(where: str, item: Any, read: ReadSpec, labelled: bool) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise UserError(f"{where}: found {_short(item)}, expected an object; mend the file")
    keys = {name: str(read.fields[name]) for name in ("question", "choices", "label")}
    choices = choice_list(where, item, keys["choices"])
    row = {"question": string_value(where, item, keys["question"], "question"), "choices": choices, "label": None}
    if labelled:
        answer = string_value(where, item, keys["label"], "answer")
        right = [number for number, choice in enumerate(choices) if choice == answer]
        if not right:
            raise UserError(f"{where}: found answer {answer!r}, expected one of its choices; mend the file")
        row["label"] = str(right[-1])
    return row
