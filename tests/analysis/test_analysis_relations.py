from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotated import annotated
from regen.analysis.parts import Background, Rows
from regen.analysis.relations import causes, relation_parts
from regen.scoring.annotations import Annotation, Relation, parse_annotation
from regen.scoring.relations import score_items, strict_relations_of
from regen.scoring.spans import Span

GOLD = ("[P Ann] of [O Acme] in [L Rome]", (0, 1, "Works"), (1, 2, "Based"))


@pytest.mark.parametrize(
    ("pred", "of_gold", "of_pred"),
    [
        (GOLD, ["correct", "correct"], ["correct", "correct"]),
        (("[P Ann] of Acme in [L Rome]",), ["entity", "entity"], []),
        (("[P Ann] of [L Acme] in [L Rome]", (0, 1, "Works")), ["entity_type", "entity_type"], ["entity_type"]),
        (("[P Ann] of [O Acme] in [L Rome]", (0, 1, "Based")), ["label", "pair"], ["label"]),
        (
            ("[P Ann] of [O Acme] in [L Rome]", (1, 0, "Works"), (0, 1, "Works")),
            ["correct", "pair"],
            ["correct", "pair"],
        ),
        (("[P Ann of] [O Acme] in [L Rome]", (0, 1, "Works")), ["entity", "pair"], ["entity"]),
    ],
)
def test_each_cause_by_hand(
    pred: tuple[str, *tuple[tuple[int, int, str], ...]], of_gold: list[str], of_pred: list[str]
) -> None:
    gold, found = (parse_annotation(annotated(*side)[1]) for side in (GOLD, pred))  # type: ignore[arg-type]
    assert Counter(causes(gold, found)) == Counter(of_gold)
    assert Counter(causes(found, gold)) == Counter(of_pred)


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    starts = draw(st.sets(st.integers(0, 3), min_size=1))
    entities = [Span(start, start + 1, draw(st.sampled_from("AB"))) for start in sorted(starts)]
    places = st.integers(0, len(entities) - 1)
    pairs = draw(st.sets(st.tuples(places, places, st.sampled_from("xy")), max_size=4))
    return Annotation(entities, [Relation(*pair) for pair in pairs if pair[0] != pair[1]])


@given(annotations(), annotations())
def test_causes_add_up_to_the_official_counts(gold: Annotation, pred: Annotation) -> None:
    official = score_items([strict_relations_of(gold)], [strict_relations_of(pred)]).micro
    missed, invented = causes(gold, pred), causes(pred, gold)
    assert (len(missed), len(invented)) == (official["gold"], official["predicted"])
    assert missed.count("correct") == invented.count("correct") == official["correct"]


def test_relations_and_entities_of_a_split() -> None:
    tokens, gold = annotated(*GOLD)  # type: ignore[arg-type]
    _, pred = annotated("[P Ann] of [O Acme] in [P Rome]", (0, 1, "Works"), (1, 2, "Based"))
    frame = pd.DataFrame({"tokens": [tokens], "annotation": [gold]})
    parts = relation_parts(Rows(frame, [gold], [pred], np.array([0.5])), Background(frame, None, ["Works", "Based"]))
    assert parts.counts.tolist() == [[1, 2, 2]]
    found = {name: (list(each.names), each.counts.sum(axis=0).tolist()) for name, each in parts.breakdowns.items()}
    assert found["class"] == (["Based", "Works"], [[0, 1, 1], [1, 1, 1]])
    assert found["entity_class"] == (["L", "O", "P"], [[0, 0, 1], [1, 1, 1], [1, 2, 1]])
    assert found["familiar"][1] == [[2, 2, 3], [0, 1, 0], [0, 0, 0]]
    kinds = {name: dict(zip(e.kinds, e.counts.sum(axis=0).tolist(), strict=True)) for name, e in parts.errors.items()}
    assert kinds["relations"]["entity_type"] == [1, 1]
    assert kinds["spans"]["wrong_type"] == [1, 1]


def test_one_relation_taken_for_another() -> None:
    tokens, gold = annotated(*GOLD)  # type: ignore[arg-type]
    _, pred = annotated("[P Ann] of [O Acme] in [L Rome]", (0, 1, "Based"))
    frame = pd.DataFrame({"tokens": [tokens], "annotation": [gold]})
    parts = relation_parts(Rows(frame, [gold], [pred], np.array([0.5])), Background(frame, None, []))
    assert parts.confusions == [("Works", "Based", 1)]
