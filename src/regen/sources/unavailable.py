"""Why a source cannot give a file."""

import re

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class UnavailableError(Exception):
    """A source cannot give a file; the message is a short reason, and the next source is tried."""


def one_line(text: object, limit: int = 200) -> str:
    """Put a message on one line without control characters, cut after ``limit`` characters."""
    line = _BREAKS.sub(" ", str(text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"
