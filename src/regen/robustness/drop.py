"""How far a score falls from clean to perturbed examples, with a paired bootstrap interval of the difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.config.cell import CellConfig
from regen.config.statistics import StatisticsConfig
from regen.robustness.examples import Perturbed
from regen.scoring.official import Official, score_examples
from regen.statistics.bootstrap import Floats, Ints, bootstrap_interval


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
    before, after = (side.counts[rows] for side in sides)
    score = paired(sides[0], before, after)
    moved = [list(a) != list(b) for a, b, new in zip(clean, labels, rows, strict=True) if new]
    return {
        **told,
        **score,
        "interval": difference_interval(sides[0], before, after, examples[rows], statistics),
        "flips": float(np.mean(moved)),
        "all": {"clean": sides[0].value, "perturbed": sides[1].value},
    }


def paired(official: Official, before: NDArray[np.int64], after: NDArray[np.int64]) -> dict[str, float]:
    """Score two counts of the same m examples, shape (m, k): ``clean``, ``perturbed``, and the ``drop`` between."""
    clean, perturbed = (float(official.measure(side.sum(axis=0, keepdims=True))[0]) for side in (before, after))
    return {"clean": clean, "perturbed": perturbed, "drop": clean - perturbed}


def difference_interval(
    official: Official,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    examples: pd.DataFrame,
    statistics: StatisticsConfig,
) -> dict[str, Any]:
    """Bootstrap the drop: each resample draws examples, or documents, with both of their counts.

    Args:
        official: Gives the measure.
        before: Counts of m clean examples, shape (m, k).
        after: Counts of the same examples, perturbed.
        examples: The m examples, with ``document`` where they have one.
        statistics: How intervals are made.
    """

    def drop(sums: Ints) -> Floats:
        clean, perturbed = np.split(sums, 2, axis=1)
        difference: Floats = official.measure(clean) - official.measure(perturbed)
        return difference

    groups = documents_of(examples)
    how = {"resamples": statistics.resamples, "level": statistics.level}
    low, high = bootstrap_interval(np.concatenate([before, after], axis=1), drop, groups, seed=statistics.seed, **how)  # type: ignore[arg-type]
    return {"low": low, "high": high, **how, "over": "examples" if groups is None else "documents"}


def documents_of(examples: pd.DataFrame) -> NDArray[Any] | None:
    """Give the document of each example; ``None`` where there are not several."""
    several = "document" in examples and examples["document"].nunique() > 1
    return examples["document"].to_numpy() if several else None
