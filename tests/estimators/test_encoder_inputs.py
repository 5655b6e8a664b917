import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.encoders.prefix import Kept
from regen.estimators.encoder.inputs import IGNORED, Collate, Inputs, Ragged, used_pieces
from regen.training.batches import Batch

ragged_rows = st.lists(st.lists(st.integers(-5, 9), max_size=6), min_size=1, max_size=8)


def batch(rows: list[int], width: int) -> Batch:
    return Batch(np.array(rows), width, 0)


@given(ragged_rows, st.data())
@settings(deadline=None, max_examples=60)
def test_padded_gives_rows_in_any_order(rows: list[list[int]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=10))
    width = max(len(rows[row]) for row in chosen) + data.draw(st.integers(0, 3))
    found = Ragged.of(rows).padded(np.array(chosen), width, 77)
    assert found.dtype == torch.int64
    assert found.tolist() == [[*rows[row], *[77] * (width - len(rows[row]))] for row in chosen]


@given(ragged_rows)
@settings(deadline=None, max_examples=60)
def test_lengths(rows: list[list[int]]) -> None:
    assert Ragged.of(rows).lengths.tolist() == [len(row) for row in rows]


def test_a_row_longer_than_the_width_is_an_error() -> None:
    with pytest.raises((ValueError, IndexError)):
        Ragged.of([[1, 2, 3]]).padded(np.array([0]), 2, 0)


def sentences(labels: bool = True) -> Inputs:
    return Inputs(
        pieces=Ragged.of([[2, 5, 6, 3], [2, 7, 3], [2, 8, 9, 9, 9, 3]]),
        types=None,
        units=Ragged.of([[1, 2], [1], [1, 2, 4]]),
        places=Ragged.of([[0, 0], [0], [0, 1, 0]]),
        labels=Ragged.of([[0, 1], [1], [1, 0, 1]]) if labels else None,
        owners=np.array([0, 1, 2]),
        firsts=np.array([0, 0, 0]),
    )


def test_collated_sentences() -> None:
    collated = Collate(sentences(), padding=0)(batch([1, 2], 8))
    assert {name: value.tolist() for name, value in collated.items()} == {
        "input_ids": [[2, 7, 3, 0, 0, 0, 0, 0], [2, 8, 9, 9, 9, 3, 0, 0]],
        "attention_mask": [[1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 0, 0]],
        "units": [[1, 0, 0], [1, 2, 4]],
        "places": [[0, 0, 0], [0, 1, 0]],
        "labels": [[1, IGNORED, IGNORED], [1, 0, 1]],
    }


def test_collated_without_labels_and_with_another_padding() -> None:
    collated = Collate(sentences(labels=False), padding=4)(batch([0], 4))
    assert set(collated) == {"input_ids", "attention_mask", "units", "places"}
    collated = Collate(sentences(), padding=4)(batch([1], 4))
    assert collated["input_ids"].tolist() == [[2, 7, 3, 4]]


def test_collated_texts() -> None:
    one = np.array([0, 1])
    inputs = Inputs(
        Ragged.of([[2, 3], [2, 5, 3]]), Ragged.of([[0, 1], [0, 0, 1]]), None, None, Ragged.of([[1], [0]]), one, one
    )
    collated = Collate(inputs, padding=0)(batch([1, 0], 4))
    assert {name: value.tolist() for name, value in collated.items()} == {
        "input_ids": [[2, 5, 3, 0], [2, 3, 0, 0]],
        "attention_mask": [[1, 1, 1, 0], [1, 1, 0, 0]],
        "token_type_ids": [[0, 0, 1, 0], [0, 1, 0, 0]],
        "labels": [[0], [1]],
    }


def test_what_is_kept_is_brought_along() -> None:
    hidden, vectors = Kept(3), Kept(3)
    states = torch.arange(3 * 6 * 2, dtype=torch.float32).view(3, 6, 2)
    hidden.keep([2, 0, 1], states, [6, 4, 3])
    vectors.keep([0, 1, 2], states[:, :3], [2, 1, 3])
    collated = Collate(sentences(), 0, {"hidden": hidden, "vectors": vectors})(batch([1, 2], 8))
    assert collated["hidden"].shape == (2, 8, 2)
    assert torch.equal(collated["hidden"][0, :3], states[2, :3])
    assert torch.equal(collated["hidden"][1, :6], states[0])
    assert collated["hidden"][0, 3:].abs().sum() == 0
    assert collated["vectors"].shape == (2, 3, 2)
    assert torch.equal(collated["vectors"][1], states[2, :3])


def test_used_pieces_are_sorted_and_once() -> None:
    used = used_pieces(sentences(), sentences(), always=[4, 2])
    assert used.tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
