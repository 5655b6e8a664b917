"""Folders of models on this machine: where they are, and what is in them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from regen.errors import UserError


def local_folder(named: str, project: Path, key: str) -> Path:
    """Find a folder that a recipe names, absolute or relative to the project.

    Raises:
        UserError: There is no such folder.
    """
    folder = project / Path(named).expanduser()
    if not folder.is_dir():
        raise UserError(f"{key}: found no folder {folder}, expected a model in transformers' layout; put it there")
    return folder


def folder_digest(folder: Path) -> str:
    """Hash the names and contents of all files in a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = []
    for path in paths:
        with path.open("rb") as file:
            files.append([path.relative_to(folder).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()])
    return digest_of(files)


def digest_of(told: Any) -> str:
    """Hash the canonical JSON of a value."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
