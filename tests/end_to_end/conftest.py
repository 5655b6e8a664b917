"""A clone of the project for the tests of a module."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from project_clone import Clone


@pytest.fixture(scope="session")
def kept_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first clone that ran the samples leaves its state: downloads, and repeats that need no second fit."""
    return tmp_path_factory.mktemp("kept") / "state"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, project_root: Path, kept_state: Path) -> Iterator[Clone]:
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
    state = made.root / "data/.state"
    if kept_state.is_dir():
        shutil.copytree(kept_state, state, copy_function=os.link)
    yield made
    if (state / "fit").is_dir() and not kept_state.is_dir():
        shutil.copytree(state, kept_state, copy_function=os.link)
