"""Which rows make a batch: a pure function of (lengths, budget, seed, epoch).

Rows of like length share a batch, so that little is padding. Widths are few, and so are the numbers of rows that go
with them: kernels for matrix products are made anew for each shape, and distinct shapes cost more than padding does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Rows that are computed together.

    Attributes:
        rows: Their numbers, shape (n,).
        width: Tokens that each is padded to.
        tokens: Tokens in them without padding.
        inputs: Inputs that they stand for, if a row stands for several.
    """

    rows: Ints
    width: int
    tokens: int
    inputs: int | None = None

    @property
    def padded_tokens(self) -> int:
        """Tokens that are computed, padding included."""
        return (self.inputs or len(self.rows)) * self.width


@dataclass(frozen=True)
class Several:
    """What rows stand for that are no single inputs, such as examples with choices.

    Attributes:
        inputs: Inputs of each row, shape (n,).
        tokens: Tokens of all inputs of each row, shape (n,).
    """

    inputs: Ints
    tokens: Ints


def widths(lengths: Ints) -> Ints:
    """Round lengths up to few widths: multiples of 4 up to 32, of 8 up to 64, of 16 above."""
    steps = np.select([lengths <= 32, lengths <= 64], [4, 8], 16)  # noqa: PLR2004  # as the docstring says
    rounded: Ints = -(-lengths // steps) * steps
    return rounded


def epoch_batches(
    lengths: Ints, budget: int, most_rows: int | None, seed: int, epoch: int, several: Several | None = None
) -> list[Batch]:
    """Deal all rows into batches, in an order that changes with seed and epoch.

    Rows left over at one width join the next one, so that all batches of a width, but the very last, have one shape.

    Args:
        lengths: Tokens of each row, shape (n,), n ≥ 1, each ≥ 1.
        budget: Most tokens of a batch, padding included; a longer row is a batch of its own.
        most_rows: Most rows of a batch, if that is limited too.
        seed: Seed of the repeat.
        epoch: Number of the epoch, from 0.
        several: What rows stand for, where they are no single inputs.

    Returns:
        Batches that hold each row once. Their number does not depend on seed and epoch.
    """
    random = np.random.default_rng([seed, epoch])
    rounded = widths(lengths)
    batches: list[Batch] = []
    left: Ints = np.empty(0, dtype=np.int64)
    for width in np.unique(rounded).tolist():
        rows = np.concatenate([left, random.permutation(np.flatnonzero(rounded == width))])
        size = max(1, min(budget // width, most_rows or len(lengths)))
        full = len(rows) // size * size
        batches += [_batch(part, lengths, width, several) for part in rows[:full].reshape(-1, size)]
        left = rows[full:]
    if len(left):
        batches.append(_batch(left, lengths, int(rounded[left].max()), several))
    return [batches[position] for position in random.permutation(len(batches))]


def _batch(rows: Ints, lengths: Ints, width: int, several: Several | None = None) -> Batch:
    if several is None:
        return Batch(rows, width, int(lengths[rows].sum()))
    return Batch(rows, width, int(several.tokens[rows].sum()), int(several.inputs[rows].sum()))


def sorted_batches(lengths: Ints, budget: int) -> list[Batch]:
    """Deal rows into batches by falling length, for prediction: the largest come first and claim the memory.

    A batch is as wide as its longest row. It ends with the budget, or earlier where the next row would be padded by
    more than an eighth, once it holds an eighth of the budget: smaller batches cost more than padding does.
    """
    order = np.argsort(-lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        width = int(lengths[order[start]])
        most = max(1, budget // width)
        alike = int(np.searchsorted(-lengths[order], -width * 7 / 8, side="right")) - start
        rows = order[start : start + min(most, max(alike, budget // 8 // width, 1))]
        batches.append(_batch(rows, lengths, width))
        start += len(rows)
    return batches


@dataclass(frozen=True)
class Plan:
    """All batches of a training, epoch by epoch; the last epoch may be cut short by a limit of tokens."""

    epochs: Sequence[Sequence[Batch]]

    @property
    def steps(self) -> int:
        """Number of batches in all epochs."""
        return sum(map(len, self.epochs))

    @property
    def tokens(self) -> int:
        """Tokens of all batches, without padding."""
        return sum(batch.tokens for epoch in self.epochs for batch in epoch)

    def rows(self, steps: int) -> int:
        """Count the different rows of the first steps."""
        batches = [batch for epoch in self.epochs for batch in epoch][:steps]
        return len(np.unique(np.concatenate([batch.rows for batch in batches])))


def plan(
    lengths: Ints,
    epochs: int,
    budget: int,
    most_rows: int | None,
    seed: int,
    most_tokens: int | None = None,
    several: Several | None = None,
) -> Plan:
    """Plan a training.

    Args:
        lengths: Tokens of each row, shape (n,).
        epochs: How often each row is seen.
        budget: Most tokens of a batch, padding included.
        most_rows: Most rows of a batch.
        seed: Seed of the repeat.
        most_tokens: Stop before the batch that would pass this number of tokens (padding not counted); the first
            batch is always kept.
        several: What rows stand for, where they are no single inputs.
    """
    planned: list[list[Batch]] = []
    left = float("inf") if most_tokens is None else most_tokens
    for epoch in range(epochs):
        batches = epoch_batches(lengths, budget, most_rows, seed, epoch, several)
        used = np.cumsum([batch.tokens for batch in batches])
        fitting = int(np.searchsorted(used, left, side="right"))
        kept = batches[: max(fitting, 0 if planned else 1)]
        planned += [kept] if kept else []
        if len(kept) < len(batches):
            break
        left -= int(used[-1])
    return Plan(planned)
