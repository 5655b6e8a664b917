"""Entities and relations from one encoder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from estimator_cases import Case, saved
from estimator_frames import Frames
from tiny_encoders import tiny_encoder

from annotated import annotated
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import Milestone, Resources
from regen.estimators.encoder.inputs import IGNORED, Collate, Inputs, Ragged
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.network import PairHead
from regen.estimators.encoder.relations import (
    NO_RELATION,
    found_entities,
    relation_inputs,
    relation_labels,
    relation_predictions,
    with_pairs,
)
from regen.training.batches import Batch
from regen.training.noise import Noise

CASE = Case("encoder", "relation_extraction", "en")
LABELS = ("O", "B-Loc", "B-Peop", "I-Peop", NO_RELATION, "Live_In")
SENTENCES = [
    annotated("[Peop Ann Lee] of [Loc Paris] visited [Loc York]", (0, 1, "Live_In")),
    annotated("rain"),
    annotated("[Loc Paris]"),
]


def frame(*sentences: tuple[list[str], str]) -> pd.DataFrame:
    return pd.DataFrame(sentences, columns=["tokens", "annotation"])


def rows_of(ragged: Ragged | None) -> list[list[int]]:
    assert ragged is not None
    return [part.tolist() for part in np.split(ragged.flat, ragged.offsets[1:-1])]


def made(max_length: int = 48, sentences: Sequence[tuple[list[str], str]] = SENTENCES) -> Inputs:
    pieces = Pieces(tiny_encoder(), words=True)
    return relation_inputs(frame(*sentences), pieces, max_length, LABELS)


def test_labels_are_those_that_train_needs() -> None:
    assert relation_labels(frame(*SENTENCES)) == LABELS
    assert relation_labels(frame(annotated("rain"))) == ("O", NO_RELATION)


def test_every_ordered_pair_of_gold_entities_is_asked_for() -> None:
    inputs = made()
    assert rows_of(inputs.units) == [[1, 2, 3, 4, 5, 6], [1], [1]]
    assert rows_of(inputs.labels) == [[2, 3, 0, 1, 0, 1], [0], [1]]
    bounds = {"Ann Lee": [0, 2], "Paris": [3, 4], "York": [5, 6]}
    pairs = [[*bounds[head], *bounds[tail]] for head in bounds for tail in bounds if head != tail]
    assert rows_of(inputs.pairs) == [[number for pair in pairs for number in pair], [], []]
    assert rows_of(inputs.pair_labels) == [[5, 4, 4, 4, 4, 4], [], []]


def test_what_is_unknown_is_no_target() -> None:
    sentence = annotated("[Org Acme] in [Loc Paris]", (0, 1, "OrgBased_In"))
    inputs = made(sentences=[sentence])
    assert rows_of(inputs.labels) == [[IGNORED, 0, 1]]
    assert rows_of(inputs.pair_labels) == [[IGNORED, 4]]


def test_labels_of_pairs_come_after_those_of_tokens() -> None:
    collated = Collate(made(), 0)(Batch(np.array([2, 0]), 8, 0))
    assert collated["pairs"].shape == (2, 6, 4)
    assert collated["pairs"][1, 0].tolist() == [0, 2, 3, 4]
    assert collated["labels"].tolist() == [
        [1, *[IGNORED] * 5, *[IGNORED] * 6],
        [2, 3, 0, 1, 0, 1, 5, 4, 4, 4, 4, 4],
    ]
    alone = Collate(made(), 0)(Batch(np.array([1]), 4, 0))
    assert (alone["pairs"].tolist(), alone["labels"].tolist()) == ([[[0, 0, 0, 0]]], [[0, IGNORED]])


def test_the_end_of_a_long_sentence_is_cut() -> None:
    inputs = made(max_length=6)  # four pieces: "Ann Lee of Paris"
    assert inputs.lengths.tolist() == [6, 3, 3]
    assert rows_of(inputs.labels) == [[2, 3, 0, 1], [0], [1]]
    assert rows_of(inputs.pairs) == [[0, 2, 3, 4, 3, 4, 0, 2], [], []]
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [True, False, False]
    inside = made(max_length=5, sentences=[annotated("rain of [Peop Lee Ann Lee]")])  # within an entity
    assert (rows_of(inside.labels), rows_of(inside.pairs)) == ([[0, 0, 2]], [[]])


def test_logits_by_hand() -> None:
    """A pair is the means of its head, its tail and what lies between them."""
    head = PairHead(2, unit_labels=2, pair_labels=1, dropout=0.5, noise=Noise()).eval()
    with torch.no_grad():
        head.out.weight.copy_(torch.eye(2))
        head.pairs.weight.copy_(torch.tensor([[1.0, 10, 100, 1000, 1e4, 1e5]]))
        vectors = torch.tensor([[[1.0, 2], [3, 4], [5, 6], [7, 8]]])
        pairs = torch.tensor([[[0, 2, 3, 4], [3, 4, 0, 2], [0, 1, 1, 2], [0, 0, 0, 0]]])
        logits = head(vectors, {"pairs": pairs})
    nothing = -torch.inf
    assert logits[0, :4].tolist() == [[1, 2, nothing], [3, 4, nothing], [5, 6, nothing], [7, 8, nothing]]
    assert logits[0, 4:, :2].tolist() == [[nothing, nothing]] * 4
    # Means: tokens 0 and 1 are (2, 3), token 3 is (7, 8), between them lies (5, 6).
    assert logits[0, 4:, 2].tolist() == pytest.approx(
        [2 + 30 + 700 + 8000 + 5e4 + 6e5, 7 + 80 + 200 + 3000 + 5e4 + 6e5, 1 + 20 + 300 + 4000, 0]
    )
    assert head(vectors, {}).shape == (1, 4, 3)


def test_answers_by_hand() -> None:
    tokens = np.eye(6, dtype=np.float32)[[2, 3, 0, 1]] * 0.5
    inputs = Inputs(Ragged.of([[9] * 6]), None, Ragged.of([[1, 2, 3, 4]]), None, None, np.zeros(1), np.zeros(1))
    (entities,) = found_entities(inputs, [tokens], LABELS)
    assert [tuple(entity) for entity in entities] == [(0, 2, "Peop"), (3, 4, "Loc")]
    asked = with_pairs(inputs, [entities])
    assert (rows_of(asked.pairs), asked.labels) == ([[0, 2, 3, 4, 3, 4, 0, 2]], None)
    pairs = np.array([[0, 0, 0, 0, 0.25, 0.75], [0, 0, 0, 0, 0.6, 0.4]], dtype=np.float32)
    predictions = relation_predictions(inputs, [np.concatenate([tokens, pairs])], LABELS)
    assert predictions.labels == [annotated("[Peop a b] c [Loc d]", (0, 1, "Live_In"))[1]]
    assert predictions.scores == pytest.approx([0.5**4 * 0.75 * 0.6])


def test_a_tiny_encoder_learns_relations_that_only_the_words_between_tell() -> None:
    train = frame(
        annotated("[Peop Ann] does visited [Loc Paris] and [Loc York]", (0, 1, "Live_In"), (2, 1, "Located_In")),
        annotated("[Peop Ann] from [Loc Paris] far [Loc York]", (0, 2, "Live_In"), (1, 2, "Located_In")),
        annotated("[Loc Paris] is [Peop Lee] from [Peop Ann]", (1, 2, "Kill")),
    )
    model = CASE.fit(Frames(train, train, train), epochs=40, learning_rate=1e-2)
    assert model.predict(train).labels == train["annotation"].tolist()
    history = model.facts()["history"]
    assert history[-1]["dev_score"] == 1.0
    assert history[-1]["dev_loss"] < 0.05 < history[0]["dev_loss"]


@pytest.mark.parametrize("frozen", [1, "all"])
def test_frozen_layers_give_every_pair_its_vectors(frozen: Any) -> None:
    """What is kept of frozen layers serves both passes; the model that is loaded computes it anew."""
    frames = CASE.frames()
    config = CASE.config(frozen_layers=frozen, epochs=2, learning_rate=1e-2)
    resources = Resources(encoder=tiny_encoder(layers=2))
    model = Model.fit(frames.train, frames.dev, config, 0, resources)
    assert len(model.predict(frames.test).labels) == len(frames.test)


class _StopError(Exception):
    pass


def test_an_interrupted_fit_ends_with_the_same_bytes(tmp_path: Path) -> None:
    frames, config = CASE.frames(), CASE.config(epochs=4, batch_examples=2, keep="best")

    def stop(milestone: Milestone) -> None:
        if milestone.epoch == 2:
            raise _StopError

    resources = Resources(encoder=tiny_encoder(layers=1), state=tmp_path / "state", told=stop)
    with pytest.raises(_StopError):
        Model.fit(frames.train, frames.dev, config, 0, resources)
    assert (tmp_path / "state" / "training.safetensors").is_file()
    resources = Resources(encoder=tiny_encoder(layers=1), state=tmp_path / "state")
    broken = Model.fit(frames.train, frames.dev, config, 0, resources)
    whole = Model.fit(frames.train, frames.dev, config, 0, Resources(encoder=tiny_encoder(layers=1)))
    assert saved(broken, tmp_path / "broken") == saved(whole, tmp_path / "whole")


def test_label_smoothing_is_refused() -> None:
    with pytest.raises(UserError, match=r"option 'label_smoothing': found 0\.1, expected 0, since tokens and pairs"):
        CASE.fit(label_smoothing=0.1)
