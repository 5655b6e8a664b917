"""What tests of searches share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paced_estimator import PacedModel, modules
from search_bench import Bench

sys.path.append(str(Path(__file__).parents[1] / "estimators"))  # tiny encoders, and examples for them


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A machine that knows the estimator ``paced``, and waits for no disk."""
    for name, module in modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("regen.search.study.gc.collect", lambda: 0)
    for user in ("regen.estimators.repeats", "regen.search.run"):
        monkeypatch.setattr(f"{user}.code_digest", lambda _: "the code")
    for name in ("fail", "watch"):
        monkeypatch.setattr(PacedModel, name, PacedModel.__dict__[name])
    PacedModel.calls.clear()
    yield Bench(tmp_path)
    PacedModel.calls.clear()
