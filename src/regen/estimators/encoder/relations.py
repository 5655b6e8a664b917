"""Entities and relations from an encoder: labels, inputs, and the answers that outputs stand for.

Entities are tags of tokens; a relation is the label of an ordered pair of entities. Training asks for every pair of
gold entities, so that nothing is drawn; prediction asks for every pair of the entities that the tags give.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.encoders.pieces import Pieces
from regen.estimators.base import Predictions, token_lists
from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged
from regen.estimators.encoder.tagging import word_units
from regen.scoring.annotations import Annotation, Relation, annotation_text, ordered_pairs, parse_annotation
from regen.scoring.spans import Span, extract_spans, spans_to_iob2

NO_RELATION = "∅"
"""Label of a pair without a relation. In a list of labels it parts the tags from the types of relations."""

Probabilities = NDArray[np.float32]


def relation_labels(train: pd.DataFrame) -> tuple[str, ...]:
    """Give ``O`` and the tags that train needs, sorted, then ``NO_RELATION`` and its types of relations, sorted."""
    annotations = [parse_annotation(text) for text in train["annotation"]]
    sentences = zip(annotations, token_lists(train, "tokens"), strict=True)
    tags = {tag for annotation, tokens in sentences for tag in spans_to_iob2(annotation.entities, len(tokens))}
    types = {relation.type for annotation in annotations for relation in annotation.relations}
    return ("O", *sorted(tags - {"O"}), NO_RELATION, *sorted(types))


def relation_inputs(examples: pd.DataFrame, pieces: Pieces, max_length: int, labels: Sequence[str]) -> Inputs:
    """Make one row of each sentence; one that is too long loses its end, in which nothing is found then.

    Args:
        examples: n sentences with ``tokens``, and ``annotation`` where it is known.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row.
        labels: What :func:`relation_labels` gave; others are no targets.
    """
    sentences = token_lists(examples, "tokens")
    room = max_length - len(pieces.template.before) - len(pieces.template.after)
    made = word_units(sentences, pieces, room)
    kept = [int(np.searchsorted(row.position, room)) for row in made]
    shift = len(pieces.template.before)
    units = [[shift + place for place in row.position[:count]] for row, count in zip(made, kept, strict=True)]
    inputs = Inputs(
        pieces=Ragged.of([pieces.template.single(row.ids[:room]) for row in made]),
        types=None,
        units=Ragged.of(units),
        places=None,
        labels=None,
        owners=np.arange(len(made), dtype=np.int64),
        firsts=np.zeros(len(made), dtype=np.int64),
        truncated=np.array([len(row.ids) > room for row in made], dtype=np.bool_),
    )
    if "annotation" not in examples:
        return inputs
    return _with_answers(inputs, [parse_annotation(text) for text in examples["annotation"]], kept, labels)


def _with_answers(inputs: Inputs, annotations: list[Annotation], kept: list[int], labels: Sequence[str]) -> Inputs:
    """Add the labels of tokens, and the pairs of gold entities with theirs."""
    numbers = {label: number for number, label in enumerate(labels)}
    tags, entities, kinds = [], [], []
    for (spans, relations), count in zip(annotations, kept, strict=True):
        length = max([count, *(span.end for span in spans)])
        tags.append([numbers.get(tag, IGNORED) for tag in spans_to_iob2(spans, length)[:count]])
        inside = [span for span in spans if span.end <= count]  # the first ones, as spans are sorted
        known = {(head, tail): kind for head, tail, kind in relations}
        pairs = [known.get(pair, NO_RELATION) for pair in ordered_pairs(len(inside))]
        entities.append(inside)
        kinds.append([numbers.get(kind, IGNORED) for kind in pairs])
    return replace(with_pairs(inputs, entities), labels=Ragged.of(tags), pair_labels=Ragged.of(kinds))


def with_pairs(inputs: Inputs, entities: Sequence[Sequence[Span]]) -> Inputs:
    """Ask for every ordered pair of the entities of each row, and for no labels."""
    rows = [
        [bound for pair in ordered_pairs(len(spans)) for place in pair for bound in spans[place][:2]]
        for spans in entities
    ]
    return replace(inputs, labels=None, pairs=Ragged.of(rows), pair_labels=None)


def found_entities(inputs: Inputs, outputs: Sequence[Probabilities], labels: Sequence[str]) -> list[list[Span]]:
    """Give the entities of each row by conlleval's rules, from the most probable tag of each token."""
    names = np.array(labels, dtype=object)
    return [extract_spans(names[of_units.argmax(axis=1)].tolist()) for of_units, _ in _parts(inputs, outputs)]


def relation_predictions(inputs: Inputs, outputs: Sequence[Probabilities], labels: Sequence[str]) -> Predictions:
    """Take the most probable tag of each token and label of each pair; the score is the probability of all of them.

    Args:
        inputs: n rows, with the pairs of the entities that their own tags give.
        outputs: For each row, probabilities of shape (units + pairs, labels).
        labels: What :func:`relation_labels` gave.
    """
    texts, scores = [], []
    entities = found_entities(inputs, outputs, labels)
    for spans, (of_units, of_pairs) in zip(entities, _parts(inputs, outputs), strict=True):
        kinds = [labels[place] for place in of_pairs.argmax(axis=1)]
        pairs = zip(ordered_pairs(len(spans)), kinds, strict=True)
        texts.append(annotation_text(spans, [Relation(*pair, kind) for pair, kind in pairs if kind != NO_RELATION]))
        best = np.concatenate([of_units.max(axis=1), of_pairs.max(axis=1)])
        scores.append(np.exp(np.log(np.maximum(best, 1e-30), dtype=np.float64).sum()))
    return Predictions(texts, np.array(scores, dtype=np.float64))


def _parts(inputs: Inputs, outputs: Sequence[Probabilities]) -> Iterator[tuple[Probabilities, Probabilities]]:
    """Part each row's probabilities into those of its units and those of its pairs."""
    if inputs.units is None:
        raise ValueError("rows of sentences have units")
    for output, count in zip(outputs, inputs.units.lengths.tolist(), strict=True):
        yield output[:count], output[count:]
