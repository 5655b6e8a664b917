"""Tables of pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """A table: rows of a head and cells, all text.

    Attributes:
        title: Heading.
        columns: Heads of the columns after the first.
        rows: Head of each row and its cells.
        groups: Name and width of groups of columns; the first column has none.
        corner: Head of the first column.
        lang: Language of the rows' heads.
        note: One sentence below.
        texts: Columns after the first that hold no numbers.
        names: Whether the rows' heads are names, which are the same in every language: labels, recipes, keys.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    groups: Sequence[tuple[str, int]] = ()
    corner: str = ""
    lang: str = "en"
    note: str = ""
    texts: Collection[str] = ()
    names: bool = False
