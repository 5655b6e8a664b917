"""Errors of classifiers: which label is taken for which, and each class."""

import numpy as np

from regen.analysis.measures import LABELS, SPANS
from regen.analysis.parts import Background, Breakdown, Parts, Rows
from regen.scoring.labels import accuracy_counts, label_counts


def label_parts(rows: Rows, background: Background) -> Parts:
    """Compare labels."""
    classes = label_counts(rows.gold, rows.pred, background.labels).reshape(len(rows.gold), 3, len(background.labels))
    wrong = [(gold, pred) for gold, pred in zip(rows.gold, rows.pred, strict=True) if gold != pred]
    pairs, numbers = np.unique(np.array(wrong, dtype=str).reshape(-1, 2), axis=0, return_counts=True)
    return Parts(
        counts=accuracy_counts(rows.gold, rows.pred),
        scale=LABELS,
        breakdowns={"class": Breakdown(list(background.labels), classes.transpose(0, 2, 1), SPANS)},
        confusions=[(gold, pred, int(number)) for (gold, pred), number in zip(pairs.tolist(), numbers, strict=True)],
    )
