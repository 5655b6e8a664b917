"""How far a record is from what the project would make now: stale by its config, or from earlier code alone."""

from collections.abc import Iterable, Sequence
from typing import Literal

Age = Literal["now", "earlier", "stale"]
_MADE_BY = ("code", "lock")
"""What may change without any score changing: the hashes of the code and of the lock file."""


def age(changed: Sequence[str]) -> Age:
    """Grade what has changed since a record was made, as ``regen.records.staleness`` lists it.

    Args:
        changed: Keys of the config, ``code``, ``lock``.

    Returns:
        ``stale`` where the config (or the cell itself) is another, ``earlier`` where code or lock file alone are,
        ``now`` where nothing is.
    """
    if not changed:
        return "now"
    return "earlier" if set(changed) <= set(_MADE_BY) else "stale"


def age_flags(changed: Sequence[str]) -> list[str]:
    """Say it in a few words."""
    words = {"now": [], "earlier": ["earlier code"], "stale": [f"stale: {', '.join(changed)}"]}
    return words[age(changed)]


def age_note(cell: str, changed: Sequence[str]) -> str:
    """Say what has changed since a cell was made, and what that means; nothing where nothing has."""
    told = f"changed since it was made: {', '.join(changed)}."
    notes = {
        "now": "",
        "earlier": f"Earlier code: {told} Code alone need not change a score: once the cell is made again, "
        f"kedro compare {cell}@REVISION {cell} shows whether it did.",
        "stale": f"Stale: {told} Made again, it may score differently.",
    }
    return notes[age(changed)]


def age_counts(cells: Iterable[Sequence[str]]) -> str:
    """Count cells of each grade; nothing where all are as the project would make them now."""
    ages = [age(changed) for changed in cells]
    if set(ages) <= {"now"}:
        return ""
    return f"{ages.count('stale')} stale, {ages.count('earlier')} from earlier code."
