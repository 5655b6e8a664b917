"""Perturbed examples: where the texts of each task type are, and what must survive in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.augmentation.drafts import Context, token_columns
from regen.augmentation.words import OUTSIDE
from regen.config.task_types import TASK_TYPES, TaskType
from regen.estimators.spans import texts_with_spans
from regen.robustness.perturbation import Perturbation

_FIELDS: dict[TaskType, tuple[str, ...]] = {
    "classification": ("text",),
    "keyword_match": ("text",),
    "multiple_choice": ("context", "question"),
    "pair_classification": ("text_a", "text_b"),
    "span_qa": ("context", "question"),
}
"""Columns of texts; a task may lack the question."""
_LISTS: dict[TaskType, str] = {"keyword_match": "keywords", "multiple_choice": "choices"}
"""Column with a list of texts that answers refer to."""


@dataclass(frozen=True)
class Perturbed:
    """n examples written in another way, their answers untouched.

    Attributes:
        examples: The examples; those that are left out are as they were.
        changed: Which of them differ from what they were, shape (n,).
        left_out: Which lost their answer and are therefore as they were, shape (n,).
    """

    examples: pd.DataFrame
    changed: NDArray[np.bool_]
    left_out: NDArray[np.bool_]


def perturb(examples: pd.DataFrame, perturbation: Perturbation, context: Context) -> Perturbed:
    """Perturb n examples; equal examples and seeds give equal results.

    Args:
        examples: n examples with their answers.
        perturbation: What is done to them.
        context: Effective config and seed.
    """
    kind = context.config.task_type
    examples = examples.reset_index(drop=True)
    if "tokens" in TASK_TYPES[kind].inputs:
        made = _sentences(examples, perturbation, context)
    elif kind == "coreference":
        made = _marked(examples, perturbation, context)
    else:
        made = _texts(examples, perturbation, context)
    lost = _lost(made) if kind == "span_qa" else np.zeros(len(made), dtype=np.bool_)
    made = pd.DataFrame({name: _where(lost, examples[name], made[name]) for name in examples})
    inputs = TASK_TYPES[kind].inputs + (("question",) if "question" in examples else ())
    differs = [[_plain(a) != _plain(b) for a, b in zip(examples[c], made[c], strict=True)] for c in inputs]
    return Perturbed(made, np.any(np.array(differs, dtype=np.bool_), axis=0), lost)


def _sentences(examples: pd.DataFrame, perturbation: Perturbation, context: Context) -> pd.DataFrame:
    """Perturb sentences in tokens; those of relations have no tags, and none of their words is spared."""
    lists: dict[str, Any] = {name: [list(row) for row in examples[name]] for name in token_columns(examples)}
    if "tags" in examples:
        return perturbation.sentences(examples.assign(**lists), context)
    lists["tags"] = [[OUTSIDE] * len(row) for row in lists["tokens"]]
    return perturbation.sentences(examples.assign(**lists), context).drop(columns="tags")


def _texts(examples: pd.DataFrame, perturbation: Perturbation, context: Context) -> pd.DataFrame:
    kind = context.config.task_type
    made = examples.copy()
    for name in (name for name in _FIELDS[kind] if name in examples):
        made[name] = _rewritten(name, examples["id"], list(examples[name]), perturbation, context)
    if kind in _LISTS and perturbation.everywhere:
        lists = [list(row) for row in examples[_LISTS[kind]]]
        ids = [f"{name}/{place}" for name, row in zip(examples["id"], lists, strict=True) for place in range(len(row))]
        new = iter(_rewritten(_LISTS[kind], ids, [text for row in lists for text in row], perturbation, context))
        made[_LISTS[kind]] = [[next(new) for _ in row] for row in lists]
    return made


def _marked(examples: pd.DataFrame, perturbation: Perturbation, context: Context) -> pd.DataFrame:
    """Perturb what stands around two marked spans, or the spans, too, and mark them where they then are."""
    parts: list[list[str]] = []
    for text, spans in texts_with_spans(examples):
        (start, end), (following, last) = sorted(spans)
        parts.append([text[:start], text[start:end], text[end:following], text[following:last], text[last:]])
    for place in range(5) if perturbation.everywhere else (0, 2, 4):
        new = _rewritten(f"part {place}", examples["id"], [row[place] for row in parts], perturbation, context)
        parts = [[*row[:place], text, *row[place + 1 :]] for row, text in zip(parts, new, strict=True)]
    made = examples.assign(text=["".join(row) for row in parts])
    first = examples["span1_start"] <= examples["span2_start"]
    for span, leads in (("span1", first), ("span2", ~first)):
        places = [1 if lead else 3 for lead in leads]
        made[span] = [row[place] for row, place in zip(parts, places, strict=True)]
        made[f"{span}_start"] = [len("".join(row[:place])) for row, place in zip(parts, places, strict=True)]
    return made


def _rewritten(
    field: str, ids: Iterable[str], texts: list[str], perturbation: Perturbation, context: Context
) -> list[str]:
    """Rewrite texts of one field; each is drawn for by its example and field."""
    if not texts:
        return []
    frame = pd.DataFrame({"id": [f"{name}/{field}" for name in ids], "text": texts})
    return perturbation.texts(frame, context)


def _lost(examples: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which passages hold none of the right answers any more."""
    rows = zip(examples["context"], examples["answers"], strict=True)
    return np.array([not any(answer in text for answer in answers) for text, answers in rows], dtype=np.bool_)


def _where(lost: NDArray[np.bool_], old: "pd.Series[Any]", new: "pd.Series[Any]") -> list[Any]:
    return [a if gone else b for gone, a, b in zip(lost, old, new, strict=True)]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, np.ndarray)) else value
