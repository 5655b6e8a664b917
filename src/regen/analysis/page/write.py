"""The page: wrong answers that the model was surest of, and answers that it was least sure of."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regen.analysis.calibration import has_probability
from regen.analysis.page.lines import example_lines
from regen.analysis.page.local_page import ExampleList, Shown, write_local_page
from regen.analysis.parts import Rows
from regen.analysis.repeat import first_repeat, fold_of, right_answers, split_rows

MOST = 50
"""Examples of each list."""
_SUREST = f"Up to {MOST} wrong answers that the model was surest of: look here for mistakes in the labels, too."
_UNSURE = f"Up to {MOST} answers that the model was least sure of, right and wrong ones."


def write_page(record: Mapping[str, Any], predictions: pd.DataFrame, dev: pd.DataFrame, folder: Path) -> None:
    """Write ``index.html`` into an empty folder: all that it needs stands in it.

    Args:
        record: The cell's record.
        predictions: The cell's predictions.
        dev: Examples of dev.
        folder: The folder.

    Raises:
        UserError: Predictions and examples do not go together.
    """
    config = record["config"]
    seed, fold = first_repeat(predictions)
    rows = split_rows(config, predictions, "dev", fold_of(dev, fold))
    right = right_answers(config["task_type"], rows)
    surest_first = np.argsort(-rows.scores, kind="stable")
    wrong = [place for place in surest_first if not right[place]]
    probability = has_probability(config["estimator"], config["task_type"])
    order = (
        "Examples are ordered by the model’s probability of its own answer."
        if probability
        else "The score of this model is no probability of its answer; examples are ordered by it all the same."
    )
    surest, unsure = (
        [_shown(config, rows, right[place], place, "probability" if probability else "score") for place in places]
        for places in (wrong[:MOST], np.argsort(rows.scores, kind="stable")[:MOST])
    )
    write_local_page(
        folder,
        title=f"Examples of {record['cell']} on dev",
        lead=f"First repeat (seed {seed}, fold {fold}): {(~right).sum()} of {len(right)} answers are wrong. {order}",
        predicted="answer of the model",
        language=config["language"],
        lists=[
            ExampleList("wrong", "Wrong, surest first", _SUREST, surest),
            ExampleList("unsure", "Least sure", _UNSURE, unsure),
        ],
    )


def _shown(config: Mapping[str, Any], rows: Rows, right: bool, place: int, score: str) -> Shown:
    example = {str(name): value for name, value in rows.examples.iloc[place].items()}
    lines = example_lines(config["task_type"], config["language"], example, rows.gold[place], rows.pred[place])
    answer = f"{score} {rows.scores[place]:.4f} · {'right' if right else 'wrong'}"
    return Shown(str(example["id"]), [(line.name, line) for line in lines], answer)
