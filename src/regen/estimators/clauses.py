"""Clauses of a passage: the shortest parts that punctuation sets apart."""

import re

_CLAUSE = re.compile(r"[^，。！？；：,!?;:\n]+")


def clauses(text: str) -> list[tuple[int, int]]:
    """Cut a text at commas, full stops and the like, which belong to no clause.

    The Latin full stop is none of them: it may be a decimal point.

    Returns:
        First character and end of each clause, without the white space around it; blank ones are left out.
    """
    found = []
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        start = match.start() + len(clause) - len(clause.lstrip())
        end = start + len(clause.strip())
        if start < end:
            found.append((start, end))
    return found
