"""Reader of texts with typed spans in JSON lines (the form of CLUENER2020).

One object a line; the value of the tags' key is ``{type: {mention: [[start, end], …]}}`` with offsets in characters,
the end inclusive. Every character of the text is a token. Tags hold no two spans of one character: of spans that
overlap, the longest stays, the first of equally long ones.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.scoring.spans import Span, spans_to_iob2
from regen.tasks.json_lines import string_value
from regen.tasks.json_text import parse_object
from regen.tasks.lines import read_lines
from regen.tasks.reading import Reading, add_row

_PAIR = 2
_FORM = "{type: {mention: [[start, end], …]}}"


def read_json_spans(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the key of the text (``tokens``) and of the spans (``tags``). ``id`` may be among them; rows
            are numbered ``<split>-0`` otherwise.
        split: Name of the split. Where its labels are hidden, ``tags`` is ``None`` in every row.

    Returns:
        Rows with ``id``, ``document`` (always 0: the format has no documents), ``tokens`` and ``tags``.

    Raises:
        UserError: A line is not a JSON object, lacks a key, has an empty text or an unknown type, has a type
            without mentions or a mention without places, or has a span that lies outside of the text or does not match
            its mention.
    """
    reading, spec = Reading(), read.splits[split]
    for number, line in read_lines(path, read.encoding):
        if not line.strip() or not spec.takes(number - 1):
            continue
        where = f"{path}:{number}"
        item = parse_object(path, number, line)
        text = string_value(where, item, str(read.fields["tokens"]), "tokens")
        if not text:
            raise UserError(f"{where}: '{read.fields['tokens']}' is empty, expected text; mend the line")
        row: dict[str, Any] = {"id": f"{split}-{number - 1}", "document": 0, "tokens": list(text), "tags": None}
        if "id" in read.fields:
            row["id"] = string_value(where, item, str(read.fields["id"]), "id")
        if spec.labelled:
            spans = list(_spans(where, text, item, str(read.fields["tags"]), read.labels))
            kept = _apart(spans)
            if len(kept) < len(spans):
                reading.overlapping_spans += len(spans) - len(kept)
                reading.odd["overlapping_spans"].append(row["id"])
            row["tags"] = spans_to_iob2(kept, len(text))
        add_row(reading, where, row)
    return reading


def _spans(where: str, text: str, item: dict[str, Any], key: str, labels: tuple[str, ...]) -> Iterator[Span]:
    if key not in item:
        raise UserError(f"{where}: key '{key}' is missing (for 'tags'), found {', '.join(item)}")
    for kind, mentions in _object(where, key, item[key]).items():
        if kind not in labels:
            raise UserError(
                f"{where}: found type {kind!r}, expected one of {', '.join(labels)}; mend the line or the task's "
                "'labels'"
            )
        found = _object(where, key, mentions)
        if not found:
            raise UserError(f"{where}: type {kind!r} has no mentions, expected some; mend the line or drop the type")
        for mention, places in found.items():
            if places == []:
                raise UserError(
                    f"{where}: {mention!r} (type {kind}) stands nowhere, expected its places, [[start, end], …]; "
                    "mend the line or drop the mention"
                )
            for place in places if isinstance(places, list) else [places]:
                yield _span(where, text, kind, mention, place)


def _object(where: str, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        found = json.dumps(value, ensure_ascii=False)
        raise UserError(f"{where}: '{key}' holds {found}, expected the form {_FORM}; mend the line")
    return value


def _span(where: str, text: str, kind: str, mention: str, place: Any) -> Span:
    found = f"{where}: found {json.dumps(place)} for {mention!r} (type {kind})"
    if not (isinstance(place, list) and len(place) == _PAIR and all(type(offset) is int for offset in place)):
        raise UserError(f"{found}, expected [start, end] in characters, the end inclusive; mend the line")
    start, end = place
    if not 0 <= start <= end < len(text):
        raise UserError(
            f"{found}, expected offsets from 0 to {len(text) - 1} with the start first, as the text has {len(text)} "
            "characters; mend the line"
        )
    if text[start : end + 1] != mention:
        raise UserError(
            f"{found}, expected a place where the text has this mention; it has {text[start : end + 1]!r} there; "
            "mend the line (the end is inclusive)"
        )
    return Span(start, end + 1, kind)


def _apart(spans: list[Span]) -> list[Span]:
    """Give the spans that stay, in the order of the text."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)
