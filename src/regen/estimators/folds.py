"""Official folds: several train sets, each with a dev set of its own, in one table with a column ``fold``."""

import pandas as pd


def split_folds(examples: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Give the examples of each fold without the column ``fold``; those of a table without it are fold 0."""
    if "fold" not in examples:
        return {0: examples}
    numbers = sorted(examples["fold"].unique().tolist())
    return {
        number: examples[examples["fold"] == number].drop(columns="fold").reset_index(drop=True) for number in numbers
    }
