"""The official score of a split, with its details and the counts that a bootstrap resamples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regen.config.task import Metric
from regen.scoring.confusion import span_confusion
from regen.scoring.spans import micro_counts, span_counts, span_scores, strict_span_counts
from regen.statistics.measures import accuracy, micro_f1


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


def official_score(metric: Metric, gold: Sequence[Any], pred: Sequence[Any], labels: Sequence[str]) -> Official:
    """Score one split.

    Args:
        metric: ``accuracy`` for labels, ``span_f1`` (conlleval's micro F1) for lists of tags.
        gold: Labels, or one list of tags per sentence.
        pred: The same, predicted.
        labels: The task's label set.
    """
    if metric == "span_f1":
        return _spans(gold, pred)
    from regen.scoring.labels import accuracy_counts, label_scores  # scikit-learn: kept out of Kedro's start

    detail: dict[str, Any] = dict(label_scores(gold, pred, labels))
    return Official(detail["accuracy"], detail, accuracy_counts(gold, pred), accuracy)


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
