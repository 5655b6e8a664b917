"""Lines of a published text file, decoded strictly."""

from collections.abc import Iterator
from pathlib import Path

from regen.errors import UserError


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield (1-based line number, line without its end).

    Lines end with LF or CRLF and with nothing else: texts of IFLYTEK hold U+2028, at which ``str.splitlines`` would
    break a record in two. A last line without an end counts; a byte order mark is dropped.

    Args:
        path: The file.
        encoding: ``utf-8``, or ``latin-1``, in which every byte is a character.

    Raises:
        UserError: The file is missing, not in the encoding, or holds NUL bytes (a binary file).
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; run 'ingest' first")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if b"\x00" in raw:
                raise UserError(f"{path}:{number}: found a NUL byte, expected text; the file is binary or damaged")
            try:
                line = raw.decode("utf-8-sig" if number == 1 and encoding == "utf-8" else encoding)
            except UnicodeDecodeError as error:
                found = raw[error.start : error.end].hex()
                raise UserError(
                    f"{path}:{number}: found byte 0x{found} at column {error.start + 1}, expected UTF-8; "
                    "convert the file to UTF-8 (only latin-1 can be named in 'read.encoding' instead)"
                ) from None
            yield number, line.removesuffix("\n").removesuffix("\r")


def check_width(where: str, found: int, expected: int, needed: int) -> None:
    """Refuse a line with another number of columns than the first one, or with fewer than ``read.fields`` names.

    Args:
        where: File and line.
        found: Number of columns of the line.
        expected: That of the file's first line.
        needed: How many columns the task's fields reach over.

    Raises:
        UserError: The numbers do not go together.
    """
    if expected < needed:
        raise UserError(
            f"{where}: found {found} columns, expected {needed}, since 'read.fields' names column "
            f"{needed - 1} (the first is 0); mend 'read.fields' or the file where it comes from"
        )
    if found != expected:
        raise UserError(
            f"{where}: found {found} columns, expected {expected} as in the lines before; "
            "mend the line where the file comes from"
        )
