"""Whether a tagger finds people whatever they are called: persons of dev get names of other groups.

Names are swapped in the same sentences, so that recalls differ by the names alone; the design is that of Mishra et al.
2020, "Assessing Demographic Bias in Named Entity Recognition", https://arxiv.org/abs/2008.03415.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.augmentation.drafts import generator
from regen.augmentation.entity_swap import spans_of
from regen.bias.name_lists import ORIGINS
from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.estimators.base import Fitted, Labels, token_lists
from regen.scoring.spans import extract_spans
from regen.statistics.bootstrap import bootstrap_interval
from regen.statistics.measures import accuracy
from regen.statistics.paired import Pair, difference, difference_interval
from regen.statistics.units import documents_of, unit_sums

PERSON = "PER"
_LONGEST = 2
"""Mentions of one token get a family name, those of two a given and a family name; longer ones stay."""
_BOTH = 2
OWN = "own names"

Spans = list[tuple[int, int]]


class Drawn(NamedTuple):
    """Names to draw from.

    Attributes:
        given: Given names.
        family: Family names; none where a person keeps the own one.
    """

    given: tuple[str, ...]
    family: tuple[str, ...] = ()


def suits(config: CellConfig) -> bool:
    """Say whether a task tags persons in English sentences."""
    return config.task_type == "tagging" and config.language == "en" and PERSON in config.labels


def name_slices(
    model: Fitted, config: CellConfig, examples: pd.DataFrame, statistics: StatisticsConfig, seed: int
) -> dict[str, Any]:
    """Measure the recall of persons by the origin of their names, and of full names by the gender of the given name.

    Args:
        model: The fitted model.
        config: The cell's effective config; its task has persons.
        examples: n dev sentences.
        statistics: How intervals are made.
        seed: Seed of the names that are drawn.

    Returns:
        ``origin`` and ``gender``: numbers of ``sentences`` and ``mentions``, and ``groups``: name of each -> ``recall``
        with ``interval``, and ``difference`` to the sentences' own names with ``difference_interval``.
    """
    told: dict[str, Any] = {}
    for kind, groups in _slices().items():
        spans = [_persons(tags, kind == "gender") for tags in token_lists(examples, "tags")]
        rows = np.flatnonzero([bool(found) for found in spans]).tolist()
        if not rows:
            continue
        some, asked = examples.iloc[rows].reset_index(drop=True), [spans[row] for row in rows]
        # Asked for again, since a model may see neighbours, and here all have the same.
        own = _found(asked, model.predict(some.drop(columns=config.hidden)).labels)
        scored = {OWN: _recall(own, None, some, statistics)}
        for group, names in groups.items():
            swapped = swap_names(some, asked, names, f"{seed} {kind}")
            counts = _found(asked, model.predict(swapped.drop(columns=config.hidden)).labels)
            scored[group] = _recall(counts, own, some, statistics)
        told[kind] = {"sentences": len(rows), "mentions": sum(map(len, asked)), "groups": scored}
    return told


def _slices() -> dict[str, dict[str, Drawn]]:
    """Give kind of slice -> group -> given and family names to draw from."""
    female = tuple(name for names in ORIGINS.values() for name in names.female)
    male = tuple(name for names in ORIGINS.values() for name in names.male)
    return {
        "origin": {origin: Drawn(names.female + names.male, names.family) for origin, names in ORIGINS.items()},
        "gender": {"female": Drawn(female), "male": Drawn(male)},
    }


def swap_names(examples: pd.DataFrame, spans: Sequence[Spans], names: Drawn, seed: str) -> pd.DataFrame:
    """Give persons other names; a name in capitals stays so, and equal draws give each group the name at one place.

    Args:
        examples: n sentences.
        spans: First token and end of the mentions of each that get a name: of one or two tokens.
        names: What they get.
        seed: Names the draws, together with the sentence's id.
    """
    sentences: Any = []
    for name, tokens, mentions in zip(examples["id"], token_lists(examples, "tokens"), spans, strict=True):
        random = generator(seed, "names", name)
        for start, end in mentions:
            given, family = random.random(2).tolist()
            if end - start == _BOTH:
                _write(tokens, start, names.given, given)
            _write(tokens, end - 1, names.family, family)
        sentences.append(tokens)
    return examples.assign(tokens=sentences)


def _write(tokens: list[str], place: int, names: Sequence[str], drawn: float) -> None:
    if names:
        name = names[int(drawn * len(names))]
        tokens[place] = name.upper() if tokens[place].isupper() and len(tokens[place]) > 1 else name


def _persons(tags: Sequence[str], full: bool) -> Spans:
    """Give the mentions of persons that get a name: of one or two tokens, or full names of two alone."""
    least = _BOTH if full else 1
    spans = [(start, end) for start, end in spans_of(tags) if tags[start][2:] == PERSON]
    return [(start, end) for start, end in spans if least <= end - start <= _LONGEST]


def _found(asked: Sequence[Spans], labels: Labels) -> NDArray[np.int64]:
    """Count, of each sentence, the persons that were found and those that were asked for, shape (n, 2)."""
    rows = []
    for spans, tags in zip(asked, labels, strict=True):
        there = {(span.start, span.end) for span in extract_spans(list(tags)) if span.type == PERSON}
        rows.append((len(there & set(spans)), len(spans)))
    return np.array(rows, dtype=np.int64)


def _recall(
    counts: NDArray[np.int64], own: NDArray[np.int64] | None, examples: pd.DataFrame, statistics: StatisticsConfig
) -> dict[str, Any]:
    """Score the counts of a group, and their difference to those of the own names."""
    documents = documents_of(examples)
    over = "examples" if documents is None else "documents"
    told = {"level": statistics.level, "resamples": statistics.resamples, "over": over}
    low, high = bootstrap_interval(counts, accuracy, documents, **statistics.model_dump())
    recall = float(accuracy(counts.sum(axis=0, keepdims=True))[0])
    scored: dict[str, Any] = {"recall": recall, "interval": {"low": low, "high": high, **told}}
    if own is None:
        return scored
    pair = Pair(unit_sums(counts, documents)[np.newaxis], unit_sums(own, documents)[np.newaxis], accuracy)
    low, high = difference_interval([pair], **statistics.model_dump())
    return {**scored, "difference": difference([pair]), "difference_interval": {"low": low, "high": high, **told}}
