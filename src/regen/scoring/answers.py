"""Scores of answers in words: exact match and F1 by the official script of CMRC 2018, which DRCD is scored with too.

Source: cmrc2018_evaluate.py (version 6) of github.com/ymcui/cmrc2018.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# The script lists the ellipsis as two characters and looks at single ones: it never drops it.
_DROPPED = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_CHINESE = re.compile(r"[\u4e00-\u9fa5]")

# What the script's other characters go to: the word tokenizer of NLTK, as far as its rules of the Penn Treebank can
# meet lower-case text without the dropped symbols. In their order.
_TREEBANK: tuple[tuple[str, str], ...] = (
    (r"([«‘„])", r" \1 "),
    (r'^"', " `` "),
    (r"([ (\[{<])(\"|'{2})", r"\1 `` "),
    (r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", "' "),
    (r"([^.])(\.)([\])}>\"'» ]*)\s*$", r"\1 \2 \3 "),
    (r",(\D)", r" , \1"),
    (r",$", " , "),
    (r"\.{2,}", r" \g<0> "),
    (r"[;@#$%&\u2012-\u2015]", r" \g<0> "),
    (r"([^.])(\.)([\])}>\"']*)\s*$", r"\1 \2\3 "),
    (r"[?!]", r" \g<0> "),
    (r"([^'])' ", r"\1 ' "),
    (r"[\]\[(){}<>]", r" \g<0> "),
    (r"\A|\Z", " "),
    (r"»", " » "),
    (r"''|\"", " '' "),
    (r"\s+", " "),
    (r"([^' ])('[smd]|') ", r"\1 \2 "),
    (r"([^' ])('ll|'re|'ve|n't) ", r"\1 \2 "),
    (r"\b(can)(not)\b", r" \1 \2 "),
    (r"\b(d)('ye)\b", r" \1 \2 "),
    (r"\b(gim)(me)\b", r" \1 \2 "),
    (r"\b(gon|got)(na|ta)\b", r" \1 \2 "),
    (r"\b(lem)(me)\b", r" \1 \2 "),
    (r"\b(more)('n)\b", r" \1 \2 "),
    (r"\b(wan)(na)(?=\s)", r" \1 \2 "),
    (r" ('t)(is|was)\b", r" \1 \2 "),
)
_RULES = tuple((re.compile(pattern), replacement) for pattern, replacement in _TREEBANK)


def answer_scores(gold: Sequence[Sequence[str]], pred: Sequence[str]) -> tuple[Ints, Floats]:
    """Score answers.

    Args:
        gold: Right answers of each of n questions, at least one.
        pred: The answer given to each; empty for none.

    Returns:
        Exact matches (0 or 1) and F1, each the best over a question's right answers; both of shape (n,).

    Raises:
        ValueError: Different numbers of questions, or a question without a right answer.
    """
    if len(gold) != len(pred) or not all(map(len, gold)):
        raise ValueError(f"{len(gold)} questions and {len(pred)} answers; expected as many, each with a right answer")
    pairs = [(list(dict.fromkeys(right)), given) for right, given in zip(gold, pred, strict=True)]
    exact = [any(_plain(answer) == _plain(given) for answer in right) for right, given in pairs]
    f1 = [max(_f1(answer_tokens(answer), answer_tokens(given)) for answer in right) for right, given in pairs]
    return np.array(exact, dtype=np.int64), np.array(f1, dtype=np.float64)


def _plain(text: str) -> str:
    return text.lower().strip().translate(_DROPPED)


def _f1(right: Sequence[str], given: Sequence[str]) -> float:
    """Weigh the longest run of tokens that both have: not a subsequence, in spite of the script's names."""
    matcher = SequenceMatcher(None, right, given, autojunk=False)
    return 2 * matcher.find_longest_match().size / max(len(right) + len(given), 1)


def answer_tokens(text: str) -> list[str]:
    """Cut an answer into Chinese characters and, between them, words; dropped symbols part nothing.

    The script has NLTK split each stretch between Chinese characters into sentences first, with a trained model; here a
    stretch is one sentence. Of the stretches of CMRC 2018 and DRCD 5 in 10,000 come out otherwise, by a full stop.
    """
    tokens, rest = [], 0
    plain = _plain(text)
    for character in _CHINESE.finditer(plain):
        tokens += _words(plain[rest : character.start()])
        tokens.append(character.group())
        rest = character.end()
    return tokens + _words(plain[rest:])


def _words(text: str) -> list[str]:
    if not text.strip():
        return []
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.split()
