"""Lines of a published text file, decoded strictly."""

from collections.abc import Iterator
from pathlib import Path

from regen.errors import UserError


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (1-based line number, line without its end).

    Lines end with LF or CRLF and with nothing else: texts of IFLYTEK hold U+2028, at which ``str.splitlines`` would
    break a record in two. A last line without an end counts; a byte order mark is dropped.

    Raises:
        UserError: The file is missing, not UTF-8, or holds NUL bytes (a binary file).
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; run 'ingest' first")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if b"\x00" in raw:
                raise UserError(f"{path}:{number}: found a NUL byte, expected text; the file is binary or damaged")
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                found = raw[error.start : error.end].hex()
                raise UserError(
                    f"{path}:{number}: found byte 0x{found} at column {error.start + 1}, expected UTF-8; "
                    "convert the file to UTF-8"
                ) from None
            yield number, line.removesuffix("\n").removesuffix("\r")
