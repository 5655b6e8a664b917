from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.scoring.confusion import span_confusion
from regen.scoring.spans import extract_spans

tags = st.sampled_from(["O", "B-X", "I-X", "I-Y", "E-X", "S-X", ".-X", "[-X", "B", "S", "I", "O-Y"])


def test_counts_types_of_equal_bounds_missed_and_spurious() -> None:
    gold = [["B-X", "I-X", "O", "B-Y"], ["B-X", "O", "B-Y", "I-Y"], ["O"]]
    pred = [["B-X", "I-X", "O", "B-X"], ["B-X", "O", "B-Y", "O"], ["B-Y"]]
    assert span_confusion(gold, pred) == [["X", "X", 2], ["Y", "X", 1], ["Y", "∅", 1], ["∅", "Y", 2]]


def test_spans_that_start_alike_but_stop_apart_are_missed_and_spurious() -> None:
    assert span_confusion([["B-X", "I-X"]], [["B-X", "O"]]) == [["X", "∅", 1], ["∅", "X", 1]]


def test_no_spans_give_no_rows() -> None:
    assert span_confusion([["O", "O"], []], [["O", "O"], []]) == []


def test_refuses_sides_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="sentence 0 has 1 gold tags but 2 predicted tags"):
        span_confusion([["O"]], [["O", "O"]])


@given(st.lists(st.lists(tags)))
def test_cuts_the_spans_that_extract_spans_lists(sentences: list[list[str]]) -> None:
    types = Counter(span.type for sentence in sentences for span in extract_spans(sentence))
    assert span_confusion(sentences, sentences) == [[kind, kind, types[kind]] for kind in sorted(types)]


@given(st.lists(st.lists(st.tuples(tags, tags), min_size=1)))
def test_pairs_spans_by_their_bounds(sentences: list[list[tuple[str, str]]]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        gold, pred = ({span[:2]: span.type for span in extract_spans(side)} for side in zip(*sentence, strict=True))
        expected.update((gold.get(bounds, "∅"), pred.get(bounds, "∅")) for bounds in gold.keys() | pred.keys())
    rows = span_confusion(*([[pair[side] for pair in sentence] for sentence in sentences] for side in (0, 1)))
    assert {(gold, pred): count for gold, pred, count in rows} == expected
