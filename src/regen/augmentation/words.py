"""Words of an example, some of which become others; tags stay with their tokens, and mentions stay as they are."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import rjieba

from regen.augmentation.drafts import Context, Draft, generator, some_of, text_columns, token_columns
from regen.config.augmentation import OfWords

Replace = Callable[[str, np.random.Generator], str | None]
"""Gives what a word becomes; ``None``, or the word itself, where the method has nothing for it."""

_PARTS = re.compile(r"[^\W_]+|[\W_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
OUTSIDE = "O"


@dataclass(frozen=True)
class Unit:
    """A stretch of a sentence that is replaced as a whole, or stays.

    Attributes:
        text: The stretch.
        free: Whether it is a word that may be replaced.
        first: Its first token; of sentences in tokens alone.
        end: The token after its last.
        characters: Whether its characters are tokens.
    """

    text: str
    free: bool
    first: int = 0
    end: int = 0
    characters: bool = False


def word_drafts(
    train: pd.DataFrame, method: str, settings: OfWords, context: Context, replace: Replace
) -> Iterator[Draft]:
    """Draft copies of which some words are replaced.

    Args:
        train: n training examples.
        method: Name of the method.
        settings: How many words, and how many copies.
        context: Seed, task type and language.
        replace: Gives what a word becomes.

    Yields:
        ``copies`` drafts of each example, in their order.
    """
    language, tagging = context.config.language, context.config.task_type == "tagging"
    columns = token_columns(train) if tagging else text_columns(context.config)
    for row, example in enumerate(train[["id", *columns]].to_dict("records")):
        fields = [] if tagging else columns
        split = {name: text_units(example[name], language) for name in fields}
        sentence = token_units(list(example["tokens"]), list(example["tags"]), language) if tagging else []
        for copy in range(1, settings.copies + 1):
            random = generator(context.seed, method, example["id"], copy)
            values: dict[str, Any] = {}
            for name, units in split.items():
                new = _replaced(units, settings.share, replace, random)
                values[name] = "".join(unit.text if text is None else text for unit, text in new)
            if tagging:
                new = _replaced(sentence, settings.share, replace, random)
                values = _with_tokens({name: list(example[name]) for name in columns}, new)
            yield Draft(copy, (row,), values)


def is_han(word: str) -> bool:
    """Say whether a word is written in Chinese characters alone."""
    return _HAN.fullmatch(word) is not None


def text_units(text: str, language: str) -> list[Unit]:
    """Split a text into words and what stands between them; together they are the text."""
    return [Unit(part, part.isalpha()) for part in _cut(text, language)]


def token_units(tokens: Sequence[str], tags: Sequence[str], language: str) -> list[Unit]:
    """Split a sentence in tokens; what a tag names is not free.

    Chinese tokens that are characters are put together to words.
    """
    units = []
    for free, run in groupby(range(len(tokens)), lambda place: tags[place] == OUTSIDE):
        places = list(run)
        if free and language == "zh" and all(len(tokens[place]) == 1 for place in places):
            first = places[0]
            for word in _cut("".join(tokens[place] for place in places), language):
                units.append(Unit(word, word.isalpha(), first, first + len(word), characters=True))
                first += len(word)
        else:
            units += [Unit(tokens[place], free and tokens[place].isalpha(), place, place + 1) for place in places]
    return units


def _cut(text: str, language: str) -> list[str]:
    return list(rjieba.cut(text)) if language == "zh" else _PARTS.findall(text)


def _replaced(
    units: Sequence[Unit], share: float, replace: Replace, random: np.random.Generator
) -> list[tuple[Unit, str | None]]:
    """Replace a share of the free units, as far as the method has something for them; the others get ``None``."""
    free = [place for place, unit in enumerate(units) if unit.free]
    order, wanted = some_of(len(free), share, random)
    new: dict[int, str] = {}
    for number in order:
        if len(new) == wanted:
            break
        place = free[number]
        text = replace(units[place].text, random)
        if text and text != units[place].text:
            new[place] = text
    return [(unit, new.get(place)) for place, unit in enumerate(units)]


def _with_tokens(values: Mapping[str, Sequence[Any]], new: Sequence[tuple[Unit, str | None]]) -> dict[str, list[Any]]:
    """Put a sentence together: each new token is outside of all mentions, and has the further values of the old one."""
    made: dict[str, list[Any]] = {name: [] for name in values}
    for unit, text in new:
        old = {name: list(column[unit.first : unit.end]) for name, column in values.items()}
        if text is not None:
            old["tokens"] = list(text) if unit.characters else [text]
            count = len(old["tokens"])
            for name, column in old.items():
                if len(column) != count:
                    old[name] = [column[0]] * count
        for name, column in old.items():
            made[name] += column
    return made
