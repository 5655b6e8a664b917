"""Votes on spans, worked out by hand."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regen.estimators.ensemble.vote import elect, vote
from regen.scoring.spans import Span, extract_spans, spans_to_iob2

PER, LOC = Span(0, 2, "PER"), Span(3, 4, "LOC")


def test_more_than_half_elect_a_span() -> None:
    assert elect([[PER, LOC], [PER], [LOC]], [0.1, 0.1, 0.9]) == [PER, LOC]
    assert elect([[PER], [LOC], []], [0.9, 0.9, 0.1]) == []


def test_another_type_or_another_end_is_another_span() -> None:
    assert elect([[PER], [Span(0, 2, "ORG")], [Span(0, 1, "PER")]], [0.5, 0.5, 0.5]) == []
    assert elect([[PER], [Span(0, 2, "ORG")], [PER]], [0.1, 0.9, 0.1]) == [PER]


@pytest.mark.parametrize(("scores", "elected"), [((0.6, 0.5), [PER]), ((0.5, 0.6), []), ((0.5, 0.5), [PER])])
def test_the_surer_of_two_voters_decides(scores: tuple[float, float], elected: list[Span]) -> None:
    """Equal scores elect: the finders' sum is no less."""
    assert elect([[PER], []], scores) == elected


def test_half_of_an_even_number_need_the_greater_sum() -> None:
    found = [[PER], [PER], [LOC], [LOC]]
    assert elect(found, [0.9, 0.1, 0.5, 0.4]) == [PER]
    assert elect(found, [0.1, 0.7, 0.5, 0.4]) == [LOC]
    assert elect(found, [0.25, 0.25, 0.25, 0.25]) == [PER, LOC]  # they do not overlap
    assert elect([[PER, LOC], [PER], [PER], []], [0.9, 0.1, 0.1, 0.1]) == [PER]  # one voter is less than half


def test_of_two_that_overlap_the_surer_half_wins() -> None:
    left, right = Span(0, 2, "PER"), Span(1, 4, "PER")
    assert elect([[left], [right]], [0.7, 0.6]) == [left]
    assert elect([[left], [right]], [0.6, 0.7]) == [right]


def test_with_equal_sums_length_decides_then_place_then_type() -> None:
    longer, shorter = Span(1, 4, "PER"), Span(0, 2, "PER")
    assert elect([[shorter], [longer]], [0.5, 0.5]) == elect([[longer], [shorter]], [0.5, 0.5]) == [longer]
    first, second = Span(0, 2, "PER"), Span(1, 3, "LOC")
    assert elect([[second], [first]], [0.5, 0.5]) == [first]
    assert elect([[Span(0, 2, "PER")], [Span(0, 2, "LOC")]], [0.5, 0.5]) == [Span(0, 2, "LOC")]


def test_a_span_that_lost_blocks_no_other() -> None:
    wide, last = Span(0, 3, "ORG"), Span(4, 5, "LOC")
    assert elect([[wide], [Span(0, 1, "PER"), Span(2, 3, "PER"), last]], [0.5, 0.5]) == [wide, last]


def test_sums_do_not_depend_on_the_order_of_voters() -> None:
    """In floating point 0.1 + 0.2 + 0.3 is more than 0.3 + 0.2 + 0.1."""
    found = [*[[PER]] * 3, *[[LOC]] * 3]
    assert elect(found, [0.3, 0.2, 0.1, 0.1, 0.2, 0.3]) == [PER, LOC]


def test_tags_are_read_by_conllevals_rules_and_written_as_iob2() -> None:
    tags, score = vote([["I-PER", "I-PER", "O"], ["B-PER", "I-PER", "O"], ["O", "O", "B-LOC"]], [0.5, 0.25, 0.9])
    assert tags == ["B-PER", "I-PER", "O"]
    assert score == 0.25  # (0.5 + 0.25) / 3


def test_nobody_may_have_found_just_what_is_elected() -> None:
    answers = [["B-A", "B-B", "O"], ["B-A", "O", "B-C"], ["O", "B-B", "B-C"]]
    assert vote(answers, [0.5, 0.5, 0.5]) == (["B-A", "B-B", "B-C"], 0.0)


def test_a_sentence_without_tokens() -> None:
    assert vote([[], []], [1.0, 1.0]) == ([], 1.0)


TAGS = st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), min_size=6, max_size=6)
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SCORES = st.sampled_from([0.125, 0.25, 0.5])


@QUICK
@given(TAGS, SCORES, st.integers(1, 5))
def test_equal_voters_elect_what_each_finds(tags: list[str], score: float, voters: int) -> None:
    elected, sure = vote([tags] * voters, [score] * voters)
    assert extract_spans(elected) == extract_spans(tags)
    assert sure == score


@QUICK
@given(st.lists(st.tuples(TAGS, SCORES), min_size=1, max_size=6), st.randoms())
def test_elected_spans_do_not_overlap_and_had_half_of_the_votes(
    voters: list[tuple[list[str], float]], random: Random
) -> None:
    found, scores = [extract_spans(tags) for tags, _ in voters], [score for _, score in voters]
    spans = elect(found, scores)
    assert extract_spans(spans_to_iob2(spans, 6)) == spans
    assert all(2 * sum(span in own for own in found) >= len(found) for span in spans)
    most = {span for own in found for span in own if 2 * sum(span in other for other in found) > len(found)}
    assert most <= set(spans)
    order = random.sample(range(len(voters)), len(voters))
    assert elect([found[i] for i in order], [scores[i] for i in order]) == spans
