from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_encoders import tiny_encoder

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged
from regen.estimators.encoder.tagging import MOST_PLACES, character_units, joined, tagging_inputs, word_units

TAGS = ("O", "B-x", "I-x")
WORDS = ["the", "bank", "zebra", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "", "\u200b", "北京", "Ж", "a-b"]
sentences = st.lists(st.lists(st.sampled_from(WORDS), max_size=25), min_size=1, max_size=4)
characters = st.lists(
    st.lists(st.sampled_from([*"北京银行abthenk  Ж😀", "ab", "\u3000"]), max_size=40), min_size=1, max_size=4
)
families = st.sampled_from(["bert", "roberta", "albert", "xlm_roberta"])
windows = st.integers(8, 40).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length // 2)))

quick = settings(deadline=None, max_examples=60)


@cache
def pieces(family: str = "bert") -> Pieces:
    return Pieces(tiny_encoder(family))


def rows_of(ragged: Ragged | None) -> list[list[int]]:
    assert ragged is not None
    flat, offsets = ragged.flat.tolist(), ragged.offsets.tolist()
    return [flat[start:end] for start, end in pairwise(offsets)]


def frame(tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[str]] | None = None, **more: object) -> pd.DataFrame:
    return pd.DataFrame({"tokens": [list(row) for row in tokens], **({"tags": tags} if tags else {}), **more})


def told_apart(inputs: Inputs) -> Iterator[tuple[int, list[int]]]:
    """Give owner and units of each row."""
    for owner, first, units in zip(inputs.owners.tolist(), inputs.firsts.tolist(), rows_of(inputs.units), strict=True):
        yield owner, list(range(first, first + len(units)))


def check_windows(inputs: Inputs, tokens: Sequence[Sequence[str]], max_length: int) -> None:
    """Rows fit, units are in them and in order, every token of every sentence is covered."""
    seen: dict[int, set[int]] = {owner: set() for owner in range(len(tokens))}
    for owner, units in told_apart(inputs):
        seen[owner] |= set(units)
    assert seen == {owner: set(range(len(row))) for owner, row in enumerate(tokens)}
    assert inputs.owners.tolist() == sorted(inputs.owners.tolist())
    assert inputs.lengths.max() <= max_length
    for ids, positions in zip(rows_of(inputs.pieces), rows_of(inputs.units), strict=True):
        assert positions == sorted(positions)
        assert all(0 < position < len(ids) - 1 for position in positions)


def check_tags(inputs: Inputs, tokens: Sequence[Sequence[str]]) -> None:
    """Each token gets one vector, its own, in order."""
    outputs = [
        np.array([[owner, unit] for unit in units], dtype=np.float32).reshape(-1, 2)
        for owner, units in told_apart(inputs)
    ]
    found = joined(inputs, outputs, [len(row) for row in tokens])
    assert [sentence.tolist() for sentence in found] == [
        [[owner, unit] for unit in range(len(row))] for owner, row in enumerate(tokens)
    ]


@given(sentences, families, windows)
@quick
def test_windows_cover_words(tokens: list[list[str]], family: str, window: tuple[int, int]) -> None:
    inputs = tagging_inputs(frame(tokens), pieces(family), *window, TAGS)
    check_windows(inputs, tokens, window[0])
    check_tags(inputs, tokens)
    for positions in rows_of(inputs.units):
        assert len(set(positions)) == len(positions)


@given(characters, families, windows)
@quick
def test_windows_cover_characters(tokens: list[list[str]], family: str, window: tuple[int, int]) -> None:
    inputs = tagging_inputs(frame(tokens), pieces(family), *window, TAGS, characters=True)
    check_windows(inputs, tokens, window[0])
    check_tags(inputs, tokens)
    assert all(0 <= place < MOST_PLACES for row in rows_of(inputs.places) for place in row)


@given(sentences, windows, st.lists(st.integers(0, 2), min_size=4, max_size=4).map(sorted))
@quick
def test_context_fills_windows(tokens: list[list[str]], window: tuple[int, int], documents: list[int]) -> None:
    examples = frame(tokens, document=documents[: len(tokens)])
    inputs = tagging_inputs(examples, pieces(), *window, TAGS, context=True)
    check_windows(inputs, tokens, window[0])
    check_tags(inputs, tokens)


@given(sentences, windows)
@quick
def test_labels_go_with_their_units(tokens: list[list[str]], window: tuple[int, int]) -> None:
    tags = [[TAGS[(len(word) + place) % 3] for place, word in enumerate(row)] for row in tokens]
    inputs = tagging_inputs(frame(tokens, tags), pieces(), *window, TAGS)
    for (owner, units), labels in zip(told_apart(inputs), rows_of(inputs.labels), strict=True):
        assert [TAGS[label] for label in labels] == [tags[owner][unit] for unit in units]


def test_a_short_sentence_is_one_row() -> None:
    inputs = tagging_inputs(frame([["the", "zebra", "", "bank"]]), pieces(), 16, 4, TAGS)
    the, bank = (encoding.ids[0] for encoding in pieces().texts(["the", "bank"]))
    zebra = pieces().texts(["zebra"])[0].ids
    assert rows_of(inputs.pieces) == [[2, the, *zebra, 1, bank, 3]]
    assert rows_of(inputs.units) == [[1, 2, 7, 8]]
    assert inputs.places is None
    assert inputs.labels is None


def test_windows_share_the_stride() -> None:
    inputs = tagging_inputs(frame([["the"] * 20]), pieces(), 10, 4, TAGS)
    assert [units for _, units in told_apart(inputs)] == [
        list(range(start, min(start + 8, 20))) for start in (0, 4, 8, 12)
    ]
    inputs = tagging_inputs(frame([["the"] * 20]), pieces(), 10, 0, TAGS)
    assert [units for _, units in told_apart(inputs)] == [
        list(range(start, min(start + 8, 20))) for start in (0, 8, 16)
    ]


def test_a_word_longer_than_the_window_keeps_what_fits() -> None:
    units = word_units([["the", "q" * 30, "bank"]], pieces(), 6)[0]
    assert units.position == [0, 1, 7]
    assert len(units.ids) == 8


def test_the_window_farthest_from_its_edge_wins() -> None:
    """Windows over units 0-5 and 2-8 of a sentence of 9."""
    inputs = Inputs(Ragged.of([[0], [0]]), None, Ragged.of([[0], [0]]), None, None, np.array([0, 0]), np.array([0, 2]))
    outputs = [np.full((6, 1), 1, np.float32), np.full((7, 1), 2, np.float32)]
    assert joined(inputs, outputs, [9])[0].ravel().tolist() == [1, 1, 1, 1, 2, 2, 2, 2, 2]


def test_no_sentences() -> None:
    empty = np.array([], dtype=np.int64)
    inputs = Inputs(Ragged.of([]), None, Ragged.of([]), None, None, empty, empty)
    assert joined(inputs, [], []) == []


def test_context_is_of_the_same_document_and_has_no_labels() -> None:
    tokens = [["the"], ["bank", "of"], ["york"], ["new", "phone"], ["a"]]
    tags = [["O"], ["B-x", "I-x"], ["O"], ["B-x", "O"], ["O"]]
    inputs = tagging_inputs(frame(tokens, tags, document=[0, 0, 0, 1, 1]), pieces(), 32, 4, TAGS, context=True)
    first = [2, *(pieces().texts(["the bank of york"])[0].ids), 3]
    second = [2, *(pieces().texts(["new phone a"])[0].ids), 3]
    assert rows_of(inputs.pieces) == [first, first, first, second, second]
    assert rows_of(inputs.units) == [[1], [2, 3], [4], [1, 2], [3]]
    assert rows_of(inputs.labels) == [[0], [1, 2], [0], [1, 0], [0]]


def test_context_takes_both_sides_in_turn_within_the_budget() -> None:
    """Of 8 places one is the sentence's; neighbours come left, right, left, right."""
    tokens = [["ann"], ["lee"], ["new", "york"], ["far"], ["the", "bank", "of"], ["a"]]
    inputs = tagging_inputs(frame(tokens, document=[0] * 6), pieces(), 10, 2, TAGS, context=True)
    assert rows_of(inputs.pieces)[3] == [2, *pieces().texts(["lee new york far the bank of a"])[0].ids, 3]
    narrow = tagging_inputs(frame(tokens, document=[0] * 6), pieces(), 8, 2, TAGS, context=True)
    assert rows_of(narrow.pieces)[3] == [2, *pieces().texts(["new york far the bank of"])[0].ids, 3]


def test_without_documents_there_is_no_context() -> None:
    tokens = [["the"], ["bank"]]
    alone, asked = (tagging_inputs(frame(tokens), pieces(), 16, 2, TAGS, context=context) for context in (False, True))
    assert rows_of(alone.pieces) == rows_of(asked.pieces)


def test_characters_have_the_vector_of_their_piece_and_a_place() -> None:
    """``▁`` | ``北京`` | ``a`` | ``▁`` for the blank | ``在``: the blank's own piece, or the word-start mark."""
    encoding = pieces("albert").texts(["北京a在"])[0]
    assert encoding.tokens == ["▁", "北京", "a", "在"]
    units = character_units([list("北京a在")], pieces("albert"), 40)[0]
    assert units.ids == encoding.ids
    assert units.position == [1, 1, 2, 3]
    assert units.place == [0, 1, 0, 0]


def test_word_pieces_of_letters() -> None:
    units = character_units([list("thebank京qz")], pieces(), 40)[0]
    tokens = pieces().texts(["thebank京qz"])[0].tokens
    ends = np.cumsum([len(token.removeprefix("##")) for token in tokens])
    assert units.position == [int(np.searchsorted(ends, place, side="right")) for place in range(10)]
    starts = [0, *ends.tolist()]
    assert units.place == [place - starts[position] for place, position in enumerate(units.position)]


def test_blanks_follow_the_character_before() -> None:
    units = character_units([["北", " ", "京", "\u3000", " "]], pieces(), 40)[0]
    assert units.position == [0, 0, 1, 1, 1]


def test_leading_blanks_and_nothing_at_all() -> None:
    units = character_units([[" ", "北"], [" "], []], pieces(), 40)
    assert [each.position for each in units] == [[0, 0], [0], []]
    assert units[1].ids == [pieces().unknown]


def test_tokens_of_several_characters_are_their_first() -> None:
    units = character_units([["北", "2019", "京"]], pieces(), 40)[0]
    assert units.position == [0, 1, len(units.ids) - 1]
    assert units.place == [0, 0, 0]


def test_a_long_piece_tells_only_so_many_places_apart() -> None:
    text = "r" * 40
    units = character_units([list(text)], pieces("albert"), 60)[0]
    assert max(units.place) < MOST_PLACES


def test_a_tag_that_train_lacks_is_ignored() -> None:
    inputs = tagging_inputs(frame([["the", "bank"]], [["O", "B-new"]]), pieces(), 16, 2, TAGS)
    assert rows_of(inputs.labels) == [[0, IGNORED]]
