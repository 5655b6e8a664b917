"""What is wrong with a file, one line for each kind of mistake."""

from collections.abc import Sequence
from dataclasses import dataclass, field

_SHOWN = 5


@dataclass
class Mistakes:
    """Kinds of mistakes, each with its places and with what was found at the first of them.

    Attributes:
        kinds: Kind -> what was found first.
        places: Kind -> where: numbers of lines, or ids where the file is one object.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[int | str]] = field(default_factory=dict)

    def add(self, kind: str, place: int | str, text: str) -> None:
        """Take one in.

        Args:
            kind: Kind of mistake; those of a kind are told of together.
            place: Number of the line, or id.
            text: What was found there and what was expected.
        """
        self.kinds.setdefault(kind, text)
        places = self.places.setdefault(kind, [])
        if place not in places[-1:]:
            places.append(place)

    def lines(self) -> list[str]:
        """Give a line for each kind, whatever characters the file holds."""
        lines = (f"{_name(self.places[kind])}: {text}" for kind, text in self.kinds.items())
        return [" ".join(line.encode(errors="backslashreplace").decode().split()) for line in lines]


def _name(places: Sequence[int | str]) -> str:
    word = "line" if isinstance(places[0], int) else "id"
    return f"{word}{'s' if len(places) > 1 else ''} {shortened(places)}"


def shortened(values: Sequence[int | str]) -> str:
    """Name the first few values, and how many more there are."""
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return ", ".join(map(str, values[:_SHOWN])) + more
