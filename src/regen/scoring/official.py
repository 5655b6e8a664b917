"""The official score of a split, with its details and the counts that a bootstrap resamples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.config.cell import CellConfig
from regen.config.task_types import Metric
from regen.scoring.annotations import parse_annotation
from regen.scoring.answers import answer_scores
from regen.scoring.confusion import span_confusion
from regen.scoring.relations import (
    bounded_relations_of,
    entities_of,
    relation_confusion,
    score_items,
    strict_relations_of,
)
from regen.scoring.spans import micro_counts, span_counts, span_scores, strict_span_counts
from regen.scoring.surfaces import surface_counts, surface_scores
from regen.statistics.measures import accuracy, macro_f1, micro_f1


@dataclass(frozen=True)
class Official:
    """The score of one repeat on one split.

    Attributes:
        value: The official metric, a fraction of 1.
        detail: Other scores, each class, and the confusion matrix; ready for JSON.
        counts: Additive counts of each example, shape (examples, k).
        measure: Gives the official metric from summed counts of shape (resamples, k).
    """

    value: float
    detail: dict[str, Any]
    counts: NDArray[np.int64]
    measure: Callable[[NDArray[np.int64]], NDArray[np.float64]]


def official_score(
    metric: Metric,
    gold: Sequence[Any],
    pred: Sequence[Any],
    labels: Sequence[str],
    tokens: Sequence[Sequence[str]] | None = None,
) -> Official:
    """Score one split.

    Args:
        metric: ``accuracy`` for labels; for lists of tags ``span_f1`` (conlleval's micro F1), or ``surface_macro_f1``
            (CLUENER2020's mean of the types' F1 over surfaces, which needs ``tokens``); for annotations
            ``strict_relation_f1``, the micro F1 over relations with both entities' boundaries and types;
            ``exact_match`` for answers in words.
        gold: Labels, one list of tags per sentence, one text per sentence that holds entities and relations, or one
            list of right answers per question.
        pred: The same, predicted.
        labels: The task's label set.
        tokens: One list of tokens per sentence.

    Raises:
        ValueError: The metric needs tokens, and there are none; or gold and predictions do not go together.
    """
    if metric == "span_f1":
        return _spans(gold, pred)
    if metric == "strict_relation_f1":
        return _relations(gold, pred)
    if metric == "surface_macro_f1":
        if tokens is None:
            raise ValueError("surface_macro_f1 needs the tokens")
        return _surfaces(tokens, gold, pred, labels)
    if metric == "exact_match":
        return _answers(gold, pred)
    from regen.scoring.labels import accuracy_counts, label_scores  # scikit-learn: kept out of Kedro's start

    detail: dict[str, Any] = dict(label_scores(gold, pred, labels))
    return Official(detail["accuracy"], detail, accuracy_counts(gold, pred), accuracy)


def score_examples(config: CellConfig, examples: pd.DataFrame, labels: Sequence[Any]) -> Official:
    """Score labels that were predicted for n examples.

    Args:
        config: Config of the cell: its metric and label set.
        examples: n examples with the column of the answer, and ``tokens`` for tagging.
        labels: n labels, n lists of tags, or n answers in words.
    """
    tokens = list(examples["tokens"]) if "tokens" in examples else None
    return official_score(config.metric, list(examples[config.gold]), labels, config.labels, tokens)


def _answers(gold: Sequence[Sequence[str]], pred: Sequence[str]) -> Official:
    """Score answers in words; CLUE ranks by exact match, the F1 of the same script stands beside it."""
    exact, f1 = answer_scores(gold, pred)
    detail = {"exact_match": float(exact.mean()), "answer_f1": float(f1.mean())}
    return Official(detail["exact_match"], detail, np.column_stack([exact, np.ones_like(exact)]), accuracy)


def _spans(gold: Sequence[Sequence[str]], pred: Sequence[Sequence[str]]) -> Official:
    counts = span_counts(gold, pred)
    scores = span_scores(counts)
    strict = span_scores(strict_span_counts(gold, pred))
    detail = {
        **scores["micro"],
        "token_accuracy": scores["token_accuracy"],
        "strict_f1": strict["micro"]["f1"],
        "per_class": scores["per_type"],
        "confusion": span_confusion(gold, pred),
    }
    return Official(scores["micro"]["f1"], detail, micro_counts(counts), micro_f1)


def _surfaces(
    tokens: Sequence[Sequence[str]], gold: Sequence[Sequence[str]], pred: Sequence[Sequence[str]], labels: Sequence[str]
) -> Official:
    """Score surfaces; beside the official mean stand the micro scores over spans, by which others report."""
    counts = surface_counts(tokens, gold, pred, labels)
    value = float(macro_f1(counts.sum(axis=0, keepdims=True))[0])
    detail = {**_spans(gold, pred).detail, "surface_macro_f1": value, "per_class": surface_scores(counts, labels)}
    return Official(value, detail, counts, macro_f1)


def _relations(gold: Sequence[str], pred: Sequence[str]) -> Official:
    """Score relations strictly; beside them stand relations by boundaries alone, and entities."""
    sides = [[parse_annotation(text) for text in side] for side in (gold, pred)]
    strict, bounded, entities = (
        [[items_of(annotation) for annotation in side] for side in sides]
        for items_of in (strict_relations_of, bounded_relations_of, entities_of)
    )
    scores = score_items(*strict)
    bounded_scores, entity_scores = score_items(*bounded), score_items(*entities)
    detail = {
        **scores.micro,
        "macro_f1": scores.macro_f1,
        "boundaries_f1": bounded_scores.micro["f1"],
        "boundaries_macro_f1": bounded_scores.macro_f1,
        "entity_f1": entity_scores.micro["f1"],
        "entity_macro_f1": entity_scores.macro_f1,
        "per_class": {**scores.per_type, **entity_scores.per_type},
        "confusion": relation_confusion(*bounded),
    }
    return Official(scores.micro["f1"], detail, scores.counts, micro_f1)
