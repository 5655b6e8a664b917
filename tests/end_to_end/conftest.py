"""A clone of the project for the tests of a module."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from project_clone import Clone

KEPT = ("data/.state", ".dvc/cache")
"""What the first clone that ran the samples leaves to the others: downloads, finished repeats, and DVC's cache."""


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where that is left."""
    return tmp_path_factory.mktemp("kept") / "folders"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, project_root: Path, kept: Path) -> Iterator[Clone]:
    """A fresh clone without made data, committed."""
    made = Clone(tmp_path_factory.mktemp("home") / "regen")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project_root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in listed.split("\0"):
        source = project_root / name
        if name and source.is_file():
            target = made.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    made.run("git", "init", "--quiet")
    made.run("git", "add", "--all")
    made.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "All")
    for name in KEPT if kept.is_dir() else ():
        shutil.copytree(kept / name, made.root / name, copy_function=os.link, dirs_exist_ok=True)
    yield made
    if all((made.root / name).is_dir() for name in KEPT) and not kept.is_dir():
        for name in KEPT:
            shutil.copytree(made.root / name, kept / name, copy_function=os.link)
