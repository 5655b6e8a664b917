"""Which training rows are held out together."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from regen.errors import UserError
from regen.tasks.examples import text_keys

_SEED = 0


def fold_numbers(task: str, train: pd.DataFrame, folds: int) -> NDArray[np.int64]:
    """Deal rows out to folds, the same way each time.

    Rows with the same input share a fold, since a model that saw the input would repeat its label; sentences of one
    document do, where there are enough documents. Labels are spread evenly as far as they can be.

    Args:
        task: Name of the task.
        train: n training examples with ``label``, or with ``tokens`` and ``document``.
        folds: Number of folds, at least 2.

    Returns:
        The fold of each row, from 0 on, shape (n,).

    Raises:
        UserError: There are too few different inputs, or rows of each label.
    """
    groups = text_keys(train)
    if "document" in train and train["document"].nunique() >= folds:
        groups = train["document"]
    if groups.nunique() < folds:
        raise UserError(f"task {task}: found {groups.nunique()} different inputs in train, expected at least {folds}")
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
