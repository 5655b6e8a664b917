"""Scores of entities and relations by the rules of SpERT (spert/evaluator.py of github.com/lavis-nlp/spert).

Items are compared as sets per sentence, so that a duplicate counts once. Direction counts. A relation is right by its
boundaries if its type and the boundaries of both entities are, and strictly right if the types of both are, too.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import zip_longest
from statistics import fmean
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from regen.scoring.annotations import Annotation
from regen.scoring.confusion import NO_SPAN
from regen.scoring.spans import Score, score_counts

Ints = NDArray[np.int64]
Item: TypeAlias = tuple[Hashable, Hashable, str]
"""Two parts that must be equal (start and end, or head and tail), and a type."""


class ItemScores(NamedTuple):
    """Scores of typed items.

    Attributes:
        micro: Over all items.
        macro_f1: Mean F1 of the types that occur on either side; 0.0 if none does.
        per_type: Scores of these types, sorted.
        counts: Correct, predicted and gold items of each sentence, shape (sentences, 3).
    """

    micro: Score
    macro_f1: float
    per_type: dict[str, Score]
    counts: Ints


def entities_of(annotation: Annotation) -> set[Item]:
    """Give the entities of a sentence as items."""
    return {(entity.start, entity.end, entity.type) for entity in annotation.entities}


def strict_relations_of(annotation: Annotation) -> set[Item]:
    """Give the relations of a sentence as items that hold boundaries and types of their entities."""
    entities = annotation.entities
    return {(entities[head], entities[tail], kind) for head, tail, kind in annotation.relations}


def bounded_relations_of(annotation: Annotation) -> set[Item]:
    """Give the relations of a sentence as items that hold the boundaries of their entities alone."""
    bounds = [(entity.start, entity.end) for entity in annotation.entities]
    return {(bounds[head], bounds[tail], kind) for head, tail, kind in annotation.relations}


def score_items(gold: Sequence[set[Item]], pred: Sequence[set[Item]]) -> ItemScores:
    """Score typed items of n sentences; undefined scores are 0.0, as scikit-learn's ``zero_division=0`` in SpERT.

    Raises:
        ValueError: Different numbers of sentences.
    """
    types = sorted({kind for side in (gold, pred) for items in side for _, _, kind in items})
    counts = np.zeros((len(gold), 3, len(types)), dtype=np.int64)
    for number, (right, found) in enumerate(zip(gold, pred, strict=True)):
        for side, items in enumerate((right & found, found, right)):
            for _, _, kind in items:
                counts[number, side, types.index(kind)] += 1
    sums = counts.sum(axis=0)
    per_type = {kind: score_counts(*sums[:, place].tolist()) for place, kind in enumerate(types)}
    macro = fmean(score["f1"] for score in per_type.values()) if per_type else 0.0
    return ItemScores(score_counts(*sums.sum(axis=1).tolist()), macro, per_type, counts.sum(axis=2))


def relation_confusion(gold: Sequence[set[Item]], pred: Sequence[set[Item]]) -> list[list[str | int]]:
    """Count gold types against predicted types of relations between the same boundaries, in the same direction.

    Returns:
        Rows ``[gold type, predicted type, count]`` with counts above 0, sorted by the types; "∅" for none.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for right, found in zip(gold, pred, strict=True):
        for pair in {item[:2] for item in right | found}:
            wanted, given = ({kind for *ends, kind in side if tuple(ends) == pair} for side in (right, found))
            pairs.update((kind, kind) for kind in wanted & given)
            pairs.update(zip_longest(sorted(wanted - given), sorted(given - wanted), fillvalue=NO_SPAN))
    order = sorted(pairs, key=lambda kinds: [(kind == NO_SPAN, kind) for kind in kinds])
    return [[left, right, pairs[left, right]] for left, right in order]
