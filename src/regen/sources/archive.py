"""One member of a zip archive (a wheel is one), read without trusting what the archive says of itself."""

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from regen.sources.unavailable import UnavailableError, one_line
from regen.sources.verify import CHUNK

_MOST_RATIO = 200
_RATIO_FROM = 10 << 20
_LISTED = 5
_ENCRYPTED = 0x1

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What zipfile and its decompressors raise on damaged or unsupported archives."""


def member_chunks(archive: Path, member: str, limit: int) -> Iterator[bytes]:
    """Read one member piece by piece.

    Args:
        archive: A zip archive.
        member: Name of the file in it.
        limit: Most bytes that the member may have.

    Yields:
        The member's bytes, at most ``limit`` of them.

    Raises:
        UnavailableError: The archive is damaged or does not hold the member, or the member is not safe to read.
    """
    _check_name(member)
    try:
        with zipfile.ZipFile(archive) as opened:
            info = _find(opened, member)
            _check(info, limit)
            with opened.open(info) as stream:
                size = 0
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:  # the header may lie
                        raise UnavailableError(f"member {member} has more than {limit} bytes")
                    yield chunk
    except _BROKEN as error:
        reason = str(error) or type(error).__name__
        raise UnavailableError(one_line(f"cannot read member {member}: {reason}")) from error


def _check_name(member: str) -> None:
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member or re.match("[A-Za-z]:", member):
        raise UnavailableError(f"member name {member!r} leads out of the archive")


def _find(opened: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    try:
        return opened.getinfo(member)
    except KeyError:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
        raise UnavailableError(one_line(f"no member {member} in it; it holds {listed or 'no files'}", 400)) from None


def _check(info: zipfile.ZipInfo, limit: int) -> None:
    if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
        raise UnavailableError(f"member {info.filename} is a folder or a link, not a file")
    if info.flag_bits & _ENCRYPTED:
        raise UnavailableError(f"member {info.filename} is encrypted")
    if info.file_size > limit:
        raise UnavailableError(f"member {info.filename} declares {info.file_size} bytes, more than {limit}")
    if info.file_size > _RATIO_FROM and info.file_size > _MOST_RATIO * info.compress_size:
        raise UnavailableError(f"member {info.filename} is compressed more than {_MOST_RATIO}-fold: not a real file")
