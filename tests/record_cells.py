"""Predictions of made-up cells, and the records that they make."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.records.build import build_record
from regen.records.outcomes import outcome_table

STATISTICS = StatisticsConfig(resamples=200, level=0.9, seed=3)
GOLD = list("aabbc" * 4)
CARD = {"task": "made_up", "splits": {"train": {"examples": 10}}}


def rows(split: str, gold: Sequence[Any], pred: Sequence[Any], seed: int = 0, **columns: Sequence[Any]) -> pd.DataFrame:
    """Give the predictions of one repeat on one split."""
    ids = [f"{split}-{i}" for i in range(len(gold))]
    table = {"seed": seed, "fold": 0, "split": split, "id": ids, "gold": list(gold), "pred": list(pred), **columns}
    return pd.DataFrame(table)


def topic_cell(estimator: str = "majority", **keys: Any) -> CellConfig:
    """A classification cell with dev, a public test split and a hidden one."""
    return made_up_cell(estimator, made_up_task("classification", "abc", test=True, test_hidden=False), **keys)


def name_cell() -> CellConfig:
    """A tagging cell."""
    return made_up_cell("crf", made_up_task("tagging", ["LOC", "ORG", "PER"]))


def record_of(
    config: CellConfig, folder: Path, *parts: pd.DataFrame, card: Mapping[str, Any] = CARD, **facts: Any
) -> dict[str, Any]:
    """Make the record of predictions, with a lock file in a folder; each model states the facts."""
    (folder / "requirements.lock").write_bytes(b"library==1\n")
    predictions = pd.concat(parts, ignore_index=True)
    models = [facts for _ in config.seeds]
    return build_record(config, card, predictions, models, STATISTICS, folder / "requirements.lock")


def compared_cells(
    folder: Path, task: str = "made_up", *, folds: bool = False, **predicted: Sequence[Sequence[str]]
) -> tuple[list[dict[str, Any]], dict[str, pd.DataFrame]]:
    """Give records and outcomes of recipes by the labels that their repeats gave to `GOLD`, on dev and test alike.

    Repeats have seeds of their own, or folds of their own.
    """
    records, outcomes = [], {}
    for recipe, repeats in predicted.items():
        config = topic_cell(seeds=list(range(len(repeats))))
        config = config.model_copy(update={"task": task, "recipe": recipe, "cell": f"{task}.{recipe}"})
        places = [(0, i) if folds else (i, 0) for i in range(len(repeats))]
        parts = [
            rows(split, GOLD, pred, seed).assign(fold=fold)
            for (seed, fold), pred in zip(places, repeats, strict=True)
            for split in ("dev", "test")
        ]
        record = record_of(config, folder, *parts, card={**CARD, "files": {"dev.json": "1"}, "shared_texts": {}})
        records.append(record)
        outcomes[record["cell"]] = outcome_table(record, pd.concat(parts, ignore_index=True))
    return records, outcomes
