"""The doubts of one task: from its prepared training rows to a table in the reports' folder."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.cell import cell_config
from regen.config.load import Specs
from regen.config.task_types import TaskType
from regen.doubts.ranking import rank_doubts
from regen.errors import UserError
from regen.io.atomic import replacing

_RECIPES: dict[TaskType, str] = {
    "classification": "linear",
    "coreference": "linear",
    "keyword_match": "linear",
    "pair_classification": "linear",
    "tagging": "crf",
}
"""Task type -> recipe that judges its labels where none is named."""


def find_doubts(task: str, recipe: str | None, folds: int, data: Path, specs: Specs) -> tuple[Path, pd.DataFrame]:
    """Rank a task's training rows by how much models doubt their label, and write the table.

    Args:
        task: Name of the task.
        recipe: Name of the recipe whose models judge; ``None`` for the usual one of the task type.
        folds: Number of models.
        data: The project's data folder.
        specs: The project's specs.

    Returns:
        Path of the table (ids, labels and scores, no texts), and the table.

    Raises:
        UserError: There is no such task or recipe, the task's type has no labels to doubt, it has folds, or it is not
            prepared.
    """
    if task not in specs.tasks:
        raise UserError(f"task {task}: there is no such task; conf/base/tasks has {', '.join(specs.tasks)}")
    spec = specs.tasks[task]
    if spec.type not in _RECIPES:
        raise UserError(f"task {task}: found type {spec.type}; labels can be doubted of {', '.join(_RECIPES)} alone")
    if spec.read.folds is not None:
        raise UserError(
            f"task {task}: found {spec.read.folds} train sets (folds), expected one; take the task of their union"
        )
    recipe = recipe or _RECIPES[spec.type]
    if recipe not in specs.recipes:
        raise UserError(f"recipe {recipe}: there is no such recipe; conf/base/recipes has {', '.join(specs.recipes)}")
    config = cell_config(task, spec, recipe, specs.recipes[recipe])
    train = read_train(task, data)
    table = rank_doubts(train.head(config.train_examples or len(train)), config, folds)
    path = data / "08_reporting" / "doubts" / task / f"{recipe}.csv"
    with replacing(path) as new:
        table.to_csv(new, index=False, float_format="%.6f", lineterminator="\n")
    return path, table


def read_train(task: str, data: Path) -> pd.DataFrame:
    """Read a task's training rows, and nothing else; where there are folds, ids begin with that of the row.

    Raises:
        UserError: The task is not prepared.
    """
    path = data / "03_primary" / task / "train.parquet"
    if not path.is_file():
        run = f"kedro run --pipelines ingest,prepare --namespaces {task}"
        raise UserError(f"task {task}: {path}: no such file; make it with '{run}'")
    train = pd.read_parquet(path)
    if "fold" in train:  # an id names an example within its fold only
        train["id"] = "train_" + train["fold"].astype(str) + "/" + train["id"]
    return train


def shown(table: pd.DataFrame, train: pd.DataFrame) -> list[str]:
    """Write rows of the table with their texts, one line each, for the eyes of whoever has the data."""
    examples = train.set_index("id").loc[table["id"]].to_dict("records")
    return [_line(row, example) for row, example in zip(table.to_dict("records"), examples, strict=True)]


def _line(row: Mapping[Hashable, Any], example: Mapping[Hashable, Any]) -> str:
    if "tokens" in example:
        tokens = list(example["tokens"])
        tokens[row["token"]] = f"[{tokens[row['token']]}]"
        text = " ".join(tokens)
    else:
        names = ("text", "span1", "span2", "text_a", "text_b")
        parts = [example[name] for name in names if name in example] + list(example.get("keywords", ()))
        text = " | ".join(parts)
    return f"{row['id']}\t{row['label']} -> {row['predicted']}\t{row['self_confidence']:.3f}\t{text}"
