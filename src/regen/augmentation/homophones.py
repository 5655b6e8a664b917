"""Chinese characters become others with the same reading, as they do when people type by pinyin.

Kinds of noise that people make: Belinkov and Bisk 2018, https://arxiv.org/abs/1711.02173; mistakes of Chinese writers
that are homophones: Liu et al. 2011, https://doi.org/10.1145/1967293.1967297. Readings are those of pypinyin.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
from pypinyin import Style, lazy_pinyin

from regen.augmentation.drafts import Context, Draft
from regen.augmentation.words import is_han, word_drafts
from regen.config.augmentation import Homophones

_LEVEL_1 = range(0xB0, 0xD8)
"""Rows of GB 2312 that hold the 3,755 frequent characters."""
_CELLS = range(0xA1, 0xFF)


def drafts(train: pd.DataFrame, settings: Homophones, context: Context) -> Iterator[Draft]:
    """Draft copies in which one character of some words has a homophone in its place; see :func:`word_drafts`."""
    known = homophones()

    def replace(word: str, random: np.random.Generator) -> str | None:
        if not is_han(word):
            return None
        heard = readings(word)
        places = [place for place, sound in enumerate(heard) if set(known.get(sound, ())) - {word[place]}]
        if not places:
            return None
        place = places[random.integers(len(places))]
        others = [character for character in known[heard[place]] if character != word[place]]
        return word[:place] + others[random.integers(len(others))] + word[place + 1 :]

    return word_drafts(train, "homophones", settings, context, replace)


@cache
def homophones() -> dict[str, tuple[str, ...]]:
    """Give the frequent characters of each reading, with its tone, in the order of GB 2312."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    characters = list(frequent_characters())
    for character, sound in zip(characters, lazy_pinyin(characters, style=Style.TONE3), strict=True):
        found[sound].append(character)
    return {sound: tuple(alike) for sound, alike in found.items()}


def readings(word: str) -> list[str]:
    """Give the reading of each character in a Chinese word, such as ``hao3``."""
    return lazy_pinyin(word, style=Style.TONE3)


def frequent_characters() -> str:
    """Give the characters of GB 2312's first level."""
    codes = (bytes((row, cell)) for row in _LEVEL_1 for cell in _CELLS)
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)
