"""What readers of entities and relations share: the checks, and the row that comes of them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.scoring.annotations import Relation, annotation_text
from regen.scoring.spans import Span


def relation_row(
    where: str,
    name: str,
    tokens: list[str],
    marked: tuple[Sequence[Span], Sequence[Relation]] | None,
    read: ReadSpec,
) -> dict[str, Any]:
    """Make a row with ``id``, ``tokens`` and ``annotation``.

    Args:
        where: File and place in it.
        name: Id of the sentence.
        tokens: Its tokens.
        marked: Its entities, and relations between their places in that list; ``None`` where they are hidden.
        read: How the task's files are read.

    Raises:
        UserError: There is no token, a type is unknown, a span lies outside of the sentence or overlaps another one, or
            a relation does not hold between two entities.
    """
    if not tokens:
        raise UserError(f"{where}: found no token, expected at least one; mend the file")
    for token in tokens:
        if not token.isascii():
            _check_whole(where, token)
    if marked is None:
        return {"id": name, "tokens": tokens, "annotation": None}
    entities, relations = marked
    _check_entities(where, len(tokens), entities, read.entity_types)
    for head, tail, kind in relations:
        _check_type(where, kind, read.labels, "labels")
        if not (0 <= head < len(entities) and 0 <= tail < len(entities)) or head == tail:
            raise UserError(
                f"{where}: found relation {kind} from entity {head} to {tail}, expected two different ones of "
                f"{len(entities)}, counted from 0; mend the file"
            )
    return {"id": name, "tokens": tokens, "annotation": annotation_text(entities, relations)}


def _check_whole(where: str, token: str) -> None:
    try:
        token.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(token[error.start]):04x}"
        raise UserError(f"{where}: a token holds {half}, half of a surrogate pair; expected whole characters") from None


def _check_entities(where: str, length: int, entities: Sequence[Span], types: Sequence[str]) -> None:
    for start, end, kind in entities:
        _check_type(where, kind, types, "entity_types")
        if not 0 <= start < end <= length:
            raise UserError(
                f"{where}: found entity {kind} from token {start} to {end}, expected 0 <= start < end <= {length}, the "
                "end exclusive; mend the file"
            )
    for one, other in pairwise(sorted(entities)):
        if other.start < one.end:
            raise UserError(
                f"{where}: found entities {one.type} {one.start}:{one.end} and {other.type} {other.start}:{other.end} "
                "that overlap, expected entities apart from each other; mend the file"
            )


def _check_type(where: str, kind: str, known: Sequence[str], key: str) -> None:
    if kind not in known:
        raise UserError(
            f"{where}: found type {kind!r}, expected one of {', '.join(known)}; mend the file or the task's '{key}'"
        )
