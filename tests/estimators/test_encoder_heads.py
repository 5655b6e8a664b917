"""Heads for tagging: fitted, saved, stopped, cut into windows, and with other options."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from estimator_cases import Case, saved
from pydantic import ValidationError
from test_encoder_methods import METHODS, SHORT, fit, fit_in_parts, one_batch
from tiny_encoders import tiny_encoder

from regen.errors import UserError
from regen.estimators.base import GivesProbabilities
from regen.estimators.chain import follows
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import shared_data
from regen.estimators.encoder.heads import chain_of
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.export.stock import form_of
from regen.training.device import resolve_hardware

CASE = Case("encoder", "tagging", "en")
HEADS = ("crf", "span")
OF_TAGS = ("class_weights", "focal", "label_smoothing", "r_drop")
WITH = (*OF_TAGS, "accumulation", "dropout_samples", "ema", "fgm", "frozen_layers", "head", "sgd")
each_head = pytest.mark.parametrize("head", HEADS)


@pytest.mark.parametrize(("head", "language"), [("crf", "en"), ("crf", "zh"), ("span", "en"), ("span", "zh")])
def test_learnt_saved_and_loaded(head: str, language: str, tmp_path: Path) -> None:
    """Tokens that are characters go through another head below."""
    case = Case("encoder", "tagging", language)
    frames, characters = case.frames(), language == "zh"
    model = case.fit(head=head, characters=characters, epochs=30 if characters else 12)
    predicted = model.predict(frames.train)
    right = sum(a == list(b) for a, b in zip(predicted.labels, frames.train["tags"], strict=True))
    assert right >= len(frames.train) - 1
    assert ((predicted.scores > 0) & (predicted.scores <= 1)).all()
    assert all(np.isfinite(row["dev_loss"]) for row in model.facts()["history"])
    files = saved(model, tmp_path / "first")
    loaded = case.load(tmp_path / "first")
    again = loaded.predict(frames.test)
    assert again.labels == model.predict(frames.test).labels
    np.testing.assert_array_equal(again.scores, model.predict(frames.test).scores)
    assert saved(loaded, tmp_path / "again") == files


@each_head
def test_stopped_and_resumed(head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"head": head, "epochs": 3}
    whole = fit(tmp_path / "whole", CASE, **options)
    assert fit_in_parts(tmp_path / "broken", monkeypatch, CASE, **options) == whole


@each_head
def test_sentences_longer_than_the_window_get_legal_tags(head: str) -> None:
    """One tag for each token, in order, whatever the window sees."""
    long = [["Ann", "Lee", "visited", "Paris", "."] * 6, [], ["New", "York"] * 9]
    examples = pd.DataFrame({"id": ["a", "b", "c"], "tokens": long})
    model = CASE.fit(head=head, max_length=12, stride=4)
    labels = model.predict(examples).labels
    assert [len(tags) for tags in labels] == [30, 0, 18]
    assert len({tag for tags in labels for tag in tags}) > 2
    for tags in labels:
        assert all(itertools.starmap(follows, zip([None, *tags], tags, strict=False)))


@each_head
@pytest.mark.parametrize("name", WITH)
def test_with_other_options(head: str, name: str) -> None:
    """What needs a loss of single tags is refused for a chain; all else trains, without a hitch."""
    options = {"head": head, **METHODS[name]}
    if head == "crf" and name in OF_TAGS:
        with pytest.raises(ValidationError, match=f"'head' crf has no loss of single tags, .* '{name}'"):
            Options(**options)
        return
    _, network, loop = one_batch(CASE, **{**options, "epochs": 1})
    before = {key: value.clone() for key, value in network.head.named_parameters()}  # type: ignore[union-attr,operator]
    loop.run()
    after = dict(network.head.named_parameters())  # type: ignore[union-attr,operator]
    assert all(torch.isfinite(value).all() for value in after.values())
    assert all(not torch.equal(value, before[key]) for key, value in after.items())


@pytest.mark.parametrize("task_type", ["classification", "relation_extraction"])
def test_other_task_types_have_heads_of_their_own(task_type: Any) -> None:
    case = Case("encoder", task_type, "en")
    told = rf"option 'head': found 'crf', expected softmax, .* in type {task_type}$"
    with pytest.raises(UserError, match=told):
        fit(case=case, head="crf")


def test_unknown_head() -> None:
    with pytest.raises(ValidationError, match="'softmax', 'crf' or 'span'"):
        Options.model_validate({"head": "mrc"})


def test_rows_of_one_head_are_not_those_of_another() -> None:
    """What repeats and trials share holds the labels of each head."""
    frames, shared = CASE.frames(), dict[Any, Any]()
    hardware = resolve_hardware("f32", 1)
    made = []
    for head in ("softmax", *HEADS):
        config = CASE.config(**SHORT, head=head)
        setup = Setup.of(Options(**config.options), "tagging", frames.train, config.labels)
        made.append(shared_data(setup, frames.train, frames.dev, tiny_encoder(layers=1), hardware, shared))
    of_softmax, of_chain, of_spans = (data.train for data in made)
    assert of_softmax.edges is None
    assert of_chain.edges is not None
    assert of_softmax.labels is not None
    assert of_spans.labels is not None
    assert len(of_spans.labels.flat) == 2 * len(of_softmax.labels.flat)


def test_probabilities_of_tags() -> None:
    model, examples = CASE.fit(head="crf"), CASE.frames().test
    assert isinstance(model, GivesProbabilities)
    said = model.probabilities(examples)
    for values, tags in zip(said.values, model.predict(examples).labels, strict=True):
        assert values.shape == (len(tags), len(said.labels))
        assert values.sum(axis=1) == pytest.approx(1.0)
    illegal = [tag.startswith("I-") for tag in said.labels]
    assert all(values[0, illegal].max() < 1e-12 for values in said.values)
    spans = CASE.fit(head="span", epochs=1)
    assert isinstance(spans, GivesProbabilities)
    with pytest.raises(ValueError, match="of starts and ends, not of tags"):
        spans.probabilities(examples)


@each_head
def test_no_exported_form(head: str) -> None:
    setup = Setup(Options.model_validate({"head": head}), "tagging", ("O", "B-X"))
    with pytest.raises(UserError, match=f"models with the head {head} have no exported form"):
        form_of(setup, "bert")


def test_a_chain_is_that_of_a_network() -> None:
    setup, network, _ = one_batch(CASE, head="crf")
    assert isinstance(network, Network)
    with pytest.raises(ValueError, match="the chain of a network is needed"):
        _ = setup.adaptation.objective
    assert chain_of(network) is not None
    assert chain_of(one_batch(CASE)[1]) is None  # type: ignore[arg-type]
