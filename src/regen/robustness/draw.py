"""Which dev examples are examined: all, or a seeded draw, so that examining costs as much as a few predictions."""

from typing import Any

import numpy as np
import pandas as pd

MOST = 1000
"""Most examples."""
SEED = 0
"""Seed of the draw, and of all perturbations."""
_TOGETHER = ("document", "group")
"""Columns of what is drawn whole: some models see the neighbours of an example, or answer for a group at once."""


def draw(examples: pd.DataFrame, most: int = MOST, seed: int = SEED) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Draw examples; they stay in their order.

    Documents, or groups of questions, are drawn whole, in a random order, while they fit. A set without them, or with
    a single one, is drawn by examples.

    Args:
        examples: n examples.
        most: Most of them.
        seed: Seed of the draw.

    Returns:
        The drawn examples, and what the examination says of the draw.
    """
    column = next((name for name in _TOGETHER if name in examples and examples[name].nunique() > 1), None)
    random = np.random.default_rng(seed)
    if len(examples) <= most:
        rows = np.arange(len(examples))
    elif column is None:
        rows = np.sort(random.permutation(len(examples))[:most])
    else:
        rows = _whole(examples[column], most, random)
    told = {"examples": len(rows), "of": len(examples), "most": most, "seed": seed, "by": f"{column or 'example'}s"}
    return examples.iloc[rows].reset_index(drop=True), told


def _whole(owners: "pd.Series[Any]", most: int, random: np.random.Generator) -> Any:
    """Take whole owners in a random order, each that still fits; the rows of the smallest one if none does."""
    numbers, names = pd.factorize(owners)
    sizes = np.bincount(numbers)
    taken, room = [], most
    for owner in random.permutation(len(names)).tolist():
        if sizes[owner] <= room:
            taken.append(owner)
            room -= int(sizes[owner])
    return np.flatnonzero(np.isin(numbers, taken or [int(sizes.argmin())]))
