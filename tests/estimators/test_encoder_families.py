"""Every family of encoders through the same estimator."""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from estimator_cases import Case
from safetensors.torch import load_file
from tiny_encoders import FAMILIES, tiny_encoder

from regen.encoders.body import load_body
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.training.device import resolve_hardware
from regen.training.noise import Noise

TYPES = (
    ("tagging", "en"),
    ("classification", "zh"),
    ("coreference", "zh"),
    ("keyword_match", "zh"),
    ("pair_classification", "en"),
)
SEPARATE = tuple(family for family in FAMILIES if family != "albert")
FEW_STEPS = {"epochs": 2, "learning_rate": 1e-3, "weight_decay": 0.0, "batch_tokens": 128}
QUIET = {**FEW_STEPS, "dropout": 0.0, "attention_dropout": 0.0, "max_length": 48}

each_family = pytest.mark.parametrize("family", FAMILIES)


def fit(family: str, task_type: str = "tagging", language: str = "en", **options: Any) -> Model:
    case = Case("encoder", task_type, language)  # type: ignore[arg-type]
    frames = case.frames()
    config = case.config(**{**FEW_STEPS, **options})
    return Model.fit(frames.train, frames.dev, config, 0, Resources(encoder=tiny_encoder(family)))


@cache
def fitted(family: str) -> Model:
    """Fit names once for all tests that only look."""
    return fit(family)


@cache
def pretrained(family: str) -> dict[str, torch.Tensor]:
    """Give the weights of the body as it begins."""
    return {f"body.{name}": value for name, value in load_body(tiny_encoder(family), Noise()).named_parameters()}


def saved(model: Model, folder: Path) -> dict[str, torch.Tensor]:
    folder.mkdir()
    model.save(folder)
    tensors: dict[str, torch.Tensor] = load_file(folder / "model.safetensors")
    return tensors


@each_family
@pytest.mark.parametrize(("task_type", "language"), TYPES)
def test_fit_predict_save_load(family: str, task_type: str, language: str, tmp_path: Path) -> None:
    model = fit(family, task_type, language)
    examples = Case("encoder", task_type, language).frames().test  # type: ignore[arg-type]
    predictions = model.predict(examples)
    assert len(predictions.labels) == len(examples)
    assert np.isfinite(predictions.scores).all()
    saved(model, tmp_path / "model")
    again = Model.load(tmp_path / "model", Resources(encoder=tiny_encoder(family))).predict(examples)
    assert again.labels == predictions.labels
    assert np.array_equal(again.scores, predictions.scores)


@each_family
def test_gradients_reach_the_whole_body(family: str, tmp_path: Path) -> None:
    """Without weight decay a tensor moves only where a gradient comes."""
    tensors, before = saved(fitted(family), tmp_path / "model"), pretrained(family)
    rows = tensors.pop("embedding_rows")
    assert {name for name in tensors if name.startswith("body.")} == set(before)
    still = []
    for name, value in tensors.items():
        if name.startswith("body."):
            whole = before[name] if value.shape == before[name].shape else before[name][rows]
            still += [name] if torch.equal(value, whole) else []
    assert not still
    assert {"head.out.weight", "head.out.bias"} <= set(tensors)


@each_family
def test_a_checkpoint_holds_the_rows_in_use_and_the_rest_is_pretrained(family: str, tmp_path: Path) -> None:
    tensors = saved(fitted(family), tmp_path / "model")
    frames = Case("encoder", "tagging", "en").frames()
    tokenizer = Pieces(tiny_encoder(family), True)
    words = [list(tokens) for frame in (frames.train, frames.dev) for tokens in frame["tokens"]]
    used = {piece for encoding in tokenizer.words(words) for piece in encoding.ids}
    used |= {*tokenizer.template.before, *tokenizer.template.after, tokenizer.padding}
    rows = tensors["embedding_rows"].tolist()
    assert rows == sorted(used)
    loaded = Model.load(tmp_path / "model", Resources(encoder=tiny_encoder(family)))
    embedding = loaded.network.body.get_input_embeddings().weight.detach()  # type: ignore[operator]
    before = load_body(tiny_encoder(family), Noise()).get_input_embeddings().weight.detach()
    assert len(rows) < len(before) / 2
    others = torch.tensor([row not in used for row in range(len(before))])
    assert torch.equal(embedding[others], before[others])
    assert not torch.equal(embedding[~others], before[~others])


@pytest.mark.parametrize("family", SEPARATE)
def test_frozen_layers_keep_their_bytes(family: str, tmp_path: Path) -> None:
    tensors = saved(fit(family, frozen_layers=1), tmp_path / "model")
    frozen = re.compile(r"body\.(embeddings|encoder\.layer\.0\.)")
    assert not [name for name in tensors if frozen.match(name)]
    assert "embedding_rows" not in tensors
    assert [name for name in tensors if name.startswith("body.encoder.layer.1.")]
    loaded = Model.load(tmp_path / "model", Resources(encoder=tiny_encoder(family)))
    after, before = dict(loaded.network.named_parameters()), pretrained(family)
    assert all(torch.equal(after[name], before[name]) for name in before if frozen.match(name))
    assert not torch.equal(after["head.out.weight"], torch.zeros_like(after["head.out.weight"]))


@each_family
def test_a_frozen_encoder_trains_the_head_alone(family: str, tmp_path: Path) -> None:
    tensors = saved(fit(family, frozen_layers="all"), tmp_path / "model")
    assert set(tensors) == {"head.out.weight", "head.out.bias"}


@pytest.mark.parametrize(
    ("family", "frozen", "task_type", "language"),
    [
        *((family, 1, "tagging", "en") for family in SEPARATE),
        ("bert", 1, "pair_classification", "en"),
        ("electra", 1, "classification", "zh"),
        ("bert", 1, "coreference", "zh"),
        ("xlm_roberta", "all", "coreference", "zh"),
        ("deberta", 1, "keyword_match", "zh"),
        ("albert", "all", "tagging", "en"),
        ("bert", "all", "classification", "zh"),
    ],
)
def test_kept_output_of_frozen_layers_changes_nothing(
    family: str, frozen: int | str, task_type: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {**QUIET, "frozen_layers": frozen, "learning_rate": 1e-2, "schedule": "constant"}
    kept = saved(fit(family, task_type, language, **options), tmp_path / "kept")
    monkeypatch.setattr("regen.estimators.encoder.data.keep_frozen", lambda *_: {})
    plain = saved(fit(family, task_type, language, **options), tmp_path / "plain")
    assert set(kept) == set(plain)
    for name, value in kept.items():
        if not name.endswith("key.bias") and "key_proj.bias" not in name:  # its gradient is 0 but for rounding
            torch.testing.assert_close(
                value, plain[name], rtol=1e-3, atol=1e-3, msg=lambda told, n=name: f"{n}: {told}"
            )


@pytest.mark.parametrize(("family", "layers"), [("albert", 1), ("bert", 2), ("bert", 7)])
def test_layers_that_cannot_be_frozen_are_refused_in_one_line(family: str, layers: int) -> None:
    with pytest.raises(UserError, match=f"option 'frozen_layers': found {layers}, expected") as error:
        fit(family, frozen_layers=layers)
    assert "\n" not in str(error.value)
    assert family in str(error.value)


@pytest.mark.parametrize("family", ["bert", "roberta", "albert"])
def test_characters(family: str, tmp_path: Path) -> None:
    model = fit(family, "tagging", "zh", characters=True)
    examples = Case("encoder", "tagging", "zh").frames().test
    predictions = model.predict(examples)
    assert [len(tags) for tags in predictions.labels] == [len(tokens) for tokens in examples["tokens"]]
    assert {"head.place.weight", "head.dense.weight"} <= set(saved(model, tmp_path / "model"))


FAST_BF16 = resolve_hardware("auto", 1).precision == "bf16"
"""Elsewhere a product in bf16 takes over 100 times as long as one in f32."""


@pytest.mark.parametrize(
    "options",
    [
        {"pooling": "first"},
        {"label_smoothing": 0.1},
        pytest.param({"precision": "bf16"}, marks=pytest.mark.skipif(not FAST_BF16, reason="bf16 is only imitated")),
        {"clip": 1e-3},
    ],
)
def test_options_change_the_model(options: dict[str, Any], tmp_path: Path) -> None:
    changed = saved(fit("bert", "classification", "zh", **options), tmp_path / "changed")
    plain = saved(fit("bert", "classification", "zh"), tmp_path / "plain")
    assert any(not torch.equal(value, plain[name]) for name, value in changed.items())


def test_long_sentences_are_predicted_whole() -> None:
    model = fit("bert", max_length=12, stride=4)
    examples = Case("encoder", "tagging", "en").frames().test
    long = examples.assign(tokens=[tokens * 12 for tokens in examples["tokens"]])
    predictions = model.predict(long)
    assert [len(tags) for tags in predictions.labels] == [len(tokens) for tokens in long["tokens"]]


def test_one_label_alone_is_refused_in_one_line() -> None:
    case = Case("encoder", "classification", "en")
    train = case.frames().train.query("label == 'sport'")
    with pytest.raises(UserError, match="train holds the label 'sport' alone; raise 'train_examples'"):
        Model.fit(train, case.frames().dev, case.config(), 0, case.resources())


def test_a_missing_folder_is_an_error_of_the_caller() -> None:
    case = Case("encoder", "classification", "en")
    with pytest.raises(ValueError, match="an encoder's folder is needed"):
        Model.fit(case.frames().train, case.frames().dev, case.config(), 0)


def test_more_than_the_encoder_takes_is_refused(tmp_path: Path) -> None:
    from tiny_encoders import make_encoder

    folder = make_encoder("bert", tmp_path / "bert", layers=1)
    (folder / "encoder.json").write_text('{"max_length": 64}', encoding="utf-8")
    case = Case("encoder", "classification", "en")
    frames = case.frames()
    with pytest.raises(UserError, match="option 'max_length': found 65, expected at most 64"):
        Model.fit(frames.train, frames.dev, case.config(max_length=65), 0, Resources(encoder=folder))
    Model.fit(frames.train, frames.dev, case.config(max_length=64, epochs=1), 0, Resources(encoder=folder))


def test_facts_count_parameters_of_the_whole_network() -> None:
    facts = fitted("bert").facts()
    whole = sum(value.numel() for value in pretrained("bert").values())
    assert facts["parameters"] == whole + 32 * 7 + 7
    assert facts["trained_parameters"] < facts["parameters"]
    assert facts["best_epoch"] in (1, 2)
    assert [row["epoch"] for row in facts["history"]] == [1, 2]
    assert facts["hardware"]["precision"] == "f32"


def test_repeats_share_rows(caplog: pytest.LogCaptureFixture) -> None:
    """The second repeat does not tokenise again, and is what it is alone."""
    case = Case("encoder", "tagging", "en")
    frames, config = case.frames(), case.config(**FEW_STEPS)
    resources = Resources(encoder=tiny_encoder())
    with caplog.at_level(logging.INFO):
        Model.fit(frames.train, frames.dev, config, 1, resources)
        made = dict(resources.shared)
        second = Model.fit(frames.train, frames.dev, config, 0, resources)
    assert made
    assert all(resources.shared[key] is value for key, value in made.items())
    assert len(resources.shared) == len(made)
    alone, shared = fitted("bert")._tensors, second._tensors
    assert all(torch.equal(value, shared[name]) for name, value in alone.items())


def test_trials_share_rows_and_frozen_layers_that_are_alike() -> None:
    case = Case("encoder", "tagging", "en")
    frames, resources = case.frames(), Resources(encoder=tiny_encoder())
    made = []
    for options in ({}, {"learning_rate": 1e-3}, {"frozen_layers": 1}, {"frozen_layers": 1, "warmup": 0.5}):
        Model.fit(frames.train, frames.dev, case.config(**{**FEW_STEPS, **options}), 0, resources)
        made.append(len(resources.shared))
    assert made == [2, 2, 3, 3], "rows, then their data; frozen layers add data, never rows"
