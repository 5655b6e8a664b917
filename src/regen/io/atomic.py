"""Files and folders that appear whole or not at all.

A replacement is written beside its target under a name that ends in ``.tmp`` (git and DVC ignore it), flushed to disk
and renamed. A reader, and a process killed at any moment, therefore sees the old content or the new one, never a part.
(A folder that takes the place of another one is missing for the moment between two renames.)
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path
from tempfile import mkdtemp

from regen.errors import UserError

_REASONS = {
    ENOSPC: "the disk is full: free some space and run again",
    EDQUOT: "the disk quota is used up: free some space and run again",
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


def sweep(path: Path) -> None:
    """Remove what processes that were killed while they replaced a file or folder have left beside it.

    Args:
        path: The target; nobody else may be replacing it now.
    """
    for workshop in path.parent.glob(f".{path.name}.*.tmp"):
        shutil.rmtree(workshop, ignore_errors=True)


def _put_in_place(new: Path, path: Path, aside: Path) -> None:
    if not path.is_dir():
        new.rename(path)
        return
    path.rename(aside)  # a folder cannot be renamed over one that holds something
    try:
        new.rename(path)
    except BaseException:
        aside.rename(path)
        raise


def refuse_unwritable(error: BaseException, path: Path) -> None:
    """Raise a ``UserError`` that names the path if the error says that the disk is full or nothing may be written."""
    if isinstance(error, OSError) and error.errno in _REASONS:
        raise UserError(f"{path}: cannot be written: {_REASONS[error.errno]}") from error


@contextlib.contextmanager
def clear_os_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one line that names the path and what to do."""
    try:
        yield
    except OSError as error:
        refuse_unwritable(error, path)
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
            _put_in_place(new, path, workshop / "old")
            _sync(path.parent)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
