"""CLUENER2020's official score, against its rule written out over submissions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.scoring.spans import extract_spans
from regen.scoring.surfaces import surface_counts, surface_scores

TYPES = ("name", "book", "scene")
Row = tuple[list[str], list[str], list[str]]


def _submitted(tokens: list[str], tags: list[str]) -> dict[str, dict[str, list[list[int]]]]:
    """Write tags in the form of the data and of submissions, the end inclusive."""
    label: dict[str, dict[str, list[list[int]]]] = {}
    for start, end, kind in extract_spans(tags):
        label.setdefault(kind, {}).setdefault("".join(tokens[start:end]), []).append([start, end - 1])
    return label


def _by_the_rule(rows: list[Row], kind: str) -> tuple[int, int, int]:
    """Per row, compare the sets of a type's mentions; positions and repeats do not matter."""
    right = wrong = missed = 0
    for tokens, gold, pred in rows:
        there = set(_submitted(tokens, gold).get(kind, {}))
        found = set(_submitted(tokens, pred).get(kind, {}))
        right += len(there & found)
        wrong += len(found - there)
        missed += len(there - found)
    return right, wrong, missed


_TAGS = st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in TYPES)])
_ROWS = st.lists(
    st.integers(1, 7).flatmap(
        lambda length: st.tuples(
            *(st.lists(values, min_size=length, max_size=length) for values in (st.sampled_from("甲乙"), _TAGS, _TAGS))
        )
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=100)
@given(_ROWS)
def test_scores_follow_the_official_rule(rows: list[Row]) -> None:
    counts = surface_counts(*zip(*rows, strict=True), TYPES)
    assert counts.shape == (len(rows), 9)
    for kind, score in surface_scores(counts, TYPES).items():
        right, wrong, missed = _by_the_rule(rows, kind)
        assert (score["correct"], score["predicted"], score["gold"]) == (right, right + wrong, right + missed)
        precision = right / (right + wrong) if right + wrong else 0.0
        recall = right / (right + missed) if right + missed else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        assert (score["precision"], score["recall"]) == (precision, recall)
        assert score["f1"] == pytest.approx(f1)


def test_one_surface_may_have_two_types_and_places() -> None:
    tokens, gold = list("甲乙甲乙甲乙"), ["B-name", "I-name", "B-book", "I-book", "B-name", "I-name"]
    pred = ["O", "O", "B-name", "I-name", "O", "O"]
    assert surface_counts([tokens], [gold], [pred], TYPES).tolist() == [[1, 0, 0, 1, 0, 0, 1, 1, 0]]


def test_tags_without_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="found 1 tags for 2 tokens"):
        surface_counts([["a", "b"]], [["O", "O"]], [["O"]], TYPES)
