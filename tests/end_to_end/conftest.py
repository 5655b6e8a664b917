"""A clone of the project for the tests of a module."""

import shutil
import subprocess
from pathlib import Path

import pytest
from project_clone import Clone


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Clone:
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
    return made
