"""Errors of answers in words, scored as the official script does."""

import numpy as np

from regen.analysis.measures import ANSWERS
from regen.analysis.parts import Background, Errors, Parts, Rows
from regen.scoring.answers import answer_scores

_KINDS = ("correct", "partial", "wrong", "none")


def answer_parts(rows: Rows, background: Background) -> Parts:  # noqa: ARG001  # they need none
    """Compare answers with the best of each question's right ones.

    An answer is exact, or ``partial`` (some of it is right: an F1 above 0), ``wrong``, or there is ``none``.
    """
    exact, overlap = answer_scores(rows.gold, rows.pred)
    given = np.array([bool(answer) for answer in rows.pred])
    place = np.select([exact > 0, overlap > 0, given], [0, 1, 2], default=3)
    return Parts(
        counts=np.column_stack([exact, overlap, np.ones_like(overlap)]),
        scale=ANSWERS,
        errors={"answers": Errors(_KINDS, np.eye(len(_KINDS), dtype=np.int64)[place][:, :, np.newaxis])},
    )
