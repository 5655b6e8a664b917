"""Methods of training: each alone, any two together, and stopped and resumed."""

import signal
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from estimator_cases import Case
from pydantic import ValidationError
from tiny_encoders import tiny_encoder
from transformers import ElectraConfig, ElectraModel

from regen.encoders.prefix import layer_factors
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder import finetune
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import shared_data
from regen.estimators.encoder.methods import make_job, make_optimiser
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.options import Options
from regen.training.device import Hardware, resolve_hardware
from regen.training.loop import Loop
from regen.training.noise import Noise
from regen.training.session import make_accelerator
from regen.training.state import KeepState

CASE = Case("encoder", "classification", "en")
METHODS: dict[str, dict[str, Any]] = {
    "accumulation": {"accumulation": 2},
    "adafactor": {"optimiser": "adafactor"},
    "checkpointing": {"checkpointing": True},
    "class_weights": {"class_weights": "balanced"},
    "dropout_samples": {"dropout_samples": 3},
    "ema": {"average": {"type": "ema", "decay": 0.7}},
    "fgm": {"adversary": {"type": "fgm"}},
    "focal": {"focal": 2.0},
    "frozen_layers": {"frozen_layers": 1},
    "head": {"frozen_layers": "all"},
    "label_smoothing": {"label_smoothing": 0.1},
    "layer_decay": {"layer_decay": 0.8},
    "pgd": {"adversary": {"type": "pgd"}},
    "polynomial": {"schedule": "polynomial", "power": 2.0},
    "r_drop": {"r_drop": 1.0},
    "sgd": {"optimiser": "sgd", "momentum": 0.5},
    "swa": {"average": {"type": "swa", "start": 0.3}},
}
SHORT: dict[str, Any] = {"epochs": 2, "batch_examples": 3, "keep": "last", "dropout": 0.2}


def fit(state: Path | None = None, case: Case = CASE, **options: Any) -> dict[str, bytes]:
    """Fit, and give the bytes of what trained."""
    frames, resources = case.frames(), Resources(encoder=tiny_encoder(layers=2), state=state)
    model = Model.fit(frames.train, frames.dev, case.config(**{**SHORT, **options}), 0, resources)
    return {name: value.numpy().tobytes() for name, value in model._tensors.items()}


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    return fit()


@pytest.mark.parametrize("name", METHODS)
def test_stopped_and_resumed(
    name: str, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method changes what is learnt, always in the same way."""
    whole = fit(tmp_path / "whole", **METHODS[name])
    assert (whole != plain) == (name != "checkpointing")
    assert fit_in_parts(tmp_path / "broken", monkeypatch, **METHODS[name]) == whole


def fit_in_parts(state: Path, monkeypatch: pytest.MonkeyPatch, case: Case = CASE, **options: Any) -> dict[str, bytes]:
    """Fit, stopped in the middle of two steps."""
    emit, moments = Loop._emit, [2, 5]

    def stopping(loop: Loop, event: str) -> None:
        if event == "on_gradients" and moments and loop.step == moments[0]:
            moments.pop(0)
            keeper = next(plugin for plugin in loop.plugins if isinstance(plugin, KeepState))
            keeper._request(signal.SIGTERM, None)
        emit(loop, event)

    monkeypatch.setattr(Loop, "_emit", stopping)
    while moments:
        with pytest.raises(SystemExit):
            fit(state, case, **options)
    return fit(state, case, **options)


@pytest.mark.parametrize(("left", "right"), list(combinations(METHODS, 2)))
def test_any_two(left: str, right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two methods go together, or are refused before anything is computed."""
    options = {**METHODS[left], **METHODS[right]}
    if len(options) < len(METHODS[left]) + len(METHODS[right]):
        pytest.skip("two values of one option")
    monkeypatch.setitem(SHORT, "epochs", 1)
    monkeypatch.setattr(finetune.Selection, "on_epoch", lambda *_: None)
    with suppress(ValidationError):
        Options(**options)
        setup, network, loop = one_batch(**options)
        loop.run()
        assert setup.options.epochs == 1
        assert all(torch.isfinite(value).all() for value in network.parameters())


def one_batch(case: Case = CASE, **options: Any) -> tuple[Setup, torch.nn.Module, Loop]:
    """Make a loop over the examples of a case."""
    frames, encoder = case.frames(), tiny_encoder(layers=2)
    config = case.config(**{**SHORT, **options})
    setup = Setup.of(Options(**config.options), config.task_type, frames.train, config.labels)
    hardware: Hardware = resolve_hardware("f32", 1)
    data = shared_data(setup, frames.train, frames.dev, encoder, hardware, {})
    noise = Noise()
    network = setup.network(encoder, noise, 0, data.pieces)
    job = make_job(network, data, setup, 0)
    optimiser = make_optimiser(network, setup.options, hardware)
    plugins = finetune.training_plugins(network, setup.options, job.plan.steps)
    accelerator = make_accelerator(hardware)
    loop = Loop(job, optimiser, lambda _: 1.0, accelerator, noise, 0, plugins=plugins, parts=setup.options.accumulation)
    return setup, network, loop


def gradients(**options: Any) -> dict[str, torch.Tensor]:
    _, network, loop = one_batch(**options)
    network.train()
    loop.gradients(next(iter(loop._collated(loop.job.plan.epochs[0]))))
    return {name: value.grad for name, value in network.named_parameters() if value.grad is not None}


@pytest.mark.parametrize("further", [{}, {"frozen_layers": 1}])
def test_checkpointing_changes_no_gradient(further: dict[str, Any]) -> None:
    """Layers that are computed again draw the same dropout."""
    plain, again = gradients(**further), gradients(checkpointing=True, **further)
    assert plain.keys() == again.keys()
    for name, value in plain.items():
        torch.testing.assert_close(again[name], value, rtol=1e-5, atol=1e-7)


def test_accumulation_changes_no_gradient_without_dropout() -> None:
    off = {"dropout": 0.0, "attention_dropout": 0.0}
    whole, parts = gradients(**off), gradients(accumulation=3, **off)
    for name, value in whole.items():
        torch.testing.assert_close(parts[name], value, rtol=1e-4, atol=1e-6)


def test_rates_fall_from_layer_to_layer() -> None:
    _, network, loop = one_batch(layer_decay=0.5, learning_rate=1e-3, head_learning_rate=2e-3)
    names = {id(value): name for name, value in network.named_parameters()}
    found = {names[id(v)]: group["initial_lr"] for group in loop.optimiser.param_groups for v in group["params"]}
    assert loop.rate == 1e-3
    for name, rate in found.items():
        expected = {"layer.1.": 1e-3, "layer.0.": 5e-4, "embeddings.": 2.5e-4, "head.": 2e-3}
        assert rate == next(value for part, value in expected.items() if part in name)


def test_rates_below_the_layers_where_embeddings_are_narrower() -> None:
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    body = ElectraModel(ElectraConfig(vocab_size=30, embedding_size=8, **sizes))
    factors = layer_factors(body, 0.5)
    assert factors[id(body.embeddings_project.weight)] == factors[id(body.embeddings.word_embeddings.weight)] == 0.25


@pytest.mark.parametrize(("options", "times"), [({"r_drop": 1.0}, 2), (METHODS["fgm"], 2), (METHODS["pgd"], 4)])
def test_operations_count_every_pass(options: dict[str, Any], times: int) -> None:
    def operations(**chosen: Any) -> int:
        frames, resources = CASE.frames(), Resources(encoder=tiny_encoder(layers=2))
        facts = Model.fit(frames.train, frames.dev, CASE.config(**{**SHORT, **chosen}), 0, resources).facts()
        return int(facts["operations"])

    assert operations(**options) == times * operations()


def test_a_limit_of_tokens_tells_what_share_of_train_was_seen() -> None:
    frames, resources = CASE.frames(), Resources(encoder=tiny_encoder(layers=2))

    def share(**options: Any) -> float:
        config = CASE.config(**{**SHORT, "batch_examples": 1, **options})
        return float(Model.fit(frames.train, frames.dev, config, 0, resources).facts()["seen_share"])

    assert share() == 1
    assert share(training_tokens=1) == round(1 / len(frames.train), 4)


def test_rates_of_layers_that_share_weights() -> None:
    frames, resources = CASE.frames(), Resources(encoder=tiny_encoder("albert"))
    with pytest.raises(UserError, match=r"option 'layer_decay': found 0\.5, expected 1, since the layers of albert"):
        Model.fit(frames.train, frames.dev, CASE.config(layer_decay=0.5), 0, resources)


@pytest.mark.parametrize("task_type", ["span_qa", "multiple_choice", "relation_extraction"])
def test_weights_need_classes(task_type: Any) -> None:
    case = Case("encoder", task_type, "en")
    with pytest.raises(UserError, match=f"option 'class_weights': found 'balanced', .* in type {task_type}"):
        fit(case=case, class_weights="balanced")


@pytest.mark.parametrize("task_type", ["tagging", "span_qa", "multiple_choice"])
@pytest.mark.parametrize("name", ["r_drop", "dropout_samples", "focal", "fgm"])
def test_other_task_types(name: str, task_type: Any) -> None:
    case = Case("encoder", task_type, "en")
    assert fit(case=case, epochs=1, **METHODS[name]) != fit(case=case, epochs=1)


def test_sgd_without_momentum_has_no_state(tmp_path: Path) -> None:
    assert fit(tmp_path, optimiser="sgd", momentum=0.0) != fit(optimiser="sgd", momentum=0.9)
