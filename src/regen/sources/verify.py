"""Copies that are checked while they are made."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from regen.config.files import FileSpec
from regen.io.atomic import replacing
from regen.sources.unavailable import UnavailableError

CHUNK = 1 << 20
DEFAULT_LIMIT = 4 << 30
"""Most bytes of a file or archive whose size no spec states."""

_SHOWN = 12


def size_limit(spec: FileSpec) -> int:
    """Most bytes that the file may have."""
    return DEFAULT_LIMIT if spec.bytes is None else spec.bytes


def file_chunks(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece.

    Raises:
        UnavailableError: The file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise UnavailableError(f"cannot be read ({error.strerror})") from error


def save(chunks: Iterable[bytes], target: Path, spec: FileSpec) -> str:
    """Write the bytes to ``target``, which appears only if they are what the spec says.

    Args:
        chunks: The file's bytes in pieces of any length.
        target: Where the file appears.
        spec: Its hash and size, as far as they are known.

    Returns:
        The sha256 of the bytes.

    Raises:
        UnavailableError: The bytes are not those of the spec, or cannot be had whole.
        UserError: The disk is full, or the folder may not be written.
    """
    digest, size, limit = hashlib.sha256(), 0, size_limit(spec)
    with replacing(target) as new, new.open("wb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise UnavailableError(f"has more than the expected {limit} bytes")
            digest.update(chunk)
            stream.write(chunk)
        _compare(digest.hexdigest(), spec.sha256)
        if spec.bytes not in (None, size):
            raise UnavailableError(f"found {size} bytes, expected {spec.bytes}")
    return digest.hexdigest()


def check_archive(archive: Path, sha256: str | None) -> None:
    """Compare an archive with its pinned hash, if it has one.

    Raises:
        UnavailableError: The archive is another one, or cannot be read.
    """
    if sha256 is None:
        return
    digest = hashlib.sha256()
    for chunk in file_chunks(archive):
        digest.update(chunk)
    _compare(digest.hexdigest(), sha256, "the archive's ")


def _compare(found: str, expected: str | None, whose: str = "") -> None:
    if expected not in (None, found):
        raise UnavailableError(f"found {whose}sha256 {found[:_SHOWN]}…, expected {str(expected)[:_SHOWN]}…")
