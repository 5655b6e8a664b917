"""Sentences with entities and relations, written by hand."""

from regen.scoring.annotations import Relation, annotation_text
from regen.scoring.spans import Span


def annotated(sentence: str, *relations: tuple[int, int, str]) -> tuple[list[str], str]:
    """Read a sentence written as ``[Peop Ann Lee] left [Loc Paris]``; give its tokens and its annotation.

    Args:
        sentence: Words; entities stand in brackets after their type.
        relations: Places of head and tail among the entities, and the type.
    """
    tokens: list[str] = []
    entities: list[Span] = []
    opened: tuple[int, str] | None = None
    for word in sentence.split():
        if word.startswith("["):
            opened = len(tokens), word[1:]
            continue
        tokens.append(word.removesuffix("]"))
        if word.endswith("]") and opened is not None:
            entities.append(Span(opened[0], len(tokens), opened[1]))
    return tokens, annotation_text(entities, [Relation(*relation) for relation in relations])
