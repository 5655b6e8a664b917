"""Entities of a sentence and the relations between them, and the text that stands for both in tables."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from regen.scoring.spans import Span


class Relation(NamedTuple):
    """A typed relation from one entity to another; ``head`` and ``tail`` are places in the list of entities."""

    head: int
    tail: int
    type: str


class Annotation(NamedTuple):
    """What is marked in one sentence."""

    entities: list[Span]
    relations: list[Relation]


def annotation_text(entities: Sequence[Span], relations: Iterable[Relation]) -> str:
    """Write entities and relations as JSON in SpERT's form; equal sets give equal texts.

    Entities are sorted by start, end and type, relations by head, tail and type; what stands twice is written once.

    Args:
        entities: Entities, in any order.
        relations: Relations between them.
    """
    order = sorted(set(entities))
    place = {entity: number for number, entity in enumerate(order)}
    known = {Relation(place[entities[head]], place[entities[tail]], kind) for head, tail, kind in relations}
    content = {
        "entities": [{"type": kind, "start": start, "end": end} for start, end, kind in order],
        "relations": [{"type": kind, "head": head, "tail": tail} for head, tail, kind in sorted(known)],
    }
    return json.dumps(content, ensure_ascii=False)


def parse_annotation(text: str) -> Annotation:
    """Read what :func:`annotation_text` wrote."""
    content = json.loads(text)
    entities = [Span(item["start"], item["end"], item["type"]) for item in content["entities"]]
    return Annotation(entities, [Relation(item["head"], item["tail"], item["type"]) for item in content["relations"]])


def ordered_pairs(count: int) -> list[tuple[int, int]]:
    """Give all ordered pairs of different entities: what a relation may hold between."""
    return [(head, tail) for head in range(count) for tail in range(count) if head != tail]
