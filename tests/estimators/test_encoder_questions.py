"""Windows over passages: what is asked of the network, and what is read off it."""

from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_encoders import FAMILIES, tiny_encoder

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.inputs import IGNORED, Collate, Inputs, Ragged
from regen.estimators.encoder.objectives import LabelOfEachUnit, UnitOfEachLabel
from regen.estimators.encoder.questions import answers, question_inputs
from regen.training.batches import Batch

quick = settings(deadline=None, max_examples=80)
families = st.sampled_from(["bert", "roberta", "albert", "xlm_roberta"])
lengths = st.integers(16, 60).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length // 2)))
texts = st.lists(
    st.sampled_from([*"北京银行abthenk 2Ж😀,", "the ", "北京", "\u3000", "é", "\u200b", "…"]), max_size=70
).map("".join)


@cache
def pieces(family: str = "bert") -> Pieces:
    return Pieces(tiny_encoder(family))


def rows_of(ragged: Ragged | None) -> list[list[int]]:
    assert ragged is not None
    flat, offsets = ragged.flat.tolist(), ragged.offsets.tolist()
    return [flat[start:end] for start, end in pairwise(offsets)]


def frame(context: str, *found: tuple[int, int], question: str = "the bank") -> pd.DataFrame:
    """Give a question whose answers are these parts of the passage."""
    texts = [context[start:end] for start, end in found]
    return pd.DataFrame(
        {
            **{"context": [context], "question": [question]},
            **({"answers": [texts], "answer_start": [[start for start, _ in found]]} if found else {}),
        }
    )


def perfect(inputs: Inputs) -> list[NDArray[np.float32]]:
    """Give what a network without a fault would say: all on the targets."""
    outputs = []
    for units, (start, end) in zip(rows_of(inputs.units), rows_of(inputs.labels), strict=True):
        output = np.full((len(units), 2), 1e-6, dtype=np.float32)
        output[start, 0] = output[end, 1] = 1.0
        outputs.append(output)
    return outputs


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, tuple[int, int]]:
    """Draw a passage and a part of it that neither begins nor ends with white space."""
    context = draw(texts.filter(lambda text: text.strip()))
    inside = [place for place, character in enumerate(context) if not character.isspace()]
    start, end = sorted((draw(st.sampled_from(inside)), draw(st.sampled_from(inside))))
    return context, (start, end + 1)


@given(asked(), families, lengths)
@quick
def test_any_part_of_a_passage_is_asked_and_answered_to_the_character(
    example: tuple[str, tuple[int, int]], family: str, window: tuple[int, int]
) -> None:
    context, (start, end) = example
    inputs = question_inputs(frame(context, (start, end)), pieces(family), *window, characters=True)
    held = [row for row in rows_of(inputs.labels) if row != [0, 0]]
    found, scores = answers([context], inputs, perfect(inputs), 100)
    if held:
        assert found == [context[start:end]]
        assert scores.tolist() == [1.0]
    else:  # no window holds all of it
        assert len(inputs.owners) > 1


@given(asked(), families, lengths)
@quick
def test_pieces_give_the_least_parts_that_hold_the_answer(
    example: tuple[str, tuple[int, int]], family: str, window: tuple[int, int]
) -> None:
    """Without ``characters``, and to the character where the answer begins and ends with pieces."""
    context, (start, end) = example
    inputs = question_inputs(frame(context, (start, end)), pieces(family), *window)
    if any(row != [0, 0] for row in rows_of(inputs.labels)):
        found = answers([context], inputs, perfect(inputs), 100)[0][0]
        assert context[start:end] in found
        edges = {edge for row in rows_of(inputs.bounds) for edge in row}
        first, last = max(edge for edge in edges if edge <= start), min(edge for edge in edges if edge >= end)
        assert found == context[first:last].strip()


@given(texts, texts, families, lengths, st.booleans())
@quick
def test_windows_cover_the_passage(
    context: str, question: str, family: str, window: tuple[int, int], characters: bool
) -> None:
    tokenizer = pieces(family)
    inputs = question_inputs(frame(context, question=question), tokenizer, *window, characters=characters)
    template = tokenizer.template
    seen = set()
    for ids, units, bounds in zip(rows_of(inputs.pieces), rows_of(inputs.units), rows_of(inputs.bounds), strict=True):
        assert len(ids) <= window[0]
        assert tuple(ids[: len(template.before)]) == template.before
        assert tuple(ids[-len(template.last) :]) == template.last
        assert units[0] == 0
        assert units == sorted(units)
        assert all(len(template.before) <= unit < len(ids) - len(template.last) for unit in units[1:])
        assert len(bounds) == len(units)
        seen |= {place for start, end in pairwise(bounds) for place in range(start, end)}
    assert seen == set(range(len(context)))
    assert inputs.labels is None
    assert set(inputs.owners.tolist()) == {0}


def test_a_row_is_the_question_and_the_passage() -> None:
    context = "new york is 北京"
    inputs = question_inputs(frame(context, (4, 8)), pieces(), 32, 4)
    question, passage = (encoding.ids for encoding in pieces().texts(["the bank", context]))
    assert rows_of(inputs.pieces) == [[2, *question, 3, *passage, 3]]
    assert rows_of(inputs.types) == [[0] * 4 + [1] * 6]
    assert rows_of(inputs.units) == [[0, 4, 5, 6, 7, 8]]
    # new, york, is, 北, 京; a blank goes with what stands before it
    assert rows_of(inputs.bounds) == [[0, 4, 9, 12, 13, 14]]
    assert rows_of(inputs.labels) == [[2, 2]]
    assert inputs.places is None
    assert (inputs.owners.tolist(), inputs.firsts.tolist()) == ([0], [0])


def test_windows_without_the_whole_answer_point_at_their_first_piece() -> None:
    context = "the " * 20
    inputs = question_inputs(frame(context, (4 * 9, 4 * 12 - 1)), pieces(), 15, 4)
    assert inputs.firsts.tolist() == [0, 6, 12]  # 10 pieces each: 15 but for the frame and the question
    assert rows_of(inputs.labels) == [[0, 0], [4, 6], [0, 0]]


def test_the_first_answer_with_a_place_is_the_target() -> None:
    examples = frame("new york is far", (0, 3), (4, 8), (12, 15))
    examples["answer_start"] = [[-1, 4, 12]]
    assert rows_of(question_inputs(examples, pieces(), 32, 4).labels) == [[2, 2]]
    examples["answer_start"] = [[-1, -1, -1]]
    assert rows_of(question_inputs(examples, pieces(), 32, 4).labels) == [[IGNORED, IGNORED]]


def test_a_long_question_loses_its_end() -> None:
    inputs = question_inputs(frame("new york", question="the bank " * 50), pieces(), 23, 4)
    (row,) = rows_of(inputs.pieces)
    the, bank = pieces().texts(["the bank"])[0].ids
    assert row[:13] == [2, *[the, bank] * 5, 3, row[12]]
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [True]
    wide = question_inputs(frame("new york", question="the bank " * 50), pieces(), 200, 4)
    assert rows_of(wide.pieces)[0].index(3) == 1 + 64


def test_passages_without_anything() -> None:
    examples = pd.DataFrame({"context": ["", " ", "北"], "question": ["", "the", ""]})
    inputs = question_inputs(examples, pieces(), 16, 4)
    outputs = [np.full((len(units), 2), 0.5, dtype=np.float32) for units in rows_of(inputs.units)]
    found, scores = answers(examples["context"].tolist(), inputs, outputs, 50)
    assert found == ["", "", "北"]
    assert scores.tolist() == [0.0, 0.25, 0.25]


def test_no_rows() -> None:
    empty = pd.DataFrame({"context": [], "question": []})
    inputs = question_inputs(empty, pieces(), 16, 4)
    found, scores = answers([], inputs, [], 50)
    assert (found, scores.tolist()) == ([], [])


def _decoded(*values: list[tuple[float, float]], longest: int = 50) -> tuple[str, float]:
    """Decode windows over the passage ``abcdef`` from its first character on, two characters apart."""
    firsts = [2 * number for number in range(len(values))]
    bounds = [list(range(first, first + len(value))) for first, value in zip(firsts, values, strict=True)]
    unit = Ragged.of([[0] * len(value) for value in values])
    owners = np.zeros(len(values), dtype=np.int64)
    inputs = Inputs(unit, None, unit, None, None, owners, np.array(firsts), bounds=Ragged.of(bounds))
    found, scores = answers(["abcdef"], inputs, [np.array(value, dtype=np.float32) for value in values], longest)
    return found[0], scores.tolist()[0]


def test_the_best_pair_ends_after_it_starts() -> None:
    window = [(0.0, 0.0), (0.25, 0.5), (0.5, 0.125), (0.25, 0.25)]
    assert _decoded(window) == ("a", 0.125)  # as good as "bc", and before it
    assert _decoded([(0.0, 0.0), (0.25, 0.75), (0.75, 0.0), (0.0, 0.25)]) == ("a", 0.1875)
    assert _decoded([(0.0, 0.0), (0.0, 0.75), (0.75, 0.0), (0.0, 0.25)]) == ("bc", 0.1875)


def test_an_answer_is_not_longer_than_the_limit() -> None:
    window = [(0.0, 0.0), (0.75, 0.0), (0.0, 0.25), (0.25, 0.75)]
    assert _decoded(window) == ("abc", 0.5625)
    assert _decoded(window, longest=2) == ("ab", 0.1875)
    assert _decoded(window, longest=1) == ("c", 0.1875)


def test_the_best_window_wins_and_of_equal_ones_the_first() -> None:
    first, second = [(0.5, 0.5), (0.5, 0.5)], [(0.25, 0.25), (0.75, 0.75)]
    assert _decoded(first, second) == ("c", 0.5625)
    assert _decoded(first, first) == ("a", 0.25)


def test_the_first_piece_is_no_answer() -> None:
    assert _decoded([(1.0, 1.0), (0.0, 0.0), (0.0, 0.0)]) == ("a", 0.0)


def _batch(characters: bool = False) -> dict[str, torch.Tensor]:
    examples = pd.concat([frame("new york is", (4, 8)), frame("far", (0, 3)), frame("far", (0, 3))], ignore_index=True)
    examples["answer_start"] = [[4], [0], [-1]]
    inputs = question_inputs(examples, pieces(), 32, 4, characters)
    return Collate(inputs, pieces().padding)(Batch(np.arange(3), int(inputs.lengths.max()), 0))


def test_a_batch_has_two_targets_for_each_row() -> None:
    batch = _batch()
    assert batch["units"].tolist() == [[0, 4, 5, 6], [0, 4, 0, 0], [0, 4, 0, 0]]
    assert batch["labels"].tolist() == [[2, 2], [1, 1], [IGNORED, IGNORED]]
    assert "places" not in batch
    batch = _batch(characters=True)
    assert batch["labels"].tolist() == [[5, 8], [1, 3], [IGNORED, IGNORED]]
    assert batch["places"].shape == batch["units"].shape == (3, 12)


def test_the_loss_is_over_the_units_of_a_row() -> None:
    torch.manual_seed(0)
    batch, logits = _batch(), torch.randn(3, 4, 2, requires_grad=True)
    expected = torch.stack(
        [
            torch.nn.functional.cross_entropy(logits[row, :count, side][None], torch.tensor([target]))
            for row, count, target in ((0, 4, 2), (1, 2, 1))
            for side in (0, 1)
        ]
    ).sum()
    loss = UnitOfEachLabel().loss_sum(logits, batch, 0.0)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    loss.backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert not logits.grad[1, 2:].any()
    assert not logits.grad[2].any()


def test_smoothing_spreads_over_the_units_of_a_row() -> None:
    batch, logits = _batch(), torch.randn(3, 4, 2)
    expected = torch.stack(
        [
            torch.nn.functional.cross_entropy(
                logits[row, :count, side][None], torch.tensor([target]), label_smoothing=0.2
            )
            for row, count, target in ((0, 4, 2), (1, 2, 1))
            for side in (0, 1)
        ]
    ).sum()
    assert UnitOfEachLabel().loss_sum(logits, batch, 0.2).item() == pytest.approx(expected.item(), rel=1e-5)


def test_probabilities_sum_to_one_over_the_units_of_a_row() -> None:
    values = UnitOfEachLabel().probabilities(torch.randn(3, 4, 2), _batch())
    assert torch.allclose(values.sum(1), torch.ones(3, 2))
    assert not values[1, 2:].any()
    logits = torch.randn(3, 4, 2)
    assert torch.equal(LabelOfEachUnit().probabilities(logits, _batch()), torch.softmax(logits, dim=-1))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_questions(family: str) -> None:
    """Rows have one segment or two, as the encoder's tokenizer says."""
    tokenizer = pieces(family)
    inputs = question_inputs(frame("new york is far", (4, 8)), tokenizer, 40, 4)
    encoded = tokenizer._tokenizer.encode("the bank", "new york is far")
    assert rows_of(inputs.pieces) == [encoded.ids]
    assert inputs.types is None or rows_of(inputs.types) == [encoded.type_ids]
    assert answers(["new york is far"], inputs, perfect(inputs), 50)[0] == ["york"]
