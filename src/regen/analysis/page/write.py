"""The page: wrong answers that the model was surest of, and answers that it was least sure of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regen.analysis.calibration import has_probability
from regen.analysis.page.lines import Line, example_lines
from regen.analysis.parts import Rows
from regen.analysis.repeat import first_repeat, fold_of, right_answers, split_rows
from regen.pages import page_environment

MOST = 50
"""Examples of each list."""


@dataclass(frozen=True)
class Shown:
    """An example on the page."""

    name: str
    score: str
    right: bool
    lines: list[Line]


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
    context = {
        "cell": record["cell"],
        "language": config["language"],
        "repeat": f"seed {seed}, fold {fold}",
        "examples": len(right),
        "wrong_count": int((~right).sum()),
        "probability": has_probability(config["estimator"], config["task_type"]),
        "wrong": [_shown(config, rows, right, place) for place in wrong[:MOST]],
        "unsure": [_shown(config, rows, right, place) for place in np.argsort(rows.scores, kind="stable")[:MOST]],
    }
    text = page_environment("regen.analysis.page").get_template("examples.html").render(context)
    (folder / "index.html").write_bytes(text.encode())


def _shown(config: Mapping[str, Any], rows: Rows, right: Any, place: int) -> Shown:
    example = {str(name): value for name, value in rows.examples.iloc[place].items()}
    lines = example_lines(config["task_type"], config["language"], example, rows.gold[place], rows.pred[place])
    return Shown(str(example["id"]), f"{rows.scores[place]:.4f}", bool(right[place]), lines)
