"""Files and archives on this machine."""

from pathlib import Path

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.sources.archive import member_chunks
from regen.sources.unavailable import UnavailableError
from regen.sources.verify import check_archive, file_chunks, save, size_limit


def take(found: Path, source: Source, spec: FileSpec, target: Path) -> str:
    """Copy a local file, or the source's member of a local archive, to ``target``.

    Args:
        found: The file or archive.
        source: Where it comes from; its ``member`` says what to read.
        spec: What the file must be.
        target: Where it appears.

    Returns:
        The sha256 of the file.

    Raises:
        UnavailableError: It is not there, not readable or not what the spec says.
        UserError: The disk is full, or the target's folder may not be written.
    """
    if not found.is_file():
        raise UnavailableError("is a folder" if found.is_dir() else "no such file")
    if source.member is None:
        return save(file_chunks(found), target, spec)
    check_archive(found, source.archive_sha256)
    return save(member_chunks(found, source.member, size_limit(spec)), target, spec)


def from_path(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Take a file of this machine; see :func:`take`."""
    return take(machine.project / source.address, source, spec, target)


def from_mirrors(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Take a file of the first mirror folder that has the right one; see :func:`take`."""
    reasons = []
    for found in (folder / source.address for folder in machine.mirrors):
        try:
            return take(found, source, spec, target)
        except UnavailableError as reason:
            reasons.append(f"{found}: {reason}")
    raise UnavailableError(", ".join(reasons) or "no mirror folder is set")
