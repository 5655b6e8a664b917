"""A fit that two processes share, and options that encoder or hardware cannot follow."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from estimator_cases import Case
from safetensors.numpy import load_file
from tiny_encoders import POSITIONS, make_encoder, tiny_encoder

from regen.config.machine import Machine
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model

CASE, CHOICES = Case("encoder", "tagging", "en"), Case("encoder", "multiple_choice", "en")
IDLE = 64
"""Tokens of a batch that holds one example: nothing is left for the second process."""

SEVERAL_PASSES = {"r_drop": 1.0, "adversary": {"type": "fgm"}, "average": {"type": "ema"}, "checkpointing": True}
"""Methods that run the network, or parts of it, more than once for a batch."""


def fit(folder: Path, processes: int = 1, encoder: Path | None = None, case: Case = CASE, **options: Any) -> Model:
    machine = Machine(project=folder, state=folder / "state", processes=processes)
    resources = Resources(encoder=encoder or tiny_encoder(), machine=machine)
    frames = case.frames()
    return Model.fit(frames.train, frames.dev, case.config(**options), 0, resources)


def tensors(model: Model, folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    folder.mkdir()
    model.save(folder)
    return load_file(folder / "model.safetensors")


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("case", "batch_tokens", "methods"),
    [(CASE, 1024, {}), (CHOICES, 1024, {}), (CHOICES, IDLE, {}), (CASE, 1024, SEVERAL_PASSES)],
)
def test_two_processes_give_what_one_gives_but_for_rounding(
    tmp_path: Path, case: Case, batch_tokens: int, methods: dict[str, Any]
) -> None:
    """Also where batches have one example, and nothing is left for the second process; and with several passes."""
    options = {"epochs": 3, "dropout": 0.1, "attention_dropout": 0.1, "learning_rate": 1e-3, **methods}
    # Each start imports everything twice; that a second one repeats the first is shown where a process idles.
    runs = (1, 2, 2) if batch_tokens == IDLE else (1, 2)
    models = [fit(tmp_path, processes, case=case, batch_tokens=batch_tokens, **options) for processes in runs]
    assert [model.facts()["hardware"]["processes"] for model in models] == list(runs)
    one, two, *again = (tensors(model, tmp_path / str(number)) for number, model in enumerate(models))
    assert one.keys() == two.keys()
    assert max(np.abs(one[name] - two[name]).max() for name in one) < 1e-4
    assert all((two[name] == other[name]).all() for other in again for name in two)
    for left, right in zip(models[0].facts()["history"], models[1].facts()["history"], strict=True):
        assert left == pytest.approx(right, abs=1e-3)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_processes_that_fail_are_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"^torchrun ended with status 1; what it printed above says why"):
        fit(tmp_path, 2, compile=True)
    assert "option 'compile'" in capfd.readouterr().err


def test_compiling_is_for_cuda(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"option 'compile': found true on device cpu, expected CUDA$"):
        fit(tmp_path, compile=True)


def test_a_window_longer_than_the_encoder_takes_is_refused(tmp_path: Path) -> None:
    encoder = make_encoder("bert", tmp_path / "encoder")
    (encoder / "encoder.json").write_text(f'{{"max_length": {POSITIONS}}}', encoding="utf-8")
    said = rf"option 'max_length': found {POSITIONS + 1}, expected at most {POSITIONS}, which is what encoder"
    with pytest.raises(UserError, match=said):
        fit(tmp_path, encoder=encoder, max_length=POSITIONS + 1)
