"""An estimator whose recipes name an encoder, for tests that need no model."""

import sys
from types import ModuleType
from typing import ClassVar

import pytest

from regen.config.recipe import Options
from regen.config.task_types import TaskType


class PretendOptions(Options):
    """Options with an encoder."""

    task_types: ClassVar[frozenset[TaskType]] = frozenset({"classification", "tagging"})
    encoder: str | None = None


def install_pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the estimator ``pretend`` known until the test ends."""
    for name in ("pretend", "pretend.options"):
        monkeypatch.setitem(sys.modules, f"regen.estimators.{name}", ModuleType(name))
    monkeypatch.setattr(sys.modules["regen.estimators.pretend.options"], "Options", PretendOptions, raising=False)
