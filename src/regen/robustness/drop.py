"""How far a score falls from clean to perturbed examples, with a paired bootstrap interval of the difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.robustness.examples import Perturbed
from regen.scoring.official import Official, score_examples
from regen.statistics.paired import Pair, difference, difference_interval
from regen.statistics.units import documents_of, unit_sums


def measured_drop(
    config: CellConfig,
    examples: pd.DataFrame,
    clean: Sequence[Any],
    perturbed: Perturbed,
    labels: Sequence[Any],
    statistics: StatisticsConfig,
) -> dict[str, Any]:
    """Compare the scores of the same examples, clean and perturbed.

    Args:
        config: The cell's effective config.
        examples: n clean examples.
        clean: n answers to them.
        perturbed: The n perturbed examples.
        labels: n answers to them.
        statistics: How intervals are made.

    Returns:
        Numbers of examples ``changed`` and ``left_out``; where any is changed, the scores of these ``clean`` and
        ``perturbed``, the ``drop`` and its ``interval``, the share of their answers that are others (``flips``), and
        ``all``: the score of all n, clean and with the changed ones in their place. Fractions of 1.
    """
    told: dict[str, Any] = {"changed": int(perturbed.changed.sum()), "left_out": int(perturbed.left_out.sum())}
    if not told["changed"]:
        return told
    replaced = [b if new else a for new, a, b in zip(perturbed.changed, clean, labels, strict=True)]
    sides = score_examples(config, examples, clean), score_examples(config, perturbed.examples, replaced)
    rows = perturbed.changed
    documents = documents_of(examples[rows])
    before, after = (unit_sums(side.counts[rows], documents)[np.newaxis] for side in sides)
    pair = Pair(before, after, sides[0].measure)
    how = {"resamples": statistics.resamples, "level": statistics.level}
    low, high = difference_interval([pair], **statistics.model_dump())
    over = "examples" if documents is None else "documents"
    moved = [list(a) != list(b) for a, b, new in zip(clean, labels, rows, strict=True) if new]
    return {
        **told,
        **_scores(sides[0], pair),
        "interval": {"low": low, "high": high, **how, "over": over},
        "flips": float(np.mean(moved)),
        "all": {"clean": sides[0].value, "perturbed": sides[1].value},
    }


def _scores(official: Official, pair: Pair) -> dict[str, float]:
    """Score both sides of a pair of single repeats: ``clean``, ``perturbed``, and the ``drop`` between."""
    clean, perturbed = (float(official.measure(side.sum(axis=1))[0]) for side in (pair.one, pair.other))
    return {"clean": clean, "perturbed": perturbed, "drop": difference([pair])}
