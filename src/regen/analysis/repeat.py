"""The rows of one repeat, with their examples."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.analysis.parts import Rows
from regen.config.task_types import TASK_TYPES, TaskType
from regen.errors import UserError
from regen.scoring.answers import answer_scores


def first_repeat(predictions: pd.DataFrame) -> tuple[int, int]:
    """Give seed and fold of the repeat that comes first."""
    first = predictions.iloc[0]
    return int(first["seed"]), int(first["fold"])


def fold_of(examples: pd.DataFrame, fold: int) -> pd.DataFrame:
    """Give the examples of a fold; of a table without folds all of them."""
    if "fold" not in examples:
        return examples
    return examples[examples["fold"] == fold].drop(columns="fold").reset_index(drop=True)


def split_rows(config: Mapping[str, Any], predictions: pd.DataFrame, split: str, examples: pd.DataFrame) -> Rows:
    """Put the answers of the first repeat beside the examples of a split.

    Args:
        config: The cell's config, as its record has it.
        predictions: The cell's predictions.
        split: A split with public labels.
        examples: Its examples, of the repeat's fold.

    Raises:
        UserError: These are other examples than were predicted.
    """
    seed, fold = first_repeat(predictions)
    own = predictions[(predictions["seed"] == seed) & (predictions["fold"] == fold) & (predictions["split"] == split)]
    if own["id"].tolist() != examples["id"].tolist():
        raise UserError(
            f"cell {config['cell']}: predictions of {split} are of other examples ({len(own)}, expected "
            f"{len(examples)} with the same ids); run 'kedro run --pipelines evaluate --namespaces {config['cell']}'"
        )
    gold = TASK_TYPES[config["task_type"]].gold
    return Rows(
        examples=examples,
        gold=_plain(examples[gold]),
        pred=_plain(own["pred"]),
        scores=own["score"].to_numpy(dtype=np.float64),
    )


def _plain(values: "pd.Series[Any]") -> list[Any]:
    """Labels as they are, tags and answers as lists: Parquet hands lists back as arrays."""
    return [value if isinstance(value, str) else list(value) for value in values]


def right_answers(task_type: TaskType, rows: Rows) -> NDArray[np.bool_]:
    """Say which of n answers are right as a whole, shape (n,): all tags of a sentence, everything in an annotation.

    Questions are right by the official script's exact match.
    """
    if task_type == "span_qa":
        exact, _ = answer_scores(rows.gold, rows.pred)
        return exact > 0
    return np.array([gold == pred for gold, pred in zip(rows.gold, rows.pred, strict=True)], dtype=bool)
