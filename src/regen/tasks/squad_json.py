"""Reader of passages with questions in the JSON of SQuAD 1.1 (the form of CMRC 2018 and DRCD).

One object a file: ``{"data": [{"paragraphs": [{"context": …, "qas": [{"id": …, "question": …, "answers":
[{"text": …, "answer_start": …}]}]}]}]}``; starts are in characters.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.marks import NOWHERE
from regen.tasks.json_lines import string_value
from regen.tasks.json_text import read_json
from regen.tasks.reading import Reading, add_row

_MOST_SHIFT = 3  # repeat_limit in CLUE's baselines/models_pytorch/mrc_pytorch/preprocess/cmrc2018_preprocess.py


def read_squad_json(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    An answer that stands up to three characters before its ``answer_start`` gets the right one, as in CLUE's
    preprocessing; one that does not is kept as a text, with the start -1.

    Args:
        path: The file.
        read: Fields give the key of ``context`` in a passage, and of ``question`` and ``answers`` in a question. ``id``
            may be among them; rows are numbered ``<split>-0`` otherwise.
        split: Name of the split. Where its answers are hidden, ``answers`` and ``answer_start`` are ``None`` in every
            row, whatever the file has there (CMRC 2018: ``FAKE_ANSWER_1``).

    Returns:
        Rows with ``id``, ``document`` (number of the article, from 0 on), ``context``, ``question``, ``answers`` (list
        of texts) and ``answer_start`` (their first characters in the context).

    Raises:
        UserError: The file is not JSON of this form, a question has no answer or repeats an id.
    """
    reading, spec = Reading(), read.splits[split]
    for number, (where, document, passage, item) in enumerate(_questions(path, read.encoding)):
        if not spec.takes(number):
            continue
        row: dict[str, Any] = {"id": f"{split}-{number}", "document": document}
        for name, holder in (("id", item), ("context", passage), ("question", item)):
            if name in read.fields:
                row[name] = string_value(where, holder, str(read.fields[name]), name)
        row |= {"answers": None, "answer_start": None}
        if spec.labelled:
            found = [_answer(where, answer) for answer in _list(where, item, str(read.fields["answers"]))]
            if not found:
                raise UserError(f"{where}: '{read.fields['answers']}' is empty, expected one answer or more")
            row["answers"] = [text for text, _ in found]
            row["answer_start"] = [_place(row["context"], *answer) for answer in found]
            _count(reading, row, [start for _, start in found])
        add_row(reading, where, row)
    return reading


def _questions(path: Path, encoding: str) -> Iterator[tuple[str, int, dict[str, Any], dict[str, Any]]]:
    """Yield (file and place in it, number of the article, passage, question)."""
    content = read_json(path, encoding)
    for document, article in enumerate(_objects(f"{path}", content, "data")):
        place = f"{path}: data.{document}"
        for passage_number, passage in enumerate(_objects(place, article, "paragraphs")):
            inner = f"{place}.paragraphs.{passage_number}"
            for number, item in enumerate(_objects(inner, passage, "qas")):
                yield f"{inner}.qas.{number}", document, passage, item


def _objects(where: str, holder: Any, key: str) -> list[dict[str, Any]]:
    items = _list(where, holder, key)
    wrong = next((number for number, item in enumerate(items) if not isinstance(item, dict)), None)
    if wrong is not None:
        raise UserError(f"{where}.{key}.{wrong}: found {_short(items[wrong])}, expected an object")
    return items


def _list(where: str, holder: Any, key: str) -> list[Any]:
    if not isinstance(holder, dict) or key not in holder:
        found = ", ".join(holder) if isinstance(holder, dict) else _short(holder)
        raise UserError(f"{where}: key '{key}' is missing, found {found or 'none'}; expected the form of SQuAD 1.1")
    if not isinstance(holder[key], list):
        raise UserError(f"{where}: '{key}' is {_short(holder[key])}, expected a list; the form is that of SQuAD 1.1")
    items: list[Any] = holder[key]
    return items


def _answer(where: str, answer: Any) -> tuple[str, int]:
    if not isinstance(answer, dict):
        raise UserError(f"{where}: found {_short(answer)}, expected an answer with 'text' and 'answer_start'")
    text = string_value(where, answer, "text", "answers")
    start = answer.get("answer_start")
    if not text:
        raise UserError(f"{where}: an answer's 'text' is empty, expected text; mend the file")
    if type(start) is not int:
        raise UserError(f"{where}: an answer's 'answer_start' is {_short(start)}, expected a number of characters")
    return text, start


def _place(context: str, text: str, start: int) -> int:
    places = (start - shift for shift in range(_MOST_SHIFT + 1) if start >= shift)
    return next((place for place in places if context.startswith(text, place)), NOWHERE)


def _count(reading: Reading, row: dict[str, Any], starts: list[int]) -> None:
    """Count the answers that stand elsewhere than the file says."""
    unlocated = row["answer_start"].count(NOWHERE)
    shifted = sum(found not in (start, NOWHERE) for found, start in zip(row["answer_start"], starts, strict=True))
    reading.unlocated_answers += unlocated
    reading.shifted_answers += shifted
    if unlocated:
        reading.odd["unlocated_answers"].append(row["id"])
    if shifted:
        reading.odd["shifted_answers"].append(row["id"])


def _short(value: Any) -> str:
    """Write a value on one line, cut where it is long."""
    text, most = json.dumps(value, ensure_ascii=False), 60
    return text if len(text) <= most else f"{text[:most]}…"
