"""The interface of all estimators."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.recipe import estimator_modules

Labels = list[str] | list[list[str]]
"""One label per example, or one list of IOB2 tags per sentence."""


@dataclass(frozen=True)
class Predictions:
    """What an estimator says of n examples, in their order.

    Attributes:
        labels: n labels, or n lists of tags, one tag per token.
        scores: Array of shape (n,): how sure the estimator is; higher is surer. A probability where it has one.
        truncated: Array of shape (n,): whether an end of the input was cut off; ``None`` where none ever is.
    """

    labels: Labels
    scores: NDArray[np.float64]
    truncated: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Milestone:
    """A point of a fit that a search is told of.

    Attributes:
        epoch: Epochs finished.
        score: Official metric on dev, a fraction of 1.
        tokens: Trained on so far, padding not counted.
    """

    epoch: int
    score: float
    tokens: int


@dataclass(frozen=True)
class Resources:
    """What a machine lends an estimator; nothing in it changes a result.

    Attributes:
        encoder: Folder of the imported encoder, for recipes that name one.
        state: Folder where a fit may keep what it goes on from after it was killed; one per repeat.
        machine: Settings of this machine.
        views: Where a fit may write what can be watched while it runs.
        shared: What the repeats of one cell compute once.
        told: Told after each epoch; what it raises ends the fit, which goes on from there when it is asked for again.
        pause_tokens: Tell of the batch, too, that reaches this many tokens.
        encoders: Folders of the encoders that an ensemble's members start from, by their names.
    """

    encoder: Path | None = None
    state: Path | None = None
    machine: Machine | None = None
    views: Path | None = None
    shared: dict[Any, Any] = field(default_factory=dict)
    told: Callable[[Milestone], None] | None = None
    pause_tokens: int | None = None
    encoders: Mapping[str, Path] = field(default_factory=dict)


LENT_NOTHING = Resources()


class Fitted(Protocol):
    """What was learnt: predicts labels. Equal inputs give equal bytes in ``save``."""

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Predict; labels in the examples are not looked at."""
        ...

    def facts(self) -> dict[str, Any]:
        """Give what the record says of the model, such as the number of parameters."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything that ``load`` needs into an empty folder; nothing pickled."""
        ...


class Estimator(Fitted, Protocol):
    """Learns from examples.

    Attributes:
        keeps_state: Whether a fit is long enough to go on after a kill, and to be kept when it is finished.
    """

    keeps_state: ClassVar[bool]

    @classmethod
    def fit(
        cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources = LENT_NOTHING
    ) -> Self:
        """Learn from train; dev may choose, never teach."""
        ...

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:
        """Read what ``save`` wrote."""
        ...


@dataclass(frozen=True)
class LabelProbabilities:
    """What an estimator says of every label of n examples, in their order.

    Attributes:
        labels: k labels or tags.
        values: Of each example an array of shape (units, k), whose rows add up to 1; a sentence has a unit for each
            token, everything else has one.
    """

    labels: tuple[str, ...]
    values: list[NDArray[np.float64]]

    def numbers(self, given: Sequence[str]) -> NDArray[np.int64]:
        """Give the columns of m given labels, -1 for one that the estimator does not know; shape (m,)."""
        columns = {label: column for column, label in enumerate(self.labels)}
        return np.array([columns.get(label, -1) for label in given], dtype=np.int64)


@runtime_checkable
class GivesProbabilities(Protocol):
    """What an estimator may do beside predicting."""

    def probabilities(self, examples: pd.DataFrame) -> LabelProbabilities:
        """Give the probability of every label; labels in the examples are not looked at."""
        ...


def estimator_class(name: str) -> type[Estimator]:
    """The model class of an estimator, imported now."""
    cls: type[Estimator] = import_module(estimator_modules(name)[1]).Model
    return cls


def token_lists(examples: pd.DataFrame, column: str) -> list[list[str]]:
    """Give a list column as lists: Parquet hands it back as arrays."""
    return [list(row) for row in examples[column]]
