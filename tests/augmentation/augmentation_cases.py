"""Made-up cells with augmentation, and what is made out of their training examples."""

from pathlib import Path
from typing import Any

import pandas as pd
from estimator_frames import MAKERS

from made_up import made_up_cell, made_up_task
from regen.augmentation.augment import augment
from regen.augmentation.drafts import Context
from regen.config.machine import Machine
from regen.config.task_types import TaskType

LABELS = {
    "classification": ["sport", "money", "tech", "103", "104", "109"],
    "pair_classification": ["same", "other", "entailment", "contradiction", "neutral"],
    "tagging": ["PER", "LOC", "ORG", "name", "address"],
}


def train_of(task_type: TaskType, language: str) -> pd.DataFrame:
    """Give fresh training examples."""
    return MAKERS[task_type, language]().train


def context_of(
    task_type: TaskType,
    language: str,
    methods: dict[str, Any],
    seed: int = 0,
    encoder: Path | None = None,
    machine: Machine | None = None,
) -> Context:
    """Give what a method is told in a repeat of a cell."""
    task = made_up_task(task_type, LABELS[task_type], language)
    estimator = "encoder" if encoder else "majority"
    return Context(made_up_cell(estimator, task, augmentation=methods), seed, encoder, machine)


def augmented(
    task_type: TaskType, language: str, methods: dict[str, Any], seed: int = 0, **more: Any
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Augment the training examples of a type."""
    return augment(train_of(task_type, language), context_of(task_type, language, methods, seed, **more))


def made_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that were made."""
    return table[table["id"].str.contains("~")]
