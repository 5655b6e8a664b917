"""The cells that estimators make of the hand-written examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from ensemble_members import MEMBERS, joined
from estimator_frames import MAKERS, Frames
from tiny_encoders import tiny_encoder

import regen.estimators
from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.recipe import options_class
from regen.config.task_types import TASK_TYPES, TaskType
from regen.estimators.base import Estimator, Resources, estimator_class
from regen.scoring.annotations import parse_annotation

SMALL = {
    "encoder": {
        "epochs": 12,
        "learning_rate": 2e-2,
        "warmup": 0.2,
        "dropout": 0.05,
        "attention_dropout": 0.05,
        "max_length": 48,
        "stride": 8,
        "keep": "last",
        "precision": "f32",
        "threads": 1,
    },
    "bilstm_crf": {
        "words": 12,
        "characters": 6,
        "filters": 8,
        "cases": 2,
        "hidden": 12,
        "min_count": 1,
        "epochs": 20,
        "learning_rate": 4e-2,
        "dropout": 0.1,
        "keep": "last",
        "threads": 1,
    },
}
"""Options with which an estimator learns the frames in a moment, where its defaults do not."""


@dataclass(frozen=True)
class Case:
    """An estimator on a task type in a language."""

    estimator: str
    task_type: TaskType
    language: str

    def __str__(self) -> str:
        return f"{self.estimator}-{self.task_type}-{self.language}"

    @property
    def gold_column(self) -> str:
        return TASK_TYPES[self.task_type].gold

    def frames(self) -> Frames:
        """Give fresh frames."""
        return MAKERS[self.task_type, self.language]()

    def config(self, **options: Any) -> CellConfig:
        """Give the effective config; options that are not given are small ones, or the estimator's defaults."""
        gold = self.frames().train[self.gold_column]
        labels: set[str] = set()
        if self.task_type == "relation_extraction":
            labels = {relation.type for text in gold for relation in parse_annotation(text).relations}
        elif TASK_TYPES[self.task_type].label_set:
            labels = {tag[2:] for row in gold for tag in row} - {""} if self.task_type == "tagging" else set(gold)
        task = made_up_task(self.task_type, sorted(labels), self.language)
        if self.estimator == "ensemble":
            options = {"members": list(MEMBERS[self.task_type == "tagging"]), **options}
        return made_up_cell(self.estimator, task, {**SMALL.get(self.estimator, {}), **options})

    def resources(self) -> Resources:
        """Lend a tiny encoder to the estimator that needs one."""
        return Resources(encoder=tiny_encoder(layers=1)) if self.estimator == "encoder" else Resources()

    def fit(self, frames: Frames | None = None, seed: int = 0, **options: Any) -> Estimator:
        """Fit the estimator."""
        frames = frames or self.frames()
        if self.estimator == "ensemble":
            return joined(self.config(**options), frames)
        config, resources = self.config(**options), self.resources()
        return estimator_class(self.estimator).fit(frames.train, frames.dev, config, seed, resources)

    def load(self, folder: Path) -> Estimator:
        """Load what an estimator saved."""
        return estimator_class(self.estimator).load(folder, self.resources())


@cache
def fitted(case: Case) -> Estimator:
    """Fit an estimator with its small options, once for all tests that leave it as it is."""
    return case.fit()


def estimators() -> list[str]:
    """Every estimator there is: the packages in ``regen.estimators``."""
    return [module.name for module in iter_modules(regen.estimators.__path__) if module.ispkg]


def cases() -> Iterator[Case]:
    """Every estimator on every task type that it names, in every language that examples are written in."""
    for name in estimators():
        for task_type in sorted(options_class(name).task_types):
            for known, language in MAKERS:
                if known == task_type:
                    yield Case(name, task_type, language)


def covered_types() -> set[str]:
    """Task types that examples are written for."""
    return {task_type for task_type, _ in MAKERS}


def saved(model: Estimator, folder: Path) -> dict[str, str]:
    """Save a model into a new folder; give file -> md5."""
    folder.mkdir(parents=True)
    model.save(folder)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): md5(path.read_bytes()).hexdigest() for path in files}
