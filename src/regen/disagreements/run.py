"""The page for two cells of this project: from their records, predictions and prepared examples to a local folder."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from regen.disagreements.page import write_page
from regen.errors import UserError
from regen.io.atomic import replacing
from regen.records.agreement import SPLIT
from regen.records.outcomes import comparable
from regen.reporting.format import commands


def show_disagreements(one: str, other: str, data: Path) -> tuple[Path, dict[str, int]]:
    """Write the page of examples of dev on which two cells differ.

    Args:
        one: ``task.recipe``.
        other: Another cell of the task.
        data: The project's data folder.

    Returns:
        Path of the page, in a folder that git ignores, and counts: ``both``, ``one``, ``other``, ``neither``.

    Raises:
        UserError: These are no two cells that were scored on the same examples, or something is not on this machine.
    """
    for name in (one, other):
        if "@" in name or name.count(".") != 1:
            raise UserError(f"--examples: found {name}, expected a cell as task.recipe: only its last answers are kept")
    records = [_record(data, name) for name in (one, other)]
    if one == other or not comparable(records[0], records[1], SPLIT):
        raise UserError(
            f"--examples: {one} and {other}: expected two cells with scores on the same examples of {SPLIT}"
        )
    task = records[0]["task"]
    predictions = [_predictions(data, record) for record in records]
    prepared = data / "03_primary" / task / f"{SPLIT}.parquet"
    dev = _table(prepared, f"kedro run --pipelines ingest,prepare --namespaces {task}")
    folder = data / "08_reporting" / "disagreements" / task / "-".join(record["recipe"] for record in records)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with replacing(folder) as new:
        new.mkdir()
        counts = write_page(records, predictions, dev, new)
    return folder / "index.html", counts


def _record(data: Path, cell: str) -> dict[str, Any]:
    path = data.joinpath("08_reporting", "cells", *cell.split("."), "record.json")
    if not path.is_file():
        raise UserError(f"{path}: no such record; name another cell, or make it first")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _predictions(data: Path, record: dict[str, Any]) -> pd.DataFrame:
    path = data.joinpath("07_model_output", *record["cell"].split("."), "predictions.parquet")
    return _table(path, commands(record)[0])


def _table(path: Path, command: str) -> pd.DataFrame:
    if not path.is_file():
        raise UserError(f"{path}: not on this machine; make it with '{command}'")
    return pd.read_parquet(path)
