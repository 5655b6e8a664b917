"""Features of choices: how much of their n-grams is in the context, in the question and in the other choices."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from regen.estimators.base import token_lists
from regen.estimators.linear.features import tfidf

RIGHT, WRONG = "right", "wrong"
_AT_ONCE = 2000
"""Examples whose vectors are in memory together."""


def right_choices(examples: pd.DataFrame) -> NDArray[np.str_]:
    """Say of every choice whether it is right, shape (m,)."""
    counts = examples["choices"].map(len).tolist()
    pairs = zip(examples["label"], counts, strict=True)
    return np.array([RIGHT if place == int(label) else WRONG for label, count in pairs for place in range(count)])


def choice_matrix(examples: pd.DataFrame, fitted: dict[str, TfidfVectorizer]) -> csr_matrix:
    """Turn the choices of examples into features.

    Of each kind of n-gram there are, for the context and for the question (if the task has questions): the cosine of
    the choice with it, and the share of the choice's squared weights whose n-grams occur in it; and the mean cosine
    with the other choices. The last feature is the logarithm of the choice's length. All are differences to their means
    over the choices of the example, as only these are compared.

    Args:
        examples: n examples with ``context`` and ``choices``, and ``question`` where there are any; m choices in all.
        fitted: k fitted vectorizers.

    Returns:
        Matrix of shape (m, 5 k + 1), or (m, 3 k + 1) without questions.
    """
    parts = (examples.iloc[start : start + _AT_ONCE] for start in range(0, len(examples), _AT_ONCE))
    return csr_matrix(np.concatenate([_table(part, fitted) for part in parts]))


def _table(examples: pd.DataFrame, fitted: dict[str, TfidfVectorizer]) -> NDArray[np.float64]:
    choices = token_lists(examples, "choices")
    counts = np.array([len(row) for row in choices])
    owners = np.repeat(np.arange(len(choices)), counts)
    flat = [choice for row in choices for choice in row]
    columns: list[NDArray[np.float64]] = []
    for kind, vectorizer in fitted.items():
        own = _vectors(flat, {kind: vectorizer})
        for column in ("context", "question"):
            if column in examples:
                other = _vectors(list(examples[column]), {kind: vectorizer})[owners]
                columns += [_sums(own.multiply(other)), _sums(own.multiply(own).multiply(other > 0))]
        whole = csr_matrix((np.ones(len(flat)), (owners, np.arange(len(flat)))), (len(choices), len(flat))) @ own
        others = _sums(own.multiply(whole[owners])) - _sums(own.multiply(own))
        columns.append(others / (counts[owners] - 1))
    columns.append(np.log1p([len(choice) for choice in flat]))
    table = np.column_stack(columns)
    starts = np.cumsum(counts) - counts
    means = np.add.reduceat(table, starts, axis=0) / counts[:, None]
    centred: NDArray[np.float64] = table - means[owners]
    return centred


def _vectors(texts: list[str], fitted: dict[str, TfidfVectorizer]) -> csr_matrix:
    """Give the vectors of texts; each different text is turned into one once."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return tfidf(list(numbers), fitted)[[numbers[text] for text in texts]]


def _sums(matrix: csr_matrix) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
