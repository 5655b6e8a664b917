"""A clone of the project to run real commands in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


class Clone:
    """A copy of the project's files in a git repository of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("KEDRO", "DVC", "REGEN", "COV"))
            },
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root.parent),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "OMP_WAIT_POLICY": "PASSIVE",
        }

    def run(self, *command: str, ok: bool = True) -> str:
        """Run a command and give all it printed; it must succeed, or fail, as ``ok`` says."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert (done.returncode == 0) == ok, done.stdout[-3000:]
        return done.stdout


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
