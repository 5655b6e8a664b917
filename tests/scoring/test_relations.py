"""Entities and relations by the rules of SpERT's evaluator, computed by hand."""

import json

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from annotated import annotated
from regen.scoring.annotations import Relation, annotation_text, ordered_pairs, parse_annotation
from regen.scoring.official import Official, official_score
from regen.scoring.relations import score_items, strict_relations_of
from regen.scoring.spans import Span

ANN = "[Peop Ann] works for [Org Acme] in [Loc Paris]"
WORKS, BASED, LIVES = (0, 1, "Work_For"), (1, 2, "OrgBased_In"), (0, 2, "Live_In")


def score(*pairs: tuple[tuple[list[str], str], tuple[list[str], str]]) -> Official:
    gold, pred = ([side[1] for side in column] for column in zip(*pairs, strict=True))
    return official_score("strict_relation_f1", gold, pred, [])


def test_equal_sets_give_equal_texts() -> None:
    paris, ann = Span(4, 5, "Loc"), Span(0, 2, "Peop")
    text = annotation_text([paris, ann], [Relation(1, 0, "Live_In")])
    assert json.loads(text) == {
        "entities": [{"type": "Peop", "start": 0, "end": 2}, {"type": "Loc", "start": 4, "end": 5}],
        "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
    }
    twice = [Relation(0, 1, "Live_In"), Relation(2, 1, "Live_In")]
    assert annotation_text([ann, paris, ann], twice) == text
    assert parse_annotation(text) == ([ann, paris], [Relation(0, 1, "Live_In")])
    assert annotation_text([], []) == '{"entities": [], "relations": []}'


def test_ordered_pairs() -> None:
    assert ordered_pairs(1) == []
    assert ordered_pairs(3) == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]


def test_scores_by_hand() -> None:
    official = score(
        # Acme has the wrong type: both its relations are right by boundaries alone.
        (annotated(ANN, WORKS, BASED), annotated("[Peop Ann] works for [Loc Acme] in [Loc Paris]", WORKS, BASED)),
        # Strictly right; and one too many.
        (annotated(ANN, WORKS), annotated(ANN, WORKS, LIVES)),
        # A wrong boundary makes the entity and its relation wrong.
        (annotated("[Peop Ann Lee] left [Org Acme]", WORKS), annotated("Ann [Peop Lee] left [Org Acme]", WORKS)),
    )
    # Gold 4, predicted 5 (Work_For 3 and 3, OrgBased_In 1 and 1, Live_In 0 and 1), strictly right: 1 Work_For.
    assert official.value == official.detail["f1"] == 2 * 1 / (5 + 4)
    assert (official.detail["precision"], official.detail["recall"]) == (1 / 5, 1 / 4)
    # Macro over the types that occur on either side: Work_For 2/6, OrgBased_In 0, Live_In 0.
    assert official.detail["macro_f1"] == pytest.approx((2 / 6 + 0 + 0) / 3)
    # By boundaries 3 are right: 2 Work_For and 1 OrgBased_In.
    assert official.detail["boundaries_f1"] == 2 * 3 / (5 + 4)
    assert official.detail["boundaries_macro_f1"] == pytest.approx((4 / 6 + 1 + 0) / 3)
    # Entities: gold 3 + 3 + 2 (Peop 3, Org 3, Loc 2), predicted 8 (Peop 3, Org 2, Loc 3), right Peop 2, Org 2, Loc 2.
    assert official.detail["entity_f1"] == 2 * 6 / (8 + 8)
    assert official.detail["entity_macro_f1"] == pytest.approx((4 / 6 + 4 / 5 + 4 / 5) / 3)
    assert official.counts.tolist() == [[0, 2, 2], [1, 2, 1], [0, 1, 1]]
    assert list(official.detail["per_class"]) == ["Live_In", "OrgBased_In", "Work_For", "Loc", "Org", "Peop"]
    assert official.detail["per_class"]["Work_For"]["correct"] == 1
    assert official.detail["confusion"] == [
        ["OrgBased_In", "OrgBased_In", 1],
        ["Work_For", "Work_For", 2],
        ["Work_For", "∅", 1],
        ["∅", "Live_In", 1],
        ["∅", "Work_For", 1],
    ]
    assert json.loads(json.dumps(official.detail, allow_nan=False)) == official.detail
    assert official.measure(official.counts.sum(axis=0, keepdims=True)).tolist() == [official.value]


def test_direction_and_type_count() -> None:
    kill = "[Peop Ann] met [Peop Bob]"
    turned = score((annotated(kill, (0, 1, "Kill")), annotated(kill, (1, 0, "Kill"))))
    assert (turned.value, turned.detail["boundaries_f1"]) == (0.0, 0.0)
    other = score((annotated(ANN, LIVES), annotated(ANN, (0, 2, "Kill"))))
    assert other.detail["boundaries_f1"] == 0.0
    assert other.detail["confusion"] == [["Live_In", "Kill", 1]]


def test_a_pair_may_have_several_relations() -> None:
    official = score((annotated(ANN, WORKS, (0, 1, "Kill")), annotated(ANN, WORKS, (0, 1, "Live_In"))))
    assert official.counts.tolist() == [[1, 2, 2]]
    assert official.detail["confusion"] == [["Kill", "Live_In", 1], ["Work_For", "Work_For", 1]]


@pytest.mark.parametrize("pred", [annotated("Ann left"), annotated("[Peop Ann] left")])
def test_nothing_to_find_is_zero(pred: tuple[list[str], str]) -> None:
    official = score((annotated("Ann left"), pred))
    numbers = ("precision", "recall", "f1", "macro_f1", "boundaries_f1", "boundaries_macro_f1", "entity_f1")
    assert {official.detail[name] for name in numbers} == {0.0}
    assert official.counts.tolist() == [[0, 0, 0]]
    assert official.detail["confusion"] == []


def test_items_are_scored_as_spert_does_with_scikit_learn() -> None:
    """SpERT lists the union of each sentence's items, 0 for absent ones, and leaves the rest to scikit-learn."""
    random = np.random.default_rng(0)
    kinds = ["Kill", "Live_In", "Work_For"]

    def draw() -> str:
        relations = [(*pair, str(kind)) for pair in ordered_pairs(3) if (kind := random.choice([*kinds, ""]))]
        return annotated(ANN, *relations)[1]

    sides = [[strict_relations_of(parse_annotation(draw())) for _ in range(20)] for _ in range(2)]
    flat: list[list[int]] = [[], []]
    for gold, pred in zip(*sides, strict=True):
        for item in gold | pred:
            for side, items in zip(flat, (gold, pred), strict=True):
                side.append(kinds.index(item[2]) + 1 if item in items else 0)
    scores = score_items(*sides)
    for average, found in (("micro", scores.micro["f1"]), ("macro", scores.macro_f1)):
        expected = precision_recall_fscore_support(*flat, labels=[1, 2, 3], average=average, zero_division=0)
        assert found == pytest.approx(expected[2])
