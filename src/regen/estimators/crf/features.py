"""Features of a token: its word, shape, affixes, and those of its neighbours.

The set is the usual one for named entities (McCallum and Li 2003; the tutorial of CRFsuite's CoNLL-2000 chunker).
"""

import re
from collections.abc import Sequence

_RUN = re.compile(r"(.)\1+", re.DOTALL)


def shape(word: str) -> str:
    """Give the word's shape: upper case X, lower case x, digits 0, runs shortened: ``McDonald-85`` -> ``XxXx-0``."""
    return _RUN.sub(r"\1", "".join(_character_class(character) for character in word))


def _character_class(character: str) -> str:
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    return "0" if character.isdecimal() else character


def _own_features(word: str, affix: int) -> list[str]:
    """Features of a word by itself, without the place that it is seen from."""
    lower = word.lower()
    features = [f"w={word}", f"l={lower}", f"s={shape(word)}"]
    for length in range(1, min(affix, len(word)) + 1):
        features += [f"p={lower[:length]}", f"f={lower[-length:]}"]
    if word.isupper() and len(word) > 1:
        features.append("upper")
    if word.istitle():
        features.append("title")
    if any(character.isdigit() for character in word):
        features.append("digit")
    if "-" in word:
        features.append("hyphen")
    return features


def _seen_features(word: str) -> list[str]:
    """What a neighbour sees of a word."""
    return [f"l={word.lower()}", f"s={shape(word)}"]


def sentence_features(
    tokens: Sequence[str], window: int, affix: int, columns: Sequence[tuple[str, Sequence[str]]] = ()
) -> list[list[str]]:
    """Give the features of each token of a sentence.

    Args:
        tokens: n words.
        window: Neighbours to either side.
        affix: Longest prefix and suffix.
        columns: (name, n values) of further columns.

    Returns:
        n lists of features. Neighbours carry their offset (``-1:l=the``); places outside the sentence are ``<s>``.
    """
    seen = [
        [*_seen_features(word), *(f"{name}={values[i]}" for name, values in columns)] for i, word in enumerate(tokens)
    ]
    sentence = []
    for i, word in enumerate(tokens):
        features = ["bias", *_own_features(word, affix), *(f"{name}={values[i]}" for name, values in columns)]
        for offset in (o for o in range(-window, window + 1) if o):
            place = i + offset
            if 0 <= place < len(tokens):
                features += [f"{offset}:{feature}" for feature in seen[place]]
            else:
                features.append(f"{offset}:<s>")
        if i:
            features.append(f"-1,0:{tokens[i - 1].lower()}|{word.lower()}")
        sentence.append(features)
    return sentence
