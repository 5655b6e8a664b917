"""Slips of the keyboard: Belinkov and Bisk 2018, https://arxiv.org/abs/1711.02173 (their swaps and keyboard typos)."""

import numpy as np

from regen.augmentation.typos import mistyped

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Letters of the QWERTY layout, which keyboards for English and Spanish share; the second row stands half a key to the
right of the first, the third half a key to the right of the second.
"""


def _neighbours() -> dict[str, str]:
    """Give the letters beside, above and below each letter."""
    near: dict[str, str] = {}
    for row, letters in enumerate(_ROWS):
        for place, letter in enumerate(letters):
            found = [letters[beside] for beside in (place - 1, place + 1) if 0 <= beside < len(letters)]
            for other, shift in ((row - 1, (0, 1)), (row + 1, (-1, 0))):
                if 0 <= other < len(_ROWS):
                    found += [_ROWS[other][place + by] for by in shift if 0 <= place + by < len(_ROWS[other])]
            near[letter] = "".join(found)
    return near


NEIGHBOURS = _neighbours()
"""Letter -> letters whose keys touch its key."""


def typo(word: str, random: np.random.Generator) -> str | None:
    """Hit a neighbouring key, or drop, double or swap characters as augmentation does, each as likely.

    A capital letter stays one. ``None`` for a word of one character, or one without a letter that the layout has.
    """
    if random.integers(4):
        return mistyped(word, random)
    places = [place for place, letter in enumerate(word) if letter.lower() in NEIGHBOURS]
    if len(word) == 1 or not places:
        return None
    place = places[random.integers(len(places))]
    near = NEIGHBOURS[word[place].lower()]
    hit = near[random.integers(len(near))]
    return word[:place] + (hit.upper() if word[place].isupper() else hit) + word[place + 1 :]
