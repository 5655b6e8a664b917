"""Texts cut into pieces, some of them marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Attributes:
        text: The part.
        kind: ``gold`` or ``predicted`` on one side alone, ``both`` on both, or nothing.
        label: What the mark says in words.
    """

    text: str
    kind: str = ""
    label: str = ""


@dataclass(frozen=True)
class Mark:
    """A part of a text that is marked: its first character, the end behind its last, its kind and its label."""

    start: int
    end: int
    kind: str
    label: str


def cut(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text at its marks.

    Args:
        text: The text.
        marks: Parts of it. What a gold and a predicted one share is of the kind ``both`` and has both labels.
    """
    known = [mark for mark in marks if mark.start < mark.end]
    edges = sorted({0, len(text), *(edge for mark in known for edge in (mark.start, mark.end))})
    pieces = []
    for start, end in pairwise(edges):
        here = [mark for mark in known if mark.start <= start and end <= mark.end]
        kinds = list(dict.fromkeys(mark.kind for mark in here))
        label = " + ".join(dict.fromkeys(mark.label for mark in here))
        pieces.append(Piece(text[start:end], "both" if len(kinds) > 1 else "".join(kinds), label))
    return pieces


def token_bounds(tokens: Sequence[str], blank: str) -> list[tuple[int, int]]:
    """Give the first character of each token, and the end behind its last, in the text of all tokens."""
    bounds, start = [], 0
    for token in tokens:
        bounds.append((start, start + len(token)))
        start += len(token) + len(blank)
    return bounds
