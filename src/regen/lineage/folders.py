"""Folders in the place of the files in them, where all of their code is meant."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from regen.lineage.closure import closure


def folded(files: Collection[Path], package: Path) -> list[Path]:
    """Put the largest folders whose code is all among the files in the place of those files.

    A folder with one file of code stays this file, and the package itself its parts.

    Args:
        files: Files of code in the package.
        package: Folder of the package.

    Returns:
        Sorted files and folders.
    """
    given = frozenset(files)
    folders: list[Path] = []
    for folder in sorted({parent for file in given for parent in file.relative_to(package).parents[:-1]}):
        path = package / folder
        code = folder_code(path, package)
        if len(code) > 1 and code <= given and not any(path.is_relative_to(larger) for larger in folders):
            folders.append(path)
    return sorted([*folders, *(file for file in given if not any(file.is_relative_to(folder) for folder in folders))])


@cache
def folder_code(folder: Path, package: Path) -> frozenset[Path]:
    """Give the files in a folder of the package that a closure can hold: those of its modules."""
    names = [path.relative_to(package.parent).with_suffix("").parts for path in folder.rglob("*.py")]
    return frozenset(path for path in closure(map(".".join, names), package) if path.is_relative_to(folder))
