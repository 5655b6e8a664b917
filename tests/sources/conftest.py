"""A server, a machine and a folder to fill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from file_server import Script, serve

from regen.config.machine import Machine


@pytest.fixture
def server() -> Iterator[Script]:
    """A running file server."""
    with serve(Script()) as script:
        yield script


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with two mirror folders, both empty."""
    for name in ("project", "first", "second"):
        (tmp_path / name).mkdir()
    mirrors = (tmp_path / "first", tmp_path / "second")
    return Machine(project=tmp_path / "project", state=tmp_path / "state", mirrors=mirrors)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder to fill."""
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"
