"""What all tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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
