"""The examples of dev that one of two cells has right and the other has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.analysis.page.lines import example_lines
from regen.analysis.page.local_page import Shown
from regen.analysis.parts import Rows
from regen.analysis.repeat import fold_of, split_rows
from regen.records.agreement import SPLIT, right_units
from regen.scoring.official import official_score

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Sides:
    """One fold of dev as two cells answered it.

    Attributes:
        rows: n examples with the answers of each cell.
        right: Which of them each cell has right, two of shape (n,).
    """

    rows: tuple[Rows, Rows]
    right: tuple[NDArray[np.bool_], NDArray[np.bool_]]


def sides_of(records: Sequence[Record], predictions: Sequence[pd.DataFrame], dev: pd.DataFrame) -> list[Sides]:
    """Put the answers of two cells beside each other, those of the repeat with the smallest seed of each fold.

    Args:
        records: Records of both.
        predictions: Predictions of both.
        dev: Examples of dev, of all folds.

    Raises:
        UserError: Predictions and examples do not go together.
    """
    folds = sorted(predictions[0]["fold"].unique().tolist())
    found = []
    for fold in folds:
        examples = fold_of(dev, fold)
        one, other = (
            split_rows(record["config"], _first(table, fold), SPLIT, examples)
            for record, table in zip(records, predictions, strict=True)
        )
        found.append(Sides((one, other), (_right(records[0], one), _right(records[1], other))))
    return found


def _first(table: pd.DataFrame, fold: int) -> pd.DataFrame:
    own: pd.DataFrame = table[table["fold"] == fold]
    first: pd.DataFrame = own[own["seed"] == own["seed"].min()]
    return first


def _right(record: Record, rows: Rows) -> NDArray[np.bool_]:
    """Say which examples are right, as the official metric counts."""
    tokens = [list(value) for value in rows.examples["tokens"]] if "tokens" in rows.examples else None
    scored = official_score(record["metric"], rows.gold, rows.pred, record["config"]["labels"], tokens)
    return right_units(record["metric"], scored.counts)


def right_alone(config: Mapping[str, Any], sides: Sequence[Sides], which: int, most: int) -> list[Shown]:
    """Show the first examples that one cell alone has right.

    Args:
        config: Config of either cell, whose task both have.
        sides: What `sides_of` gives.
        which: 0 for the first cell, 1 for the second.
        most: Most examples.
    """
    places = [
        (fold, int(place)) for fold in sides for place in np.flatnonzero(fold.right[which] & ~fold.right[1 - which])
    ]
    return [_shown(config, *place, which) for place in places[:most]]


def _shown(config: Mapping[str, Any], fold: Sides, place: int, which: int) -> Shown:
    """Show what is the same for both answers once, gold once, as the wrong answer has it, and the rest for each."""
    example = {str(name): value for name, value in fold.rows[0].examples.iloc[place].items()}
    both = [
        example_lines(config["task_type"], config["language"], example, rows.gold[place], rows.pred[place])
        for rows in fold.rows
    ]
    lines = []
    for pair in zip(*both, strict=True):
        name = pair[0].name
        if name.startswith("gold"):
            lines.append((name, pair[1 - which]))
        else:
            lines += [(name, pair[0])] if pair[0] == pair[1] else [(f"{name}, A", pair[0]), (f"{name}, B", pair[1])]
    return Shown(str(example["id"]), lines)
