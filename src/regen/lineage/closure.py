"""Which of the project's modules a function depends on: the import closure, read from the source."""

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""Folder of the package ``regen``."""


def closure(modules: Iterable[str], package: Path = PACKAGE) -> list[Path]:
    """Give the files of modules and of all that they import from the package, transitively.

    Imports inside functions count, since heavy libraries' users are imported there; so do the ``__init__`` files of
    parents, which Python runs, if they hold more than a docstring. Files in a package's plain folders (templates)
    belong to it. A module that is imported by a computed name is not seen: name it in ``modules``.

    Args:
        modules: Dotted names in the package.
        package: Folder of the package.

    Returns:
        Sorted absolute paths.
    """
    found: dict[Path, None] = {}
    waiting = [path for module in modules for path in _files(module, package)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            if path.suffix != ".py":
                continue
            waiting += _package_data(path)
            waiting += [
                file for module in _imports(path, package, path.read_bytes()) for file in _files(module, package)
            ]
    return sorted(path for path in found if path.name != "__init__.py" or _holds_code(path.read_bytes()))


def code_digest(modules: Iterable[str], package: Path = PACKAGE) -> str:
    """Give one sha256 for the code that modules depend on: names and contents of the files in their closure."""
    digest = hashlib.sha256()
    for path in closure(modules, package):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(package).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _files(module: str, package: Path) -> list[Path]:
    """Give a module's file and the ``__init__`` files above it; nothing if there is no such module."""
    parts = module.split(".")
    if parts[0] != package.name:
        return []
    folders = [package.joinpath(*parts[1:depth]) for depth in range(1, len(parts) + 1)]
    inits = [folder / "__init__.py" for folder in folders]
    return [path for path in (*inits, folders[-1].with_suffix(".py")) if path.is_file()]


def _package_data(path: Path) -> list[Path]:
    """Give the files in folders beside an ``__init__`` that are no packages themselves."""
    if path.name != "__init__.py":
        return []
    folders = [folder for folder in path.parent.iterdir() if folder.is_dir() and folder.name != "__pycache__"]
    plain = [folder for folder in folders if not (folder / "__init__.py").exists()]
    return [
        file for folder in plain for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    ]


@cache
def _holds_code(source: bytes) -> bool:
    module = ast.parse(source)
    return len(module.body) > (ast.get_docstring(module) is not None)


@cache
def _imports(path: Path, package: Path, source: bytes) -> frozenset[str]:
    """Give the names that a file imports; ``from a import b`` gives ``a`` and ``a.b``, whichever is a module."""
    names: set[str] = set()
    here = [package.name, *path.relative_to(package).with_suffix("").parts]
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = here[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return frozenset(names)
