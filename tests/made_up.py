"""Specs of a made-up task and of a recipe on it, for tests of several packages."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.config.cell import CellConfig, cell_config
from regen.config.recipe import RecipeSpec
from regen.config.task import TaskSpec
from regen.config.task_types import TASK_TYPES, Format, TaskType

_FORMATS: dict[TaskType, Format] = {
    "multiple_choice": "json_blanks",
    "relation_extraction": "json_relations",
    "span_qa": "squad_json",
    "tagging": "conll_columns",
}


def made_up_task(task_type: TaskType, labels: Sequence[str], language: str = "en", **splits: bool) -> TaskSpec:
    """Give a task with train, dev and further splits.

    Args:
        task_type: Task type; it decides on fields and metric. A tagging task has a further column ``pos``.
        labels: Label set.
        language: ISO 639-1 code.
        splits: Further split -> whether its labels are public; ``test=True`` where none is given.
    """
    tagging, relations = task_type == "tagging", task_type == "relation_extraction"
    facts = TASK_TYPES[task_type]
    labelled = {"train": True, "dev": True, **(splits or {"test": True})}
    return TaskSpec.model_validate(
        {
            "title": "Made up",
            "benchmark": "sample",
            "type": task_type,
            "language": language,
            "licence": "CC0-1.0",
            "source": "this test",
            "files": [{"name": "made_up.txt", "sources": [{"path": "made_up.txt"}]}],
            "read": {
                "format": _FORMATS.get(task_type, "json_lines"),
                "fields": {name: i for i, name in enumerate((*facts.fields, *(["pos"] if tagging else [])))},
                "entity_types": ["Loc", "Org", "Peop"] if relations else [],
                "scheme": "iob2" if tagging else None,
                "labels": list(labels),
                "splits": {name: {"file": "made_up.txt", "labelled": public} for name, public in labelled.items()},
            },
            "metric": facts.metrics[0],
        }
    )


def made_up_cell(
    estimator: str, task: TaskSpec, options: Mapping[str, Any] | None = None, recipe: str | None = None, **keys: Any
) -> CellConfig:
    """Give the effective config of a recipe on the task ``made_up``.

    Args:
        estimator: Name of the estimator.
        task: The task.
        options: Options of the estimator; defaults where none are given.
        recipe: Name of the recipe; that of the estimator where none is given.
        keys: Further keys of the recipe.
    """
    spec = RecipeSpec.model_validate(
        {"title": "Made up", "estimator": estimator, "options": dict(options or {}), **keys}
    )
    return cell_config("made_up", task, recipe or estimator, spec)
