"""What must hold of two spans of a text."""

from typing import Any

from regen.config.task_types import TASK_TYPES
from regen.errors import UserError

SPAN_COLUMNS = frozenset(TASK_TYPES["coreference"].inputs)
"""Columns that hold a text and its two spans; starts are counted in characters, from 0 on."""


def check_spans(where: str, row: dict[str, Any]) -> None:
    """Refuse spans that the text does not have where they are said to start, and spans that overlap.

    Args:
        where: File and line.
        row: A row with ``SPAN_COLUMNS``.

    Raises:
        UserError: A span is empty, stands elsewhere, or overlaps the other one.
    """
    bounds = []
    for name in ("span1", "span2"):
        span, start = row[name], row[f"{name}_start"]
        found = row["text"][start : start + len(span)]
        if not span or found != span:
            raise UserError(
                f"{where}: {name} is {span!r} from character {start} on, expected what the text has there; it has "
                f"{found!r}; mend the line"
            )
        bounds.append((start, start + len(span)))
    (_, end), (start, _) = sorted(bounds)
    if start < end:
        raise UserError(
            f"{where}: span1 {row['span1']!r} and span2 {row['span2']!r} overlap at character {start}, expected two "
            "places; mend the line"
        )
