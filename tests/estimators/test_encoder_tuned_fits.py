"""Fits with tuning methods: killed and resumed, saved and loaded, on all task types."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from estimator_cases import Case, saved
from safetensors.torch import load_file
from tiny_encoders import POSITIONS, make_encoder, tiny_encoder
from tuning_cases import METHODS, fit

from regen.encoders.body import load_body
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.training.loop import Loop
from regen.training.noise import Noise
from regen.training.views import operations_per_token

each_method = pytest.mark.parametrize("kind", METHODS)
STEPS = 6


class KilledError(Exception):
    pass


@each_method
def test_killed_twice_and_resumed_has_the_bytes_of_one_that_was_not(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AdaLoRA prunes in the steps 2 to 4 and masks in 5 and 6, so it is killed in both."""
    unbroken = fit(kind, state=tmp_path / "other")
    assert unbroken.facts()["steps"] == STEPS
    monkeypatch.setattr("regen.training.session.STEPS_BETWEEN_STATES", 1)
    train_on, done, kills = Loop._train_on, [], [3, 5]

    def train_or_die(loop: Loop, batch: Any) -> None:
        if loop.step in kills:
            kills.remove(loop.step)
            raise KilledError
        train_on(loop, batch)
        done.append(loop.step)

    monkeypatch.setattr(Loop, "_train_on", train_or_die)
    for _ in range(2):
        with pytest.raises(KilledError):
            fit(kind, state=tmp_path / "state")
    resumed = fit(kind, state=tmp_path / "state")
    assert done == list(range(STEPS)), "no step was done twice"
    assert saved(resumed, tmp_path / "resumed") == saved(unbroken, tmp_path / "unbroken")


@each_method
def test_facts_count_what_trains_and_a_loaded_model_predicts_the_same(kind: str, tmp_path: Path) -> None:
    model, examples = fit(kind, epochs=1), Case("encoder", "tagging", "en").frames().test
    saved(model, tmp_path / "model")
    tensors = load_file(tmp_path / "model" / "model.safetensors")
    facts = model.facts()
    assert facts["trained_parameters"] == sum(value.numel() for value in tensors.values())
    whole = sum(value.numel() for value in load_body(tiny_encoder(layers=1), Noise()).parameters())
    assert facts["trained_parameters"] < whole / 2 < facts["parameters"]
    assert facts["operations"] > 0
    loaded = Model.load(tmp_path / "model", Resources(encoder=tiny_encoder(layers=1)))
    ours, again = model.predict(examples), loaded.predict(examples)
    assert again.labels == ours.labels
    assert np.array_equal(again.scores, ours.scores)


@pytest.mark.parametrize("kind", ["prefix", "prompt"])
@pytest.mark.parametrize(
    ("task_type", "language"),
    [
        ("pair_classification", "en"),
        ("multiple_choice", "zh"),
        ("span_qa", "en"),
        ("relation_extraction", "en"),
        ("coreference", "zh"),
    ],
)
def test_task_types(kind: str, task_type: str, language: str) -> None:
    model = fit(kind, task_type, language, epochs=1, batch_examples=4)
    examples = Case("encoder", task_type, language).frames().test  # type: ignore[arg-type]
    predictions = model.predict(examples)
    assert len(predictions.labels) == len(examples)
    assert np.isfinite(predictions.scores).all()


@pytest.mark.parametrize("kind", ["prefix", "p_tuning"])
def test_windows(kind: str) -> None:
    model = fit(kind, epochs=1, max_length=12, stride=4)
    examples = Case("encoder", "tagging", "en").frames().test
    long = examples.assign(tokens=[tokens * 12 for tokens in examples["tokens"]])
    assert [len(tags) for tags in model.predict(long).labels] == [len(tokens) for tokens in long["tokens"]]


def test_virtual_tokens_take_places(tmp_path: Path) -> None:
    encoder = make_encoder("bert", tmp_path / "bert", layers=1)
    (encoder / "encoder.json").write_text(f'{{"max_length": {POSITIONS}}}', encoding="utf-8")
    case = Case("encoder", "tagging", "en")
    frames, most = case.frames(), (POSITIONS - 5) // 8 * 8  # rows are padded to multiples of 8

    def fit_with(kind: str, max_length: int) -> None:
        config = case.config(max_length=max_length, epochs=1, tuning={"type": kind, "tokens": 5})
        Model.fit(frames.train, frames.dev, config, 0, Resources(encoder=encoder))

    with pytest.raises(UserError, match=rf"found {most + 1}, expected at most {most} beside the 5 virtual tokens"):
        fit_with("prompt", most + 1)
    fit_with("prompt", most)
    fit_with("prefix", POSITIONS)


def test_frozen_embeddings_alone(tmp_path: Path) -> None:
    saved(fit(None, frozen_layers="embeddings", epochs=1), tmp_path / "model")
    tensors = load_file(tmp_path / "model" / "model.safetensors")
    body = {f"body.{name}" for name, _ in load_body(tiny_encoder(layers=1), Noise()).named_parameters()}
    frozen = {name for name in body if name.startswith("body.embeddings.")}
    assert frozen
    assert tensors.keys() == (body - frozen) | {"head.out.weight", "head.out.bias"}


def test_operations_of_virtual_tokens_go_through_the_whole_body() -> None:
    tokens, history = fit("prompt", epochs=1), load_body(tiny_encoder(layers=1), Noise())
    history.requires_grad_(False)
    per_token = operations_per_token(history, below=True)
    assert tokens.facts()["operations"] == per_token * tokens.facts()["tokens"] > 0


@pytest.mark.parametrize("kind", ["lora", "prefix", "prompt"])
def test_checkpointing_changes_nothing(kind: str) -> None:
    plain, again = (fit(kind, epochs=1, checkpointing=checkpointing)._tensors for checkpointing in (False, True))
    assert all(torch.equal(value, again[name]) for name, value in plain.items())
