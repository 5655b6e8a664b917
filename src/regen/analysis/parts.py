"""What the modules of the task types say of a split, and what they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.analysis.measures import Counts, Scale


@dataclass(frozen=True)
class Rows:
    """A split of n examples as one repeat answered it.

    Attributes:
        examples: n examples.
        gold: n answers.
        pred: n answers, predicted.
        scores: How sure the model is of each, shape (n,).
    """

    examples: pd.DataFrame
    gold: Sequence[Any]
    pred: Sequence[Any]
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """What errors are seen against.

    Attributes:
        train: Training examples of the repeat's fold, whose quartiles are the bounds of bins.
        taught: The repeat learnt from the first so many of them; ``None`` for all.
        labels: The task's label set.
        surfaces: Whether the official metric compares the surfaces of spans.
    """

    train: pd.DataFrame
    taught: int | None
    labels: Sequence[str]
    surfaces: bool = False

    @property
    def learnt(self) -> pd.DataFrame:
        """Examples that the repeat learnt from."""
        return self.train[: self.taught]


@dataclass(frozen=True)
class Breakdown:
    """Counts of n examples in g groups: names of the groups, counts of shape (n, g, k) and what they are."""

    names: Sequence[str]
    counts: Counts
    scale: Scale


@dataclass(frozen=True)
class Errors:
    """Kinds of errors, ``correct`` among them.

    Attributes:
        kinds: Names of g kinds.
        counts: Of n examples, shape (n, g, 2): how many gold and how many predicted things are of each kind; shape
            (n, g, 1) where an example is one thing.
    """

    kinds: Sequence[str]
    counts: Counts


@dataclass(frozen=True)
class Parts:
    """What a task type says of n examples.

    Attributes:
        counts: Counts of each example, shape (n, k), whose sums are those of the official metric.
        scale: What they are.
        breakdowns: Groups that parts of examples, not whole examples, belong to: classes, lengths of spans.
        errors: Name of what is counted -> kinds of errors; each thing is of one kind.
        confusions: Gold, predicted and count of wrong answers.
    """

    counts: Counts
    scale: Scale
    breakdowns: dict[str, Breakdown] = field(default_factory=dict)
    errors: dict[str, Errors] = field(default_factory=dict)
    confusions: list[tuple[str, str, int]] = field(default_factory=list)
