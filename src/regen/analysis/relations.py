"""Errors of relations by their cause, and those of the entities below them."""

from collections.abc import Sequence

import numpy as np

from regen.analysis.measures import SPANS, Counts
from regen.analysis.parts import Background, Breakdown, Parts, Rows
from regen.analysis.spans import both_sides, by_class, confused, known_types, span_breakdowns, span_errors
from regen.scoring.annotations import Annotation, parse_annotation
from regen.scoring.relations import Item, bounded_relations_of, relation_confusion, strict_relations_of

_CAUSES = ("correct", "entity", "entity_type", "pair", "label")


def relation_parts(rows: Rows, background: Background) -> Parts:
    """Compare relations strictly, with both entities' boundaries and types."""
    gold, pred = ([parse_annotation(text) for text in side] for side in (rows.gold, rows.pred))
    right, found = ([strict_relations_of(annotation) for annotation in side] for side in (gold, pred))
    bounded = ([bounded_relations_of(annotation) for annotation in side] for side in (gold, pred))
    gold_entities, pred_entities = ([annotation.entities for annotation in side] for side in (gold, pred))
    train = [parse_annotation(text).entities for text in background.train["annotation"]]
    known = known_types(background.learnt["tokens"], train[: background.taught])
    tokens = [list(words) for words in rows.examples["tokens"]]
    classes = _by_class(right, found)
    return Parts(
        counts=classes.counts.sum(axis=1),
        scale=SPANS,
        breakdowns={
            "class": classes,
            "entity_class": by_class(gold_entities, pred_entities),
            **span_breakdowns(tokens, gold_entities, pred_entities, known, train),
        },
        errors={
            "relations": both_sides(
                _CAUSES, [(causes(one, other), causes(other, one)) for one, other in zip(gold, pred, strict=True)]
            ),
            "spans": span_errors(gold_entities, pred_entities),
        },
        confusions=confused(relation_confusion(*bounded)),
    )


def causes(own: Annotation, other: Annotation) -> list[str]:
    """Say of each relation of one side why the other side does not have it.

    Args:
        own: Entities and relations of a sentence.
        other: Those of the other side.

    Returns:
        ``correct`` (it does), ``entity`` (it lacks an entity with the boundaries of head or tail), ``entity_type`` (one
        of them has another type there), ``pair`` (it relates them not at all) or ``label`` (it relates them otherwise):
        the first that holds, for each relation.
    """
    types = {(entity.start, entity.end): entity.type for entity in other.entities}
    there = strict_relations_of(other)
    related = {item[:2] for item in there}
    return [_cause(item, types, there, related) for item in sorted(strict_relations_of(own), key=repr)]


def _cause(item: Item, types: dict[tuple[int, int], str], there: set[Item], related: set[tuple[object, object]]) -> str:
    if item in there:
        return "correct"
    ends = [(end.start, end.end, end.type) for end in item[:2]]  # type: ignore[attr-defined]  # strict items hold spans
    if any((start, stop) not in types for start, stop, _ in ends):
        return "entity"
    if any(types[start, stop] != kind for start, stop, kind in ends):
        return "entity_type"
    return "label" if item[:2] in related else "pair"


def _by_class(right: Sequence[set[Item]], found: Sequence[set[Item]]) -> Breakdown:
    types = sorted({kind for side in (right, found) for items in side for _, _, kind in items})
    counts: Counts = np.zeros((len(right), len(types), 3), dtype=np.int64)
    for sentence, (own, other) in enumerate(zip(right, found, strict=True)):
        for column, items in enumerate((own & other, other, own)):
            for _, _, kind in items:
                counts[sentence, types.index(kind), column] += 1
    return Breakdown(types, counts, SPANS)
