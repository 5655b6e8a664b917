"""The training examples of a repeat, and after them what the methods of its recipe make out of them."""

import logging
from collections.abc import Hashable
from importlib import import_module
from typing import Any

import pandas as pd

from regen.augmentation.drafts import Context, Draft
from regen.config.augmentation import augmentation_modules
from regen.config.task_types import TASK_TYPES, TaskType

logger = logging.getLogger(__name__)

ORIGIN = "origin"
"""Column with the id of the example that a row is or was made of; ids of several are joined by ``+``."""
_SHOWN = 5
"""Ids of each method that a record shows."""


def augment(train: pd.DataFrame, context: Context) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Add what each method makes out of the training examples; no method sees what another one made.

    A draft whose input stands in train already, or was made before, is left out: it would teach nothing, or
    something else than the example that is there.

    Args:
        train: n training examples of one repeat.
        context: The cell's effective config, seed, encoder and machine.

    Returns:
        The examples as they are, then those that were made, with a column ``origin`` and ids such as
        ``<id>~typos-1``; and what the record says: how many there were, how many were made and their share of all,
        and of each method how many it made, how many were left out, and the ids of the first.
    """
    augmentation, task_type = context.config.augmentation, context.config.task_type
    if augmentation is None or ORIGIN in train:
        raise ValueError(f"a recipe with methods is needed, and examples without a column '{ORIGIN}'")
    known = set(_inputs(train, task_type))
    parts = [train.assign(**{ORIGIN: train["id"]})]
    methods: dict[str, dict[str, Any]] = {}
    _, *modules = augmentation_modules(augmentation)
    for (name, settings), module in zip(augmentation.methods.items(), modules, strict=True):
        drafts: list[Draft] = list(import_module(module).drafts(train, settings, context))
        rows = _rows(train, name, drafts)
        kept = []
        for key in _inputs(rows, task_type):
            kept.append(key not in known)
            known.add(key)
        made = rows[kept]
        parts.append(made)
        methods[name] = {"made": len(made), "left_out": len(rows) - len(made), "ids": made["id"].tolist()[:_SHOWN]}
        if made.empty:
            text = "%s: augmentation.%s changed no training example; leave the method out"
            logger.warning(text, context.config.cell, name)
    table = pd.concat(parts, ignore_index=True)
    added = len(table) - len(train)
    told: dict[str, Any] = {"examples": len(train), "made": added, "share": added / len(table), "methods": methods}
    logger.info("%s: %d training examples, and %d made out of them", context.config.cell, len(train), added)
    return table, told


def _rows(train: pd.DataFrame, method: str, drafts: list[Draft]) -> pd.DataFrame:
    """Give the drafts as rows; each is a document of its own, since it has no neighbours."""
    examples: list[dict[Hashable, Any]] = train.to_dict("records")
    rows = []
    for draft in drafts:
        row = examples[draft.sources[0]] | dict(draft.values.items())
        row["id"] = f"{examples[draft.sources[0]]['id']}~{method}-{draft.copy}"
        row[ORIGIN] = "+".join(str(examples[source]["id"]) for source in draft.sources)
        if "document" in row:
            row["document"] = row["id"]
        rows.append(row)
    return pd.DataFrame(rows, columns=[*train.columns, ORIGIN])


def _inputs(examples: pd.DataFrame, task_type: TaskType) -> list[tuple[Any, ...]]:
    """Give the whole input of each example, ready for a set."""
    columns = [examples[name] for name in TASK_TYPES[task_type].inputs]
    return [tuple(v if isinstance(v, str) else tuple(v) for v in row) for row in zip(*columns, strict=True)]
