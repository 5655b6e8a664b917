"""Words lose, double or swap characters: Belinkov and Bisk 2018, https://arxiv.org/abs/1711.02173."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from regen.augmentation.drafts import Context, Draft
from regen.augmentation.words import word_drafts
from regen.config.augmentation import Typos


def drafts(train: pd.DataFrame, settings: Typos, context: Context) -> Iterator[Draft]:
    """Draft copies in which some words are mistyped; see :func:`word_drafts`."""
    return word_drafts(train, "typos", settings, context, mistyped)


def mistyped(word: str, random: np.random.Generator) -> str | None:
    """Drop or double a character, or swap two neighbours, each as likely; ``None`` for a word of one character."""
    if len(word) == 1:
        return None
    place = int(random.integers(len(word) - 1))
    before, first, second, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    dropped, doubled, swapped = second, first + first + second, second + first
    made = (dropped, doubled, swapped)[random.integers(3)]
    return before + made + after
