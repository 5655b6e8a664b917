"""Which training rows are held out together."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from regen.errors import UserError

_SEED = 0
_TEXTS = ("tokens", "text_a", "context", "text")
"""Columns with the text that rows of a task share: sentences, premises, passages, texts. Each type has one of them."""


def fold_numbers(task: str, train: pd.DataFrame, folds: int) -> NDArray[np.int64]:
    """Deal rows out to folds, the same way each time.

    Rows with the same text share a fold, since a model that saw it knows part of the answer: pairs with one first text,
    questions and choices about one passage, keywords and pronouns of one text. Sentences of one document do, where
    there are enough documents. Labels are spread evenly as far as they can be.

    Args:
        task: Name of the task.
        train: n training examples, with ``label`` or ``document`` where there are any.
        folds: Number of folds, at least 2.

    Returns:
        The fold of each row, from 0 on, shape (n,).

    Raises:
        UserError: There are too few different texts, or rows of each label.
    """
    groups = _texts(train)
    if "document" in train and train["document"].nunique() >= folds:
        groups = train["document"]
    if groups.nunique() < folds:
        raise UserError(f"task {task}: found {groups.nunique()} different texts in train, expected at least {folds}")
    shuffled = {"n_splits": folds, "shuffle": True, "random_state": _SEED}
    if "label" in train:
        most = train["label"].value_counts().max()
        if most < folds:
            raise UserError(f"task {task}: no label has more than {most} rows in train, expected at least {folds}")
        parts = StratifiedGroupKFold(**shuffled).split(train, train["label"], groups)
    else:
        parts = GroupKFold(**shuffled).split(train, groups=groups)
    numbers = np.empty(len(train), dtype=np.int64)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)  # rare labels are what they are
        for number, (_, held_out) in enumerate(parts):
            numbers[held_out] = number
    return numbers


def _texts(train: pd.DataFrame) -> "pd.Series[str]":
    """Give the text of each row that other rows may share, without what is asked about it."""
    texts = train[next(column for column in _TEXTS if column in train)]
    return texts.map("\x1f".join) if texts.name == "tokens" else texts
