import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.analysis.parts import Background, Rows
from regen.analysis.spans import span_errors, span_kinds, span_parts
from regen.scoring.spans import Span, extract_spans, micro_counts, span_counts


@pytest.mark.parametrize(
    ("gold", "pred", "of_gold", "of_pred"),
    [
        ("B-A I-A O", "B-A I-A O", ["correct"], ["correct"]),
        ("B-A I-A O", "B-B I-B O", ["wrong_type"], ["wrong_type"]),
        ("B-A I-A O", "B-A O O", ["wrong_boundary"], ["wrong_boundary"]),
        ("B-A I-A O", "O B-B I-B", ["both_wrong"], ["both_wrong"]),
        ("B-A O O", "O O B-A", ["missed"], ["spurious"]),
        ("B-A I-A I-A", "B-A B-B B-A", ["wrong_boundary"], ["wrong_boundary", "both_wrong", "wrong_boundary"]),
        ("B-A B-B O", "B-A I-A O", ["wrong_boundary", "both_wrong"], ["wrong_boundary"]),
        ("O O O", "O O O", [], []),
    ],
)
def test_each_kind_by_hand(gold: str, pred: str, of_gold: list[str], of_pred: list[str]) -> None:
    sides = [[extract_spans(side.split())] for side in (gold, pred)]
    errors = span_errors(*sides)
    for side, expected in enumerate((of_gold, of_pred)):
        found = dict(zip(errors.kinds, errors.counts[0, :, side].tolist(), strict=True))
        assert found == {kind: expected.count(kind) for kind in errors.kinds}


TAGS = st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=8), min_size=1, max_size=4)


@given(SENTENCES)
def test_kinds_add_up_to_the_official_counts(sentences: list[list[tuple[str, str]]]) -> None:
    """Legal tags and others: conlleval finds spans in both."""
    gold, pred = ([[pair[side] for pair in sentence] for sentence in sentences] for side in (0, 1))
    errors = span_errors(*([extract_spans(tags) for tags in side] for side in (gold, pred)))
    correct, predicted, wanted = micro_counts(span_counts(gold, pred)).sum(axis=0).tolist()
    totals = errors.counts.sum(axis=0)
    assert totals.sum(axis=0).tolist() == [wanted, predicted]
    assert totals[errors.kinds.index("correct")].tolist() == [correct, correct]
    assert len(set(totals[errors.kinds.index("wrong_type")].tolist())) == 1  # one for one


def test_a_span_beside_another_does_not_overlap_it() -> None:
    assert span_kinds([Span(0, 2, "A")], [Span(2, 3, "A")]) == ["alone"]


def rows(surfaces: bool = False, taught: int | None = None) -> tuple[Rows, Background]:
    train = pd.DataFrame(
        {
            "tokens": [["Ann", "met", "Bo", "Li"], ["Rome", "Ann"]],
            "tags": [np.array(["B-P", "O", "B-P", "I-P"], dtype=object), np.array(["B-L", "B-L"], dtype=object)],
        }
    )
    examples = pd.DataFrame({"tokens": [["Ann", "in", "Rome"], ["Rome", "and", "Oslo"]]})
    gold = [["B-P", "O", "B-L"], ["B-P", "O", "B-L"]]
    pred = [["B-P", "O", "B-P"], ["B-P", "O", "O"]]
    return Rows(examples, gold, pred, np.array([0.9, 0.5])), Background(train, taught, ["L", "P"], surfaces)


def groups(name: str, **changes: object) -> dict[str, list[int]]:
    breakdown = span_parts(*rows(**changes)).breakdowns[name]  # type: ignore[arg-type]
    return dict(zip(breakdown.names, breakdown.counts.sum(axis=0).tolist(), strict=True))


def test_spans_are_parted_by_what_train_says_of_them() -> None:
    # Ann is known as P and as L, Rome as L alone, Oslo not at all.
    assert groups("familiar") == {
        "seen with this type": [1, 1, 2],
        "seen with another type": [1, 2, 1],
        "not seen": [0, 0, 1],
    }


def test_train_ends_where_the_repeat_stopped_reading() -> None:
    # Rome stands in the second sentence.
    assert groups("familiar", taught=1) == {
        "seen with this type": [1, 1, 1],
        "seen with another type": [0, 0, 0],
        "not seen": [1, 2, 3],
    }


def test_classes_lengths_and_confusions() -> None:
    assert groups("class") == {"L": [0, 0, 2], "P": [2, 3, 2]}
    assert groups("span_length") == {"≤ 1": [2, 3, 4], "> 1": [0, 0, 0]}
    parts = span_parts(*rows())
    assert parts.counts.tolist() == [[1, 2, 2], [1, 1, 2]]
    assert parts.confusions == [("L", "P", 1)]


def test_classes_by_surfaces_where_the_official_metric_goes_by_them() -> None:
    assert groups("class", surfaces=True) == {"L": [0, 0, 2], "P": [2, 3, 2]}


def test_train_without_spans_has_no_lengths_to_cut_at() -> None:
    own, _ = rows()
    bare = Background(pd.DataFrame({"tokens": [["a"]], "tags": [["O"]]}), None, ["L", "P"])
    assert set(span_parts(own, bare).breakdowns) == {"class", "familiar"}
