"""From scores of choices to answers."""

from collections import defaultdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.config.recipe import Assignment
from regen.estimators.base import LabelProbabilities, Predictions

Floats = NDArray[np.floating]


def chosen(examples: pd.DataFrame, scores: Floats, assignment: Assignment) -> Predictions:
    """Take a choice of each example.

    Args:
        examples: n examples with ``choices``. Those of one ``group``, where there are groups, have the same choices.
        scores: Logits of all choices, those of the first example first, shape (m,).
        assignment: How choices are dealt to the examples of a group.

    Returns:
        Numbers of choices; as scores their probabilities among the choices of their example.
    """
    rows = _rows(examples, scores)
    taken = [int(row.argmax()) for row in rows]
    if assignment != "none" and "group" in examples:
        members = defaultdict(list)
        for place, group in enumerate(examples["group"]):
            members[group].append(place)
        for places in members.values():
            dealt = _DEALERS[assignment](np.stack([rows[place] for place in places]))
            for place, choice in dealt.items():
                taken[places[place]] = choice
    probabilities = [float(_softmax(row)[choice]) for row, choice in zip(rows, taken, strict=True)]
    return Predictions([str(choice) for choice in taken], np.array(probabilities, dtype=np.float64))


def choice_probabilities(examples: pd.DataFrame, scores: Floats) -> LabelProbabilities:
    """Give the probability of each choice among those of its example, 0 for choices that it does not have.

    Args:
        examples: n examples with ``choices``.
        scores: Logits of all choices, those of the first example first, shape (m,).
    """
    rows = _rows(examples, scores)
    most = max(map(len, rows))
    values = [np.pad(_softmax(row), (0, most - len(row)))[np.newaxis] for row in rows]
    return LabelProbabilities(tuple(map(str, range(most))), values)


def _rows(examples: pd.DataFrame, scores: Floats) -> list[NDArray[np.float64]]:
    ends = np.cumsum([len(choices) for choices in examples["choices"]])
    return np.split(scores.astype(np.float64), ends[:-1])


def greedy(scores: Floats) -> dict[int, int]:
    """Deal choices to examples, the highest score first; each example and each choice once.

    So does CLUE's baseline for ChID (CHID_preprocess.py, logits_matrix_to_array), ties included: the first choice, and
    of it the first example.

    Args:
        scores: Logits of shape (examples, choices).

    Returns:
        Example -> choice; without the examples that are left when no choice is.
    """
    dealt: dict[int, int] = {}
    taken: set[int] = set()
    for place in np.argsort(-scores.T.ravel(), kind="stable").tolist():
        choice, example = divmod(place, len(scores))
        if choice not in taken and example not in dealt:
            dealt[example] = choice
            taken.add(choice)
    return dealt


def exact(scores: Floats) -> dict[int, int]:
    """Deal choices to examples so that the sum of the scores is the largest; arguments and result as of ``greedy``."""
    from scipy.optimize import linear_sum_assignment

    examples, choices = linear_sum_assignment(scores, maximize=True)
    return dict(zip(examples.tolist(), choices.tolist(), strict=True))


_DEALERS = {"greedy": greedy, "exact": exact}


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares
