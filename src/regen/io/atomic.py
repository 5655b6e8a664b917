"""Files and folders that appear whole or not at all.

A replacement is written beside its target under a name that ends in ``.tmp`` (git and DVC ignore it), flushed to disk
and renamed. A reader, and a process killed at any moment, therefore sees the old content or the new one, never a part.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from errno import EACCES, ENOSPC, EPERM, EROFS
from pathlib import Path
from tempfile import mkdtemp

from regen.errors import UserError

_REASONS = {
    ENOSPC: "the disk is full: free some space and run again",
    EACCES: "the folder is not writable: change its permissions",
    EPERM: "the folder is not writable: change its permissions",
    EROFS: "the folder is read-only: choose another data_root in conf/local/globals.yml",
}


def _sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def clear_os_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one line that names the path and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _REASONS:
            raise UserError(f"{path}: cannot be written: {_REASONS[error.errno]}") from error
        raise


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a sibling to write, a file or an empty folder's place, and put it in the place of ``path`` at the end.

    Args:
        path: The target. Its parent folders are made.

    Yields:
        A path that does not exist yet, on the same file system; write a file or make a folder there.

    Raises:
        UserError: The disk is full or the folder cannot be written. The old content is still there.
    """
    with clear_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
        try:
            new = workshop / path.name
            yield new
            for item in (new, *(new.rglob("*") if new.is_dir() else ())):
                _sync(item)
            if path.is_dir():  # a folder cannot be renamed over one that holds something
                path.rename(workshop / "old")
            new.rename(path)
            _sync(path.parent)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a killed process left behind: hidden siblings that end in ``.tmp``."""
    for leftover in folder.glob(".*.tmp"):
        _remove(leftover)
