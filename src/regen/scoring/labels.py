"""Scores of classifiers: accuracy, macro F1, Matthews correlation, each label and the confusion matrix."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, matthews_corrcoef, precision_recall_fscore_support

Ints = NDArray[np.int64]


class LabelScore(TypedDict):
    """Scores of one label; ``support`` counts its gold examples, ``predicted`` the examples given this label."""

    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


class LabelScores(TypedDict):
    """Scores of a classifier as fractions of 1; ``confusion`` holds rows [gold, predicted, count] above 0."""

    accuracy: float
    macro_f1: float
    mcc: float
    per_class: dict[str, LabelScore]
    confusion: list[list[str | int]]


def label_scores(gold: Sequence[str], pred: Sequence[str], labels: Sequence[str]) -> LabelScores:
    """Score predicted labels with scikit-learn; undefined scores are 0.0.

    Macro F1 is the mean over all ``labels``: one that occurs on neither side counts 0.0.

    Args:
        gold: Label of each example, at least one.
        pred: Predicted label of each example.
        labels: The task's labels in their order.

    Raises:
        ValueError: no examples, different lengths, or a label that is not in ``labels``.
    """
    gold_codes, pred_codes = _codes(gold, pred, labels)
    numbers = range(len(labels))
    matrix = confusion_matrix(gold_codes, pred_codes, labels=numbers)
    by_label = precision_recall_fscore_support(gold_codes, pred_codes, labels=numbers, zero_division=0)
    table = np.column_stack([*by_label, matrix.sum(axis=0)]).tolist()
    return {
        "accuracy": float(accuracy_score(gold_codes, pred_codes)),
        "macro_f1": float(by_label[2].mean()),
        "mcc": _matthews(gold_codes, pred_codes),
        "per_class": {label: _label_score(*row) for label, row in zip(labels, table, strict=True)},
        "confusion": [
            [labels[row], labels[column], int(matrix[row, column])] for row, column in np.argwhere(matrix).tolist()
        ],
    }


def _label_score(precision: float, recall: float, f1: float, support: float, predicted: float) -> LabelScore:
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "support": int(support),
        "predicted": int(predicted),
    }


def _matthews(gold: Ints, pred: Ints) -> float:
    # scikit-learn warns about a single label; the coefficient is 0.0 there by its own convention.
    if np.unique(np.concatenate([gold, pred])).size == 1:
        return 0.0
    return float(matthews_corrcoef(gold, pred))


def label_counts(gold: Sequence[str], pred: Sequence[str], labels: Sequence[str]) -> Ints:
    """Counts of each example that add up to those behind macro F1.

    Returns:
        Shape (examples, 3 * labels): for every label correct, then for every label predicted, then gold;
        the layout that ``regen.statistics.measures.macro_f1`` reads.

    Raises:
        ValueError: no examples, different lengths, or a label that is not in ``labels``.
    """
    gold_codes, pred_codes = _codes(gold, pred, labels)
    rows = np.arange(len(gold_codes))
    counts = np.zeros((len(rows), 3, len(labels)), dtype=np.int64)
    counts[rows, 0, gold_codes] = gold_codes == pred_codes
    counts[rows, 1, pred_codes] = 1
    counts[rows, 2, gold_codes] = 1
    return counts.reshape(len(rows), -1)


def accuracy_counts(gold: Sequence[str], pred: Sequence[str]) -> Ints:
    """Correct (0 or 1) and 1 for each example, shape (examples, 2): what a bootstrap of accuracy resamples.

    Raises:
        ValueError: different lengths.
    """
    correct = [left == right for left, right in zip(gold, pred, strict=True)]
    return np.column_stack([np.array(correct, dtype=np.int64), np.ones(len(correct), dtype=np.int64)])


def _codes(gold: Sequence[str], pred: Sequence[str], labels: Sequence[str]) -> tuple[Ints, Ints]:
    if len(gold) != len(pred) or not len(gold):
        raise ValueError(f"{len(gold)} gold labels and {len(pred)} predicted labels; expected as many, at least one")
    numbers = {label: number for number, label in enumerate(labels)}
    for side, values in (("gold", gold), ("predicted", pred)):
        unknown = next((label for label in values if label not in numbers), None)
        if unknown is not None:
            raise ValueError(f"{side} label {unknown!r} is not one of the {len(numbers)} labels {list(numbers)[:10]}")
    return np.array([numbers[label] for label in gold]), np.array([numbers[label] for label in pred])
