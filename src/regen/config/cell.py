"""The effective config of a cell: one pure function, one place."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from regen.config.augmentation import Augmentation, check_augmentation
from regen.config.base import Spec
from regen.config.recipe import RecipeSpec, options_class
from regen.config.task import TaskSpec
from regen.config.task_types import TASK_TYPES, Metric, TaskType
from regen.errors import UserError


class CellConfig(Spec):
    """Everything that decides what a cell's model and scores are, beside data, code and libraries.

    Attributes:
        cell: ``task.recipe``.
        task: Name of the task.
        task_version: Version of the task.
        task_type: Task type.
        language: ISO 639-1 code.
        metric: Official metric.
        labels: Label set; empty for task types without one.
        splits: Scored split -> whether its labels are public.
        recipe: Name of the recipe.
        estimator: Name of the estimator.
        options: Its options, every default filled in.
        seeds: One repeat each.
        train_examples: Only the first n training examples; ``None`` means all.
        augmentation: Further training examples, made out of those; ``None`` means none.
        selection: How the settings were chosen.
        device: Device class; classical estimators use the CPU.
        threads: Threads that computing uses; part of the config since sums depend on it.
        precision: Of matrix products; ``None`` where nothing is left open.
    """

    cell: str
    task: str
    task_version: int
    task_type: TaskType
    language: str
    metric: Metric
    labels: tuple[str, ...]
    splits: dict[str, bool]
    recipe: str
    estimator: str
    options: dict[str, Any]
    seeds: tuple[int, ...]
    train_examples: int | None
    selection: str
    augmentation: Augmentation | None = None
    device: str = "cpu"
    threads: int = 1
    precision: str | None = None

    @property
    def gold(self) -> str:
        """Name of the column of the answer."""
        return TASK_TYPES[self.task_type].gold

    @property
    def hidden(self) -> list[str]:
        """Names of the columns that whoever predicts does not see: the answer, and what tells of it."""
        return list(TASK_TYPES[self.task_type].hidden)

    @property
    def encoder(self) -> str | None:
        """Name of the encoder that the cell's models start from, if any: the option ``encoder``."""
        return self.options.get("encoder")

    def with_options(self, values: Mapping[str, Any]) -> "CellConfig":
        """Give the config with other values of some options.

        Raises:
            ValidationError: The options do not go together.
        """
        options = options_class(self.estimator)(**{**self.options, **values})
        return self.model_copy(update={"options": options.model_dump(mode="json")})

    def settled(self, best: Mapping[str, Any] | None) -> "CellConfig":
        """Give the config with what a search picked, as its ``best.json`` says it."""
        if best is None:
            return self
        return self.with_options(best["values"]).model_copy(update={"selection": best["selection"]})

    @property
    def digest(self) -> str:
        """Sha256 of the canonical JSON of all fields."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def repeat_name(seed: int, fold: int) -> str:
    """Name the folder of one repeat."""
    return f"repeat-s{seed}-f{fold}"


def cell_config(task_name: str, task: TaskSpec, recipe_name: str, recipe: RecipeSpec) -> CellConfig:
    """Combine a recipe with what the task overrides.

    Raises:
        UserError: The options do not fit the estimator, the estimator or a method of augmentation does not suit the
            task, or the recipe searches on a task with folds.
    """
    cell = f"{task_name}.{recipe_name}"
    cls = options_class(recipe.estimator)
    if task.type not in cls.task_types:
        raise UserError(
            f"cell {cell}: estimator '{recipe.estimator}' suits {', '.join(sorted(cls.task_types))}, "
            f"found task type {task.type}; take another recipe"
        )
    if recipe.searches and task.read.folds is not None:
        raise UserError(
            f"cell {cell}: the recipe searches, and the task has {task.read.folds} folds, each with its own dev set; "
            "search on a task with one dev set, and write what it picks into a recipe"
        )
    try:
        options = cls(**{**recipe.options, **task.overrides.get(recipe_name, {})})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(f"cell {cell}: option '{key}': {first['msg']} (found {first['input']!r})") from None
    _check_columns(cell, task, getattr(options, "columns", ()))
    if recipe.augmentation is not None:
        check_augmentation(cell, recipe.augmentation, task.type, task.language, getattr(options, "encoder", None))
    return CellConfig(
        cell=cell,
        task=task_name,
        task_version=task.version,
        task_type=task.type,
        language=task.language,
        metric=task.metric,
        labels=task.read.labels,
        splits={split: task.read.splits[split].labelled for split in task.scored_splits},
        recipe=recipe_name,
        estimator=recipe.estimator,
        options=options.model_dump(mode="json"),
        seeds=task.seeds.get(recipe_name, recipe.seeds),
        train_examples=recipe.train_examples,
        selection=recipe.selection,
        augmentation=recipe.augmentation,
    )


def _check_columns(cell: str, task: TaskSpec, columns: tuple[str, ...]) -> None:
    """Refuse feature columns that the task does not have, and above all its labels."""
    further = [name for name in task.read.fields if name not in (*TASK_TYPES[task.type].fields, "id")]
    wrong = [name for name in columns if name not in further]
    if wrong:
        raise UserError(
            f"cell {cell}: option 'columns': found {', '.join(wrong)}, expected further fields of the task: "
            f"{', '.join(further) or 'it has none'}"
        )
