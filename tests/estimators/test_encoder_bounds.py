"""Starts and ends of spans: their labels, their loss, and the spans that they make."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_encoder_tagging import frame, pieces, rows_of

from regen.estimators.encoder.bounds import (
    StartAndEndOfEachUnit,
    bound_labels,
    found_spans,
    numbered_bounds,
    rows_of_bounds,
)
from regen.estimators.encoder.inputs import IGNORED
from regen.estimators.encoder.tagging import tagging_inputs
from regen.scoring.spans import extract_spans, spans_to_iob2

LABELS = ("O", "X", "Y")


def said(starts: str, ends: str, sure: float = 1.0) -> NDArray[np.float32]:
    """Give probabilities of what is written, such as ``OX.`` for none, X, none; ``.`` is none, too."""
    both = np.full((len(starts), 2, len(LABELS)), (1 - sure) / 2, dtype=np.float32)
    for place, letters in enumerate(zip(starts, ends, strict=True)):
        for side, letter in enumerate(letters):
            both[place, side, LABELS.index(letter.replace(".", "O"))] = sure
    return both.reshape(len(starts), 2 * len(LABELS))


def test_labels_are_types() -> None:
    assert bound_labels([["O", "B-Y", "I-Y"], [], ["B-X"]]) == LABELS
    assert bound_labels([["O"], []]) == ("O",)


def test_numbers_of_starts_and_ends() -> None:
    """Two numbers for each token; a type that is not known is no target, whatever stands in it is none."""
    assert numbered_bounds(["B-X", "O", "B-Y", "I-Y", "B-Y"], LABELS) == [1, 1, 0, 0, 2, 0, 0, 2, 2, 2]
    assert numbered_bounds(["B-Z", "I-Z", "I-Z"], LABELS) == [IGNORED, 0, 0, 0, 0, IGNORED]
    assert numbered_bounds([], LABELS) == []


def test_windows_have_their_part() -> None:
    """Windows of 8 words with 4 shared over 12 words, then a sentence without words."""
    inputs = tagging_inputs(frame([["the"] * 12, []]), pieces(), 10, 4, ())
    rows = rows_of(rows_of_bounds(inputs, [list(range(24)), []]))
    assert rows == [list(range(16)), list(range(8, 24)), []]


@pytest.mark.parametrize(
    ("starts", "ends", "tags"),
    [
        ("X....", "..X..", "B-X I-X I-X O O"),
        ("X.Y..", "X..Y.", "B-X O B-Y I-Y O"),  # a single token is a span
        ("X....", ".Y.X.", "B-X I-X I-X I-X O"),  # the end of another type is none
        ("X....", ".X.X.", "B-X I-X O O O"),  # the nearest end
        ("X.X..", "....X", "B-X I-X I-X I-X I-X"),  # a start within a span is dropped
        ("XY...", "..XY.", "B-X I-X I-X O O"),  # of overlapping spans the one that starts first is taken
        ("XX...", ".X...", "B-X I-X O O O"),
        ("X..Y.", "..Y..", "O O O O O"),  # no end at or behind the start
        (".X.Y.", "X..Y.", "O O O B-Y O"),
        (".....", "X.Y..", "O O O O O"),  # ends without starts
        ("XXXXX", "XXXXX", "B-X B-X B-X B-X B-X"),
    ],
)
def test_spans_by_hand(starts: str, ends: str, tags: str) -> None:
    spans, score = found_spans(said(starts, ends), LABELS)
    assert " ".join(spans_to_iob2(spans, 5)) == tags
    assert score == 1.0


def test_score_is_the_product_of_all_bounds() -> None:
    assert found_spans(said("X.", ".X", sure=0.8), LABELS)[1] == pytest.approx(0.8**4)
    assert found_spans(said("", ""), LABELS) == ([], 1.0)


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(LABELS)), max_size=6))
def test_bounds_tell_the_spans(parts: list[tuple[int, str]]) -> None:
    """What labels say of any spans decodes to these spans."""
    tags = [
        "O" if kind == "O" else f"{'I' if place else 'B'}-{kind}" for length, kind in parts for place in range(length)
    ]
    bounds = np.array(numbered_bounds(tags, LABELS), dtype=np.int64)
    probabilities = np.eye(3, dtype=np.float32)[bounds].reshape(len(tags), 6)
    assert found_spans(probabilities, LABELS)[0] == extract_spans(tags)


def test_loss_and_probabilities_are_those_of_starts_and_of_ends() -> None:
    objective, random = StartAndEndOfEachUnit(), torch.Generator().manual_seed(0)
    logits = torch.randn(2, 3, 6, generator=random)
    labels = torch.tensor([[0, 2, 1, IGNORED, 0, 1], [1, 1, IGNORED, IGNORED, IGNORED, IGNORED]])
    logs = torch.cat([logits[..., :3].log_softmax(-1), logits[..., 3:].log_softmax(-1)], dim=-1)
    targets = [(0, 0, 0), (0, 0, 3 + 2), (0, 1, 1), (0, 2, 0), (0, 2, 3 + 1), (1, 0, 1), (1, 0, 3 + 1)]
    expected = -sum(logs[target].item() for target in targets)
    assert objective.loss_sum(logits, {"labels": labels}, 0.0).item() == pytest.approx(expected, rel=1e-5)
    found, right = objective.targets(logits, {"labels": labels})
    assert -found.gather(1, right[:, None]).sum().item() == pytest.approx(expected, rel=1e-5)
    torch.testing.assert_close(objective.probabilities(logits, {}), logs.exp())


def test_a_batch_of_sentences_without_tokens_costs_nothing() -> None:
    batch = {"labels": torch.full((2, 1), IGNORED)}
    assert StartAndEndOfEachUnit().loss_sum(torch.zeros(2, 1, 6), batch, 0.0) == 0
