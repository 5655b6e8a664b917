"""Reader of texts with blanks and candidates for them in JSON lines (the two forms of ChID).

CLUE: ``{"content": [text, …], "candidates": [idiom, …]}``, with numbered blanks ``#idiom000000#`` that share the
candidates; the answers are one object ``{blank: number of the candidate}`` in a file of their own.
FewCLUE: ``{"content": text, "candidates": [idiom, …], "answer": number}`` with one blank ``#idiom#``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.marks import GAP, OTHER_GAP
from regen.tasks.choices import add_choices, choice_list, text_list
from regen.tasks.json_lines import string_value
from regen.tasks.json_text import parse_object, read_json
from regen.tasks.lines import read_lines
from regen.tasks.reading import Reading

_BLANK, _NUMBERED = re.compile(r"#idiom\d*#"), re.compile(r"#idiom\d+#")


def read_json_blanks(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split: a row for each blank.

    Args:
        path: The file.
        read: Fields give the key of the text (``context``), of the candidates (``choices``) and, where the answers are
            in the same file, of the answer (``label``). ``id`` may be among them.
        split: Name of the split. Where its labels are hidden, ``label`` is ``None`` in every row.

    Returns:
        Rows with ``id`` (a numbered blank; else the line's id, or ``<split>-0``), ``document`` (number of the line),
        ``context`` (one text: the blank reads ``#idiom#``, other blanks ``#other#``), ``choices`` and ``label``. Of
        numbered blanks also ``group``, the number of the line: a candidate is right for at most one blank of a group.

    Raises:
        UserError: A line is not a JSON object, lacks a key, has no blank or several without numbers; an answer is
            missing, or no number of a candidate, or is one to a blank that no passage has.
    """
    reading, spec = Reading(), read.splits[split]
    answers = _answers(path.with_name(spec.answers), read.encoding) if spec.answers else None
    asked: set[str] = set()
    for number, line in read_lines(path, read.encoding):
        if not line.strip() or (answers is None and not spec.takes(number - 1)):
            continue
        where = f"{path}:{number}"
        item = parse_object(path, number, line)
        choices = choice_list(where, item, str(read.fields["choices"]))
        blanks = list(_blanks(where, item, str(read.fields["context"])))
        asked.update(blank for blank, _ in blanks)
        if not spec.takes(number - 1):
            continue
        for blank, context in blanks:
            row: dict[str, Any] = {"id": blank, "document": number - 1, "context": context, "choices": choices}
            if blank == GAP:
                row["id"] = f"{split}-{number - 1}"
                if "id" in read.fields:
                    row["id"] = string_value(where, item, str(read.fields["id"]), "id")
            else:
                row["group"] = number - 1
            row["label"] = None
            if spec.labelled:
                row["label"] = _answer(where, blank, item, answers, read, len(choices))
            add_choices(reading, where, row, read)
    _refuse_unasked(path, spec.answers, answers or {}, asked)
    return reading


def _refuse_unasked(path: Path, name: str | None, answers: Mapping[str, Any], asked: set[str]) -> None:
    """Refuse an answer to a blank that no passage has: a passage is lost, or the files do not belong together."""
    unasked = next((blank for blank in answers if blank not in asked), None)
    if name is not None and unasked is not None:
        found = json.dumps(unasked, ensure_ascii=False)
        text = f"found an answer for {found:.60}, which no passage of {path.name} has"
        raise UserError(f"{path.with_name(name)}: {text}; mend the files")


def _blanks(where: str, item: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """Yield (blank, its text) of a line."""
    if key not in item:
        raise UserError(f"{where}: key '{key}' is missing (for 'context'), found {', '.join(item)}")
    texts = text_list(where, key, [item[key]] if isinstance(item[key], str) else item[key])
    found = [blank for text in texts for blank in _BLANK.findall(text)]
    if not found or (GAP in found and len(found) > 1):
        told = ", ".join(found) or "none"
        raise UserError(f"{where}: found the blanks {told}, expected one {GAP}, or some with numbers; mend the line")
    for text in texts:
        for blank in _BLANK.findall(text):
            yield blank, _NUMBERED.sub(OTHER_GAP, text.replace(blank, GAP))


def _answers(file: Path, encoding: str) -> dict[str, Any]:
    answers = read_json(file, encoding)
    if not isinstance(answers, dict):
        raise UserError(f"{file}: found a {type(answers).__name__}, expected one object of blanks and answers")
    return answers


def _answer(
    where: str, blank: str, item: dict[str, Any], answers: Mapping[str, Any] | None, read: ReadSpec, count: int
) -> str:
    if answers is None:
        key = str(read.fields["label"])
        if key not in item:
            raise UserError(f"{where}: key '{key}' is missing (for 'label'), found {', '.join(item)}")
        answer = item[key]
    elif blank not in answers:
        raise UserError(f"{where}: blank {blank} has no answer, expected one in the split's 'answers'; mend the files")
    else:
        answer = answers[blank]
    if type(answer) is not int or not 0 <= answer < count:
        found = json.dumps(answer, ensure_ascii=False)
        raise UserError(
            f"{where}: blank {blank} has the answer {found}, expected the number of a candidate, 0 to {count - 1}"
        )
    return str(answer)
