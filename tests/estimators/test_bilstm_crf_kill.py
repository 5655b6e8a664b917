"""A fit that is killed again and again ends with the bytes of one that was not."""

from pathlib import Path
from typing import Any

import pytest
from estimator_cases import Case
from killed_fits import first_steps, sums

from regen.estimators.base import Resources
from regen.estimators.bilstm_crf.model import Model
from regen.estimators.repeats import write_model

CASE = Case("bilstm_crf", "tagging", "en")
OPTIONS: dict[str, Any] = {"epochs": 10, "batch_tokens": 8, "keep": "best", "layers": 2}
KILLS = 2


def fit(home: Path) -> None:
    """Fit with a state, and write the model."""
    frames, resources = CASE.frames(), Resources(state=home / "state")
    write_model(Model.fit(frames.train, frames.dev, CASE.config(**OPTIONS), 0, resources), home / "model")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_killed_at_random_moments(tmp_path: Path) -> None:
    firsts = first_steps("test_bilstm_crf_kill", [tmp_path / "killed"], KILLS, (9, 15), 0.02)
    assert firsts[0] == 0 < firsts[1] <= firsts[2]
    fit(tmp_path / "unbroken")
    assert sums(tmp_path / "killed" / "model") == sums(tmp_path / "unbroken" / "model")
