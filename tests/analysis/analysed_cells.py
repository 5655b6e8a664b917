"""Cells of hand-written examples: the majority baseline's predictions, and as much of a record as an analysis reads."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from estimator_frames import MAKERS, Frames

from made_up import made_up_cell, made_up_task
from regen.config.statistics import StatisticsConfig
from regen.config.task_types import TASK_TYPES, TaskType
from regen.estimators.base import estimator_class
from regen.tasks.odd_rows import seen_in_train

FEW = StatisticsConfig(resamples=100)


class Cell(NamedTuple):
    """A cell as the stage ``analyse`` reads it."""

    record: dict[str, Any]
    predictions: pd.DataFrame
    frames: Frames

    @property
    def splits(self) -> dict[str, pd.DataFrame]:
        return vars(self.frames)

    @property
    def card(self) -> dict[str, Any]:
        return {"splits": dict.fromkeys(self.splits), "seen_in_train": seen_in_train(self.splits)}


def record_of(task_type: TaskType, language: str, labels: list[str], **config: Any) -> dict[str, Any]:
    """Give a record of a cell of the majority baseline with public dev and test labels, changed as told."""
    effective = made_up_cell("majority", made_up_task(task_type, labels, language)).model_dump(mode="json")
    return {"cell": "made_up.majority", "config": {**effective, **config}, "scores": {"dev": {}, "test": {}}}


def predicted(frame: pd.DataFrame, task_type: TaskType, labels: list[Any], scores: Any, split: str) -> pd.DataFrame:
    """Give rows as ``predict`` does."""
    gold = frame[TASK_TYPES[task_type].gold]
    return pd.DataFrame(
        {"seed": 0, "fold": 0, "split": split, "id": frame["id"], "gold": gold, "pred": labels, "score": scores}
    )


def majority_cell(task_type: TaskType, language: str) -> Cell:
    """Fit the baseline on the examples of a task type and predict dev and test."""
    frames = MAKERS[task_type, language]()
    facts = TASK_TYPES[task_type]
    golds = [gold for frame in vars(frames).values() for gold in frame[facts.gold]]
    tagging = task_type == "tagging"
    found = {tag[2:] for tags in golds for tag in tags if tag != "O"} if tagging else set(map(str, golds))
    labels = sorted(found) if tagging or facts.metrics == ("accuracy",) else []
    if task_type == "relation_extraction":
        labels = ["OrgBased_In", "Work_For"]
    config = made_up_cell("majority", made_up_task(task_type, labels, language))
    model = estimator_class("majority").fit(frames.train, frames.dev, config, 0)
    parts = []
    for split in ("dev", "test"):
        frame = getattr(frames, split)
        answers = model.predict(frame.drop(columns=config.hidden, errors="ignore"))
        parts.append(predicted(frame, task_type, answers.labels, answers.scores, split))
    return Cell(record_of(task_type, language, labels), pd.concat(parts, ignore_index=True), frames)


def triple(value: float, low: float, high: float) -> list[float]:
    return np.round([value, low, high], 4).tolist()
