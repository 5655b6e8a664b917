"""Reader of CoNLL column files (CoNLL-2000, -2002, -2003 and their relatives).

One token a line, columns parted by blanks or tabs, a blank line after each sentence. A line whose first column is
``-DOCSTART-`` begins a document in every spelling that is about (``-DOCSTART- -X- O O``, ``-DOCSTART- -X- -X- O``,
``-DOCSTART- O``, with or without a blank line after it) and is never a token.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.scoring.spans import extract_spans, spans_to_iob2
from regen.tasks.lines import check_width, read_lines
from regen.tasks.reading import Reading

_DOCSTART = "-DOCSTART-"
_COLUMN_BREAK = re.compile(r"[ \t]+")  # not str.split(): tokens may hold other white space, such as U+00A0

Row = tuple[int, list[str]]


def read_conll_columns(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the 0-based number of each column; ``tags`` are turned from ``scheme`` into IOB2.
        split: Name of the split; sentences are numbered ``<split>-0`` and on.

    Returns:
        Rows with ``id``, ``document`` (0-based, 0 where the file has no documents) and one list per field. Where the
        split's labels are hidden, the file needs no column for ``tags``, and they are ``None`` in every row.

    Raises:
        UserError: A line has another number of columns than the first one, or a tag that the task does not know.
    """
    reading, spec = Reading(), read.splits[split]
    fields = {name: int(column) for name, column in read.fields.items() if spec.labelled or name != "tags"}
    for number, (document, sentence) in enumerate(_sentences(path, 1 + max(fields.values()), read.encoding)):
        if not spec.takes(number):
            continue
        row: dict[str, Any] = {"id": f"{split}-{number}", "document": document}
        for name in read.fields:
            row[name] = [columns[fields[name]] for _, columns in sentence] if name in fields else None
        if spec.labelled:
            lines = [line for line, _ in sentence]
            _check_tags(path, lines, row["tags"], read.labels)
            tags = spans_to_iob2(extract_spans(row["tags"]), len(sentence))
            irregular = _irregular(row["tags"], tags, read.scheme)
            if irregular:
                reading.irregular_tags += irregular
                reading.odd["irregular_tags"].append(row["id"])
            row["tags"] = tags
        reading.rows.append(row)
    return reading


def _sentences(path: Path, needed: int, encoding: str) -> Iterator[tuple[int, list[Row]]]:
    """Yield (document, [(line number, columns), …]); documents without a sentence are not counted."""
    sentence: list[Row] = []
    document, width, empty = 0, 0, True
    for number, line in read_lines(path, encoding):
        columns = _COLUMN_BREAK.split(line.strip(" \t"))
        if columns[0] in ("", _DOCSTART):
            if sentence:
                yield document, sentence
                sentence, empty = [], False
            if columns[0] == _DOCSTART and not empty:
                document, empty = document + 1, True
            continue
        width = width or len(columns)
        check_width(f"{path}:{number}", len(columns), width, needed)
        sentence.append((number, columns))
    if sentence:
        yield document, sentence


def _check_tags(path: Path, lines: list[int], tags: list[str], labels: tuple[str, ...]) -> None:
    for number, tag in zip(lines, tags, strict=True):
        prefix, _, kind = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or kind not in labels):
            raise UserError(
                f"{path}:{number}: found tag {tag!r}, expected O, B-x or I-x with x among {', '.join(labels)}; "
                "mend the line where the file comes from, the task's 'labels', or its column of 'tags'"
            )


def _irregular(found: list[str], iob2: list[str], scheme: str | None) -> int:
    """Count the tags that the file's scheme would write otherwise."""
    if scheme == "iob2":
        return sum(a != b for a, b in zip(found, iob2, strict=True))
    before = ["O", *iob2]
    iob1 = [
        f"I-{tag[2:]}" if tag.startswith("B-") and previous[2:] != tag[2:] else tag
        for previous, tag in zip(before, iob2, strict=False)
    ]
    return sum(a != b for a, b in zip(found, iob1, strict=True))
