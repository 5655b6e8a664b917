"""A small project to spoil."""

from pathlib import Path

import pytest

from small_project import SmallProject


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A project whose config is right."""
    return SmallProject(tmp_path)
