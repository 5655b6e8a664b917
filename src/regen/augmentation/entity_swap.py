"""Mentions become other mentions of their type: Dai and Adel 2020, https://aclanthology.org/2020.coling-main.343."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from regen.augmentation.drafts import Context, Draft, another, generator, some_of, token_columns
from regen.config.augmentation import EntitySwap

_BEGIN, _INSIDE = "B-", "I-"

Columns = dict[str, list[Any]]
"""Name of a column -> its values for some tokens."""


@dataclass
class Mentions:
    """The different mentions of one type.

    Attributes:
        values: Their tokens, tags and further values, as they stand first in train.
        places: Tokens of a mention -> where it is among them.
    """

    values: list[Columns] = field(default_factory=list)
    places: dict[tuple[str, ...], int] = field(default_factory=dict)


def drafts(train: pd.DataFrame, settings: EntitySwap, context: Context) -> Iterator[Draft]:
    """Draft copies of which some mentions are others of train, with their tokens, tags and further values.

    Yields:
        ``copies`` drafts of each example, in their order; one without mentions stays as it is.
    """
    columns = token_columns(train)
    sentences = [{name: list(row[name]) for name in columns} for row in train[columns].to_dict("records")]
    known = mentions(sentences)
    for row, (name, sentence) in enumerate(zip(train["id"], sentences, strict=True)):
        spans = spans_of(sentence["tags"])
        for copy in range(1, settings.copies + 1):
            random = generator(context.seed, "entity_swap", name, copy)
            order, wanted = some_of(len(spans), settings.share, random)
            new: dict[int, Columns] = {}
            for number in order[:wanted]:
                first, end = spans[number]
                same_type = known[sentence["tags"][first][2:]]
                drawn = another(len(same_type.values), same_type.places[tuple(sentence["tokens"][first:end])], random)
                if drawn is not None:
                    new[first] = same_type.values[drawn]
            yield Draft(copy, (row,), _swapped(sentence, dict(spans), new))


def spans_of(tags: Sequence[str]) -> list[tuple[int, int]]:
    """Give the first token of each mention, and the one after its last."""
    starts = [place for place, tag in enumerate(tags) if tag.startswith(_BEGIN)]
    spans = []
    for start in starts:
        end = start + 1
        while end < len(tags) and tags[end].startswith(_INSIDE):
            end += 1
        spans.append((start, end))
    return spans


def mentions(sentences: Sequence[Mapping[str, list[Any]]]) -> dict[str, Mentions]:
    """Give the different mentions of each type."""
    found: defaultdict[str, Mentions] = defaultdict(Mentions)
    for sentence in sentences:
        for first, end in spans_of(sentence["tags"]):
            of_type = found[sentence["tags"][first][2:]]
            values = {name: column[first:end] for name, column in sentence.items()}
            place = of_type.places.setdefault(tuple(values["tokens"]), len(of_type.values))
            if place == len(of_type.values):
                of_type.values.append(values)
    return found


def _swapped(sentence: Columns, ends: Mapping[int, int], new: Mapping[int, Columns]) -> Columns:
    made: Columns = {name: [] for name in sentence}
    place = 0
    while place < len(sentence["tokens"]):
        end = ends[place] if place in new else place + 1
        for name, column in sentence.items():
            made[name] += new[place][name] if place in new else column[place:end]
        place = end
    return made
