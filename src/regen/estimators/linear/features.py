"""TF-IDF features of texts, of pairs of texts, of a text and its keywords, and of two spans of a text."""

import re
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from regen.estimators.base import token_lists
from regen.estimators.keywords import keyword_pairs
from regen.estimators.linear.options import Options
from regen.estimators.linear.parts import keyword_numbers, span_numbers, span_parts

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Split a text in a language that parts words by blanks."""
    return _WORD.findall(text.lower())


def chinese_words(text: str) -> list[str]:
    """Segment a Chinese text; white space is no word."""
    return [word for word in rjieba.cut(text.lower()) if not word.isspace()]


def vectorizers(options: Options, language: str) -> dict[str, TfidfVectorizer]:
    """Make the vectorizers that the options ask for, not fitted yet, by the kind of their n-grams."""
    split: Callable[[str], list[str]] = chinese_words if language == "zh" else words
    shared: dict[str, Any] = {"min_df": options.min_frequency, "sublinear_tf": True, "dtype": np.float64}
    made = {}
    if options.words:
        made["words"] = TfidfVectorizer(tokenizer=split, token_pattern=None, ngram_range=options.words, **shared)
    if options.characters:
        made["characters"] = TfidfVectorizer(analyzer="char", ngram_range=options.characters, **shared)
    return made


def texts(examples: pd.DataFrame) -> list[str]:
    """Give every text of the examples: the sentences, or both sides of all pairs; joined keywords are such a side.

    Of multiple choice, each different text once: contexts, questions and choices.
    """
    if "choices" in examples:
        parts = [examples[column].tolist() for column in ("context", "question") if column in examples]
        return list(dict.fromkeys(chain(*parts, *token_lists(examples, "choices"))))
    if "keywords" in examples:
        examples = keyword_pairs(examples)
    columns = ["text"] if "text" in examples else ["text_a", "text_b"]
    return [text for column in columns for text in examples[column]]


def feature_matrix(examples: pd.DataFrame, fitted: dict[str, TfidfVectorizer]) -> csr_matrix:
    """Turn examples into features.

    Args:
        examples: n examples with ``text``, or with ``text_a`` and ``text_b``; a text may have keywords, or two spans.
        fitted: Fitted vectorizers, together v features wide.

    Returns:
        Matrix of shape (n, v) for texts; for pairs (n, 3 v + 4): side a, side b, their product, and their overlap. For
        keywords (n, 2 v + 4): the keywords, their product with the text (which alone says nothing of them), and
        ``keyword_numbers``. For two spans (n, 5 v + 4): ``span_parts`` and ``span_numbers``.
    """
    if "keywords" in examples:
        pairs = keyword_pairs(examples)
        keywords, text = (tfidf(list(pairs[column]), fitted) for column in ("text_a", "text_b"))
        return csr_matrix(hstack([keywords, keywords.multiply(text), keyword_numbers(examples)], format="csr"))
    if "span1" in examples:
        parts = [tfidf(part, fitted) for part in span_parts(examples)]
        return csr_matrix(hstack([*parts, span_numbers(examples)], format="csr"))
    if "text" in examples:
        return tfidf(list(examples["text"]), fitted)
    a, b = (tfidf(list(examples[column]), fitted) for column in ("text_a", "text_b"))
    return csr_matrix(hstack([a, b, a.multiply(b), _overlap(examples)], format="csr"))


def tfidf(rows: list[str], fitted: dict[str, TfidfVectorizer]) -> csr_matrix:
    """Give the vectors of n texts side by side, shape (n, v)."""
    return csr_matrix(hstack([vectorizer.transform(rows) for vectorizer in fitted.values()], format="csr"))


def _overlap(examples: pd.DataFrame) -> NDArray[np.float64]:
    """Give shape (n, 4): shares of characters in common (of a, of b, of both) and the ratio of lengths."""
    rows = []
    for text_a, text_b in zip(examples["text_a"], examples["text_b"], strict=True):
        a, b = set(text_a), set(text_b)
        common = len(a & b)
        rows.append(
            [
                common / max(len(a), 1),
                common / max(len(b), 1),
                common / max(len(a | b), 1),
                min(len(text_a), len(text_b)) / max(len(text_a), len(text_b), 1),
            ]
        )
    return np.array(rows, dtype=np.float64)
