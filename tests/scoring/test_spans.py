import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.scoring.spans import (
    Span,
    conlleval_percentages,
    extract_spans,
    micro_counts,
    span_counts,
    span_scores,
    spans_to_iob2,
    strict_span_counts,
)

GOLD = [["B-PER", "I-PER", "O", "B-LOC"], [], ["O", "B-ORG", "I-ORG"]]
PRED = [["B-PER", "I-PER", "O", "I-LOC"], [], ["B-ORG", "I-ORG", "I-ORG"]]


@st.composite
def span_lists(draw: st.DrawFn) -> tuple[list[Span], int]:
    spans, at = [], 0
    for gap, length, kind in draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(["X", "Y", "X-Y", ""])), max_size=8)
    ):
        spans.append(Span(at + gap, at + gap + length, kind))
        at += gap + length
    return spans, at + draw(st.integers(0, 3))


def to_iob1(spans: list[Span], length: int) -> list[str]:
    """B- only where a span follows another one of its type without a gap."""
    tags = ["O"] * length
    touched = {(end, kind) for _, end, kind in spans}
    for start, end, kind in spans:
        tags[start:end] = [f"I-{kind}"] * (end - start)
        if (start, kind) in touched:
            tags[start] = f"B-{kind}"
    return tags


def test_counts_lie_with_their_sentence_and_type() -> None:
    counts = span_counts(GOLD, PRED)
    assert counts.types == ("LOC", "ORG", "PER")
    assert counts.correct.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert counts.predicted.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert counts.gold.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert counts.tokens_correct.tolist() == [3, 0, 1]
    assert counts.tokens.tolist() == [4, 0, 3]
    assert micro_counts(counts).tolist() == [[2, 2, 2], [0, 0, 0], [0, 1, 1]]
    assert counts.correct.dtype == counts.tokens.dtype == np.int64


def test_counts_of_no_sentences() -> None:
    counts = span_counts([], [])
    assert counts.types == ()
    assert counts.correct.shape == (0, 0)
    assert span_scores(counts)["micro"]["f1"] == 0.0
    assert span_scores(counts)["token_accuracy"] == 0.0


def test_strict_counts_only_legal_spans() -> None:
    counts = strict_span_counts(GOLD, PRED)
    assert counts.types == ("LOC", "ORG", "PER")
    assert counts.correct.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert counts.predicted.tolist() == [[0, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert counts.gold.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert counts.tokens_correct.tolist() == [3, 0, 1]


@pytest.mark.parametrize("count", [span_counts, strict_span_counts])
@pytest.mark.parametrize(
    ("pred", "message"),
    [
        ([["O"], ["O", "O"], ["O"]], "sentence 1 has 1 gold tags but 2 predicted tags"),
        ([["O"], ["O"]], "3 gold sentences but 2 predicted: sentence 2 has no pair"),
        ([["O"], ["O"], ["O"], []], "3 gold sentences but 4 predicted: sentence 3 has no pair"),
    ],
)
def test_refuses_sides_that_do_not_match(count: object, pred: list[list[str]], message: str) -> None:
    assert callable(count)
    with pytest.raises(ValueError, match=message):
        count([["O"], ["O"], ["O"]], pred)


def strict_spans(tags: list[str]) -> set[tuple[int, int, str]]:
    """Seqeval's walk for strict IOB2: go forward from each B- while I- of its type follows."""
    found = set()
    for start, tag in enumerate(tags):
        prefix, _, kind = tag.partition("-")
        if prefix != "B":
            continue
        end = start + 1
        while end < len(tags) and tags[end].partition("-")[::2] == ("I", kind):
            end += 1
        found.add((start, end, kind))
    return found


@given(st.lists(st.tuples(*[st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y", "B", "I", "E-X", "S-X"])] * 2)))
def test_strict_equals_sets_of_legal_spans(pairs: list[tuple[str, str]]) -> None:
    gold, pred = [list(side) for side in zip(*pairs, strict=True)] or [[], []]
    micro = span_scores(strict_span_counts([gold], [pred]))["micro"]
    gold_set, pred_set = strict_spans(gold), strict_spans(pred)
    assert (micro["correct"], micro["predicted"], micro["gold"]) == (
        len(gold_set & pred_set),
        len(pred_set),
        len(gold_set),
    )


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ([], []),
        (["O", "I-X", "I-X", "I-Y"], [(1, 3, "X"), (3, 4, "Y")]),
        (["I", "I", "B", "O"], [(0, 2, ""), (2, 3, "")]),
        (["B-X", "E-X", "E-X", "I-X"], [(0, 2, "X"), (2, 3, "X"), (3, 4, "X")]),
        (["S-X", "O", "S-X", "S-Y"], [(0, 1, "X"), (2, 3, "X"), (3, 4, "Y")]),
        (["[-X", "I-X", "]-X"], [(0, 1, "X"), (2, 3, "X")]),
        (["B-X", ".-X", "O"], [(0, 3, "X")]),
        (["B", "S"], [(0, 2, "")]),
        (["B-0", "I-0", "B-0"], [(0, 2, "0"), (2, 3, "0")]),
        (["B-X-Y", "I-X-Y", "I-X"], [(0, 2, "X-Y"), (2, 3, "X")]),
    ],
)
def test_extracts_spans(tags: list[str], spans: list[tuple[int, int, str]]) -> None:
    assert extract_spans(tags) == spans


@given(span_lists())
def test_extracting_undoes_writing(case: tuple[list[Span], int]) -> None:
    spans, length = case
    tags = spans_to_iob2(spans, length)
    assert len(tags) == length
    assert extract_spans(tags) == spans


@pytest.mark.parametrize("spans", [[(0, 0, "X")], [(2, 4, "X")], [(-1, 1, "X")], [(0, 2, "X"), (1, 3, "Y")]])
def test_refuses_impossible_spans(spans: list[tuple[int, int, str]]) -> None:
    with pytest.raises(ValueError, match=r"span -?\d:\d [XY] is empty, outside of 3 tokens or overlaps another"):
        spans_to_iob2([Span(*span) for span in spans], 3)


@given(st.lists(span_lists(), min_size=1, max_size=4))
def test_gold_against_itself_is_perfect(cases: list[tuple[list[Span], int]]) -> None:
    gold = [spans_to_iob2(*case) for case in cases]
    expected = sum(len(spans) for spans, _ in cases)
    for scores in (span_scores(span_counts(gold, gold)), span_scores(strict_span_counts(gold, gold))):
        assert [scores["micro"][key] for key in ("correct", "predicted", "gold")] == [expected] * 3
        assert all(score["f1"] == 1.0 for score in [scores["micro"]] * (expected > 0) + [*scores["per_type"].values()])
        assert scores["token_accuracy"] == (1.0 if scores["tokens"] else 0.0)


@given(st.lists(st.tuples(span_lists(), span_lists()), max_size=3))
def test_iob1_and_iob2_score_alike(cases: list[tuple[tuple[list[Span], int], tuple[list[Span], int]]]) -> None:
    lengths = [max(left[1], right[1]) for left, right in cases]
    sides = [[case[side][0] for case in cases] for side in (0, 1)]
    iob2 = [[spans_to_iob2(spans, length) for spans, length in zip(side, lengths, strict=True)] for side in sides]
    iob1 = [[to_iob1(spans, length) for spans, length in zip(side, lengths, strict=True)] for side in sides]
    expected = span_scores(span_counts(*iob2))
    for gold, pred in ((iob1[0], iob1[1]), (iob1[0], iob2[1]), (iob2[0], iob1[1])):
        scores = span_scores(span_counts(gold, pred))
        assert (scores["micro"], scores["per_type"]) == (expected["micro"], expected["per_type"])


def test_scores_are_fractions_of_the_counts() -> None:
    scores = span_scores(span_counts([["B-X", "O", "B-Y"]], [["B-X", "B-X", "O"]]))
    expected = {"precision": 0.5, "recall": 0.5, "f1": 0.5, "correct": 1, "predicted": 2, "gold": 2}
    assert scores["micro"] == expected
    assert scores["per_type"]["X"]["recall"] == 1.0
    assert scores["per_type"]["X"]["f1"] == pytest.approx(2 / 3)
    assert scores["per_type"]["Y"] == {**expected, "precision": 0, "recall": 0, "f1": 0, "correct": 0, "predicted": 0,
                                       "gold": 1}  # fmt: skip
    assert scores["token_accuracy"] == pytest.approx(1 / 3)


def test_percentages_take_the_scripts_steps() -> None:
    score = span_scores(span_counts([["B-X", "O", "O"]], [["B-X", "B-X", "B-X"]]))["micro"]
    precision, recall = 100 * 1 / 3, 100.0
    assert conlleval_percentages(score) == (precision, recall, 2 * precision * recall / (precision + recall))
    nothing = span_scores(span_counts([["O"]], [["O"]]))["micro"]
    assert conlleval_percentages(nothing) == (0.0, 0.0, 0.0)
