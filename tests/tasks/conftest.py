"""What tests of tasks share."""

from pathlib import Path

import pytest

from regen.config.load import Specs
from regen.project import config_loader, read_specs


@pytest.fixture(scope="module")
def specs(project_root: Path) -> Specs:
    return read_specs(config_loader(project_root, "base"), project_root)
