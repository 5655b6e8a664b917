"""Clones of the project to run real commands in."""

import shutil
import subprocess
from pathlib import Path

import pytest
from project_clone import QUICK, Clone

MAKING = 1800
"""Seconds that a test may take that needs made samples: any of them may be the first, which makes them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give time to make the samples to each test that needs them."""
    for item in items:
        if "samples" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(MAKING))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Clone:
    """A clone with the cells of the sample suite that need no encoder, made from nothing.

    It is made once for all files in ``SHARED``. Tests leave it as they found it, so that they pass in any order.
    """
    made = _cloned(tmp_path_factory.mktemp("samples") / "regen", project_root)
    made.run("dvc", "repro", "--quiet", *QUICK)
    return made


@pytest.fixture(scope="session")
def whole_samples(samples: Clone) -> Clone:
    """That clone with the whole sample suite: imports encoders and fits them for minutes."""
    samples.run("dvc", "repro", "--quiet")
    return samples


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Clone:
    """A clone without made data, for tests that leave traces and need no results."""
    return _cloned(tmp_path_factory.mktemp("clone") / "regen", project_root)


def _cloned(root: Path, project_root: Path) -> Clone:
    """Copy what git knows or would take, and commit it."""
    made = Clone(root)
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
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    made.run("git", "init", "--quiet")
    made.run("git", "add", "--all")
    made.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "All")
    return made
