"""Chinese words become synonyms of a lexicon, as augmentation's do (Wei and Zou 2019), here of the same length.

So a sentence whose tokens are characters keeps their number.
"""

import numpy as np

from regen.augmentation.synonyms import lexicon


def synonym(word: str, random: np.random.Generator) -> str | None:
    """Draw a synonym of as many characters; ``None`` where the lexicon has none."""
    others = [other for other in lexicon().get(word, ()) if len(other) == len(word)]
    return others[random.integers(len(others))] if others else None
