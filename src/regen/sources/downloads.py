"""The folder of downloads: what a killed download resumes from, and archives that several members are read from."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.io.atomic import clear_os_errors
from regen.sources.local import take
from regen.sources.unavailable import UnavailableError


def through_downloads(
    source: Source, spec: FileSpec, machine: Machine, target: Path, download: Callable[[Path], None]
) -> str:
    """Have a file through the folder of downloads, under a key of its address.

    A file goes when it has been copied; an archive stays for its other members. Processes that want the same address
    wait for each other.

    Args:
        source: A url or wheel source.
        spec: What the file must be.
        machine: Its ``state`` holds the folder.
        target: Where the file appears.
        download: Puts the file or archive at the given path, whole.

    Returns:
        The sha256 of the file.

    Raises:
        UnavailableError: It cannot be downloaded, or is not what the spec says.
        UserError: The disk is full, or a folder may not be written.
    """
    folder = machine.state / "downloads"
    kept = folder / hashlib.sha256(source.address.encode()).hexdigest()
    lock = FileLock(f"{kept}.lock")
    with clear_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        sha256 = _take_or_download(kept, source, spec, target, download)
        if source.member is None:
            kept.unlink(missing_ok=True)
    finally:
        lock.release()
    return sha256


def _take_or_download(
    kept: Path, source: Source, spec: FileSpec, target: Path, download: Callable[[Path], None]
) -> str:
    if kept.is_file():
        try:
            return take(kept, source, spec, target)
        except UnavailableError:  # what an earlier run kept may be older than what is published now
            kept.unlink()
    download(kept)
    return take(kept, source, spec, target)
