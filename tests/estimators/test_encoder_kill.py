"""A fit that is killed again and again ends with the bytes of one that was not."""

from pathlib import Path
from typing import Any

import pytest
from estimator_cases import Case
from killed_fits import first_steps, sums
from tiny_encoders import make_encoder

from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.estimators.repeats import write_model

CASE = Case("encoder", "tagging", "en")
OPTIONS: dict[str, Any] = {"epochs": 12, "batch_examples": 2, "keep": "best"}
KILLS = 3


def fit(home: Path, encoder: Path) -> None:
    """Fit with a state, and write the model."""
    frames, resources = CASE.frames(), Resources(encoder=encoder, state=home / "state")
    write_model(Model.fit(frames.train, frames.dev, CASE.config(**OPTIONS), 0, resources), home / "model")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_killed_at_random_moments(tmp_path: Path) -> None:
    encoder = make_encoder("bert", tmp_path / "encoder", layers=1)
    firsts = first_steps("test_encoder_kill", [tmp_path / "killed", encoder], KILLS, (3, 12), 0.05)
    assert firsts[0] == 0 < firsts[1] <= firsts[2] <= firsts[3]
    fit(tmp_path / "unbroken", encoder)
    assert sums(tmp_path / "killed" / "model") == sums(tmp_path / "unbroken" / "model")
