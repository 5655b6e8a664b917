"""Which module says what an estimator's answers rest on."""

from regen.config.base import Spec
from regen.config.cell import CellConfig
from regen.config.task_types import TaskType

_TEXTS: frozenset[TaskType] = frozenset(
    {"classification", "coreference", "keyword_match", "multiple_choice", "pair_classification"}
)
_EXPLAINED: dict[str, frozenset[TaskType]] = {
    "linear": _TEXTS,
    "crf": frozenset({"tagging"}),
    "encoder": _TEXTS | {"tagging"},
}
"""Estimator -> task types whose answers a module of regen.attributions explains; it has the estimator's name."""


class AttributionConfig(Spec):
    """What the stage ``examine`` explains answers with.

    Attributes:
        cell: ``task.recipe``.
        module: Module with a function ``explain``; ``None`` where there is none for the estimator and task type.
    """

    cell: str
    module: str | None


def attribution_config(config: CellConfig) -> AttributionConfig:
    """Find what explains a cell's answers; nothing does for heads whose logits are no tags."""
    known = config.task_type in _EXPLAINED.get(config.estimator, ()) and config.options.get("head") != "span"
    return AttributionConfig(cell=config.cell, module=f"regen.attributions.{config.estimator}" if known else None)
