"""Texts with two spans as inputs of an encoder, and the vectors that its head reads."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_encoders import FAMILIES, tiny_encoder

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.inputs import Collate, Inputs
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.spans import mark, nearest, span_inputs
from regen.training.batches import Batch
from regen.training.noise import Noise

LABELS = ("true", "false")
LONG = "天气晴朗，" * 20


def example(text: str, span1: str, span2: str, **columns: Any) -> pd.DataFrame:
    """Give one example whose spans stand where the text has them first."""
    starts = {"span1_start": [text.index(span1)], "span2_start": [text.index(span2)]}
    return pd.DataFrame({"text": [text], "span1": [span1], "span2": [span2], **starts, **columns})


def rows_of(ragged: Any) -> list[list[int]]:
    flat, offsets = ragged.flat.tolist(), ragged.offsets.tolist()
    return [flat[start:end] for start, end in pairwise(offsets)]


def inputs_of(family: str, examples: pd.DataFrame, max_length: int = 60) -> Inputs:
    return span_inputs(examples, Pieces(tiny_encoder(family)), max_length, LABELS)


def pieces_in(family: str, inputs: Inputs, bit: int) -> list[str]:
    """Give the pieces of a span, without what marks the beginning of a word."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tiny_encoder(family) / "tokenizer.json"))
    (ids,), (numbers,) = rows_of(inputs.pieces), rows_of(inputs.spans)
    found = [tokenizer.id_to_token(piece) for piece, number in zip(ids, numbers, strict=True) if number & bit]
    return [piece.strip("▁") for piece in found]


@pytest.mark.parametrize(
    ("text", "spans", "marked", "moved"),
    [
        ("王明说他来", ((0, 2), (3, 4)), "_王明_说[他]来", [(1, 3), (6, 7)]),
        ("他说王明", ((2, 4), (0, 1)), "[他]说_王明_", [(5, 7), (1, 2)]),
        ("王明他", ((0, 2), (2, 3)), "_王明_[他]", [(1, 3), (5, 6)]),
        ("😀王明，他", ((1, 3), (4, 5)), "😀_王明_，[他]", [(2, 4), (7, 8)]),
    ],
)
def test_spans_are_marked(text: str, spans: Any, marked: str, moved: Any) -> None:
    assert mark(text, spans) == (marked, moved)
    for (start, end), (first, last) in zip(spans, moved, strict=True):
        assert marked[first:last] == text[start:end]


@pytest.mark.parametrize("family", ["bert", "electra", "ernie"])
@pytest.mark.parametrize("text", ["王明说他来", "😀\u2028王明，\ud7ffann 他", "他没有来，王明来", "ＡＢ①王明 ﬁ 他"])
def test_pieces_of_spans_in_chinese(family: str, text: str) -> None:
    """Each character is a piece; what stands before it may have more than one code unit, or change its length."""
    inputs = inputs_of(family, example(text, "王明", "他"))
    assert pieces_in(family, inputs, 1) == ["王", "明"]
    assert pieces_in(family, inputs, 2) == ["他"]


def test_pieces_of_spans_in_bytes() -> None:
    """A Chinese character is three pieces of RoBERTa's alphabet."""
    (numbers,) = rows_of(inputs_of("roberta", example("😀王明，他", "王明", "他")).spans)
    assert [numbers.count(number) for number in (1, 2, 3)] == [6, 3, 0]
    assert numbers.index(1) < numbers.index(2)


@pytest.mark.parametrize("family", ["bert", "albert", "xlm_roberta"])
def test_pieces_of_spans_in_english(family: str) -> None:
    inputs = inputs_of(family, example("ann lee visited paris and the keeper raised rates", "the keeper", "rates"))
    first = "".join(pieces_in(family, inputs, 1))
    assert first.replace("[UNK]", "").replace("<unk>", "") == "thekeeper"
    assert "rates" in "".join(pieces_in(family, inputs, 2))


def test_a_row_by_hand() -> None:
    pieces = Pieces(tiny_encoder("bert"))
    inputs = inputs_of("bert", example("王明来，他去", "王明", "他", label=["false"]))
    (encoding,) = pieces.texts(["_王明_来，[他]去"])
    assert rows_of(inputs.pieces) == [[2, *encoding.ids, 3]]
    assert rows_of(inputs.spans) == [[0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 0, 0]]
    assert inputs.labels is not None
    assert rows_of(inputs.labels) == [[1]]
    assert (inputs.types, inputs.units, inputs.owners.tolist()) == (None, None, [0])
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [False]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("max_length", [8, 9, 30])
@pytest.mark.parametrize(
    "text",
    [
        f"王明{LONG}他",
        f"{LONG}王明说他来",
        f"他来，王明{LONG}",
        f"{LONG}王明{LONG}他{LONG}",
        f"{LONG}他王明{LONG}",
    ],
)
def test_both_spans_stay_in_a_row_that_is_cut(family: str, text: str, max_length: int) -> None:
    inputs = inputs_of(family, example(text, "王明", "他"), max_length)
    (row,), (numbers,) = rows_of(inputs.pieces), rows_of(inputs.spans)
    assert len(row) == len(numbers) == max_length
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [True]
    assert {bit for number in numbers for bit in (1, 2) if number & bit} == {1, 2}
    template = Pieces(tiny_encoder(family)).template
    assert (row[: len(template.before)], row[-len(template.after) :]) == ([*template.before], [*template.after])


@pytest.mark.parametrize(
    ("numbers", "room", "kept"),
    [
        ([0, 1, 0, 2], 4, [0, 1, 2, 3]),
        ([0, 0, 0, 1, 0, 2, 0, 0, 0], 5, [2, 3, 4, 5, 6]),  # the ends go
        ([1, 0, 0, 0, 0, 0, 0, 0, 2], 4, [0, 1, 7, 8]),  # the middle goes
        ([0, 0, 0, 0, 1, 0, 0, 0, 2], 6, [3, 4, 5, 6, 7, 8]),
        ([1, 1, 1, 1, 1, 1, 0, 0, 2], 4, [0, 1, 2, 8]),  # the end of a span that fills the room goes
        ([2, 2, 2, 2, 1, 1, 1, 1], 4, [0, 1, 4, 5]),
        ([0, 0, 3, 0, 0], 3, [1, 2, 3]),  # one piece for both
        ([0, 0, 0, 0], 2, [0, 1]),  # nothing is left of them
        ([0, 0, 0, 0, 2], 2, [3, 4]),
    ],
)
def test_what_is_near_the_spans_stays(numbers: list[int], room: int, kept: list[int]) -> None:
    assert nearest(np.array(numbers), room).tolist() == kept


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(4, 30))
@settings(deadline=None)
def test_what_stays_fits_and_holds_both_spans(numbers: list[int], room: int) -> None:
    found = nearest(np.array(numbers, dtype=np.int64), room)
    assert len(found) == min(len(numbers), room)
    assert (np.diff(found) > 0).all()
    for bit in (1, 2):
        places = [place for place, number in enumerate(numbers) if number & bit]
        assert set(places[: room // 2]) <= set(found.tolist())


def test_a_span_that_the_tokenizer_drops_has_no_piece() -> None:
    inputs = inputs_of("bert", example("王明\x07他", "\x07", "他"))
    assert {*rows_of(inputs.spans)[0]} == {0, 2}


def vectors_of(pooling: str, examples: pd.DataFrame) -> tuple[torch.Tensor, torch.Tensor, Inputs]:
    """Give the vectors of the head's inputs and of the pieces, in a batch that is padded."""
    folder, options = tiny_encoder("bert"), Options(pooling=pooling, dropout=0.0, attention_dropout=0.0)
    setup = Setup(options, "coreference", LABELS)
    network = setup.network(folder, Noise(), seed=0).eval()
    inputs = setup.inputs(examples, Pieces(folder))
    batch = Collate(inputs, padding=0)(Batch(np.arange(len(examples)), 24, 0))
    with torch.no_grad():
        told = {name: batch[name] for name in ("input_ids", "attention_mask")}
        assert network(batch).shape == (len(examples), 1, 2)
        return network.vectors(batch), network.body(**told).last_hidden_state, inputs


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_vectors_by_hand(pooling: str) -> None:
    """The text's vector, and the means of what stands between the marks of each span."""
    short, long = example("王明来，他去", "王明", "他"), example("她在北京，王明没有猫", "王明", "她")
    found, hidden, inputs = vectors_of(pooling, pd.concat([short, long]))
    assert found.shape == (2, 1, 3 * 32)
    assert rows_of(inputs.spans)[1][2] == 2
    for row, (noun, pronoun, length) in enumerate([((2, 4), 8, 12), ((9, 11), 2, 16)]):
        text = hidden[row, 0] if pooling == "first" else hidden[row, :length].mean(0)
        expected = torch.cat([text, hidden[row, noun[0] : noun[1]].mean(0), hidden[row, pronoun]])
        torch.testing.assert_close(found[row, 0], expected)


def test_a_span_without_pieces_is_zero() -> None:
    found, _, _ = vectors_of("mean", example("王明\x07他", "\x07", "他"))
    assert found[0, 0, 32:64].abs().sum() == 0
    assert torch.isfinite(found).all()
