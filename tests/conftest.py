"""What all tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process: they share what they made; those of end_to_end share one state."""
    for item in items:
        group = "end_to_end" if item.path.parent.name == "end_to_end" else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The project's folder; tests only read it."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """A folder with published files, named by REGEN_MIRROR or found beside the project; skips when there is none."""
    named = os.environ.get("REGEN_MIRROR", "").split(os.pathsep)[0]
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "conll2003").is_dir():
        pytest.skip(f"no published files in {folder}; name a mirror with REGEN_MIRROR")
    return folder
