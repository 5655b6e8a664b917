"""What the network sees: rows of pieces, and the places in them that carry labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from regen.encoders.prefix import Kept
from regen.training.batches import Batch, Ints
from regen.training.loop import Collated

IGNORED = -100
"""Label of a unit that is no target: padding, or context."""
SPAN_BITS = (1, 2)
"""Bit of each span in the numbers of a row's pieces."""


class Rows(Protocol):
    """n rows of different length."""

    @property
    def flat(self) -> Ints:
        """All values that occur in the rows."""
        ...

    @property
    def lengths(self) -> Ints:
        """Length of each row, shape (n,)."""
        ...

    def padded(self, rows: Ints, width: int, padding: int) -> torch.Tensor:
        """Give rows as a matrix, shape (len(rows), width); longer rows are an error."""
        ...


@dataclass(frozen=True)
class Ragged:
    """n rows of different length in one flat array.

    Attributes:
        flat: All values, row after row.
        offsets: Where each row begins, and where the last ends; shape (n + 1,).
    """

    flat: NDArray[np.int64]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Ragged":
        """Make one from rows."""
        lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        flat = np.fromiter((value for row in rows for value in row), np.int64, int(lengths.sum()))
        return cls(flat, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]))

    @cached_property
    def lengths(self) -> Ints:
        """Length of each row, shape (n,)."""
        lengths: Ints = np.diff(self.offsets)
        return lengths

    def padded(self, rows: Ints, width: int, padding: int) -> torch.Tensor:
        """Give rows as a matrix, shape (len(rows), width); longer rows are an error."""
        lengths = self.lengths[rows]
        matrix = np.full((len(rows), width), padding, dtype=np.int64)
        matrix[np.arange(width) < lengths[:, None]] = self.values(rows)
        return torch.from_numpy(matrix)

    def values(self, rows: Ints) -> Ints:
        """Give the values of rows one after the other."""
        values: Ints = self.flat[ranges(self.offsets[rows], self.lengths[rows])]
        return values


@dataclass(frozen=True)
class Joined:
    """n rows that each begin like others: of a head that they share, and a tail of their own.

    Attributes:
        heads: What rows begin with.
        tails: What each row ends with.
        owners: Which head each row has, shape (n,).
    """

    heads: Ragged
    tails: Ragged
    owners: Ints

    @property
    def flat(self) -> Ints:
        """All values that occur in the rows."""
        return np.concatenate([self.heads.flat, self.tails.flat])

    @cached_property
    def lengths(self) -> Ints:
        """Length of each row, shape (n,)."""
        lengths: Ints = self.heads.lengths[self.owners] + self.tails.lengths
        return lengths

    def padded(self, rows: Ints, width: int, padding: int) -> torch.Tensor:
        """Give rows as a matrix, shape (len(rows), width); longer rows are an error."""
        owners = self.owners[rows]
        matrix = self.heads.padded(owners, width, padding)
        places = np.arange(width) - self.heads.lengths[owners][:, None]
        inside = (places >= 0) & (places < self.tails.lengths[rows][:, None])
        matrix.numpy()[inside] = self.tails.values(rows)
        return matrix


def ranges(starts: Ints, counts: Ints) -> Ints:
    """Give the numbers of several ranges one after the other: of each, as many from its start on as its count says."""
    numbers: Ints = np.arange(int(counts.sum())) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return numbers


@dataclass(frozen=True)
class Choices:
    """Rows that compete: those of each example are its choices.

    Attributes:
        starts: First row of each of e examples, and the number of rows; shape (e + 1,).
        right: Number of the right choice of each example, shape (e,); ``None`` where answers are not given.
    """

    starts: Ints
    right: Ints | None

    @cached_property
    def counts(self) -> Ints:
        """Choices of each example, shape (e,)."""
        counts: Ints = np.diff(self.starts)
        return counts


@dataclass(frozen=True)
class Inputs:
    """n rows for the network.

    A unit is what carries a label: a token of a sentence, a place where an answer may begin or end, or the whole text.
    Pairs of spans carry labels, too, if there are any.

    Attributes:
        pieces: Ids of each row.
        types: Token types of each row; ``None`` where all are 0.
        units: The position of the vector of each unit; ``None`` where the row itself is the unit.
        places: Place of each unit in its piece (characters); ``None`` where all are 0.
        labels: Number of each unit's label, ``IGNORED`` where it is no target; ``None`` where labels are not given.
            For questions, the numbers of the units where the answer begins and ends.
        owners: Which example each row belongs to, shape (n,).
        firsts: Number, in its example, of the first unit of each row, shape (n,).
        truncated: Whether each example lost pieces, shape (examples,); ``None`` where none ever does.
        spans: Of each piece, the bits of the spans that it belongs to; ``None`` where there are no spans.
        choices: For multiple choice, which rows compete; ``None`` where each row stands for itself.
        bounds: For questions, the first character of each unit of the passage, and the end of the last; else ``None``.
        pairs: Pairs of spans, each as four numbers of units: start and end of the head, start and end of the tail.
        pair_labels: Number of each pair's label; ``None`` where labels are not given.
        edges: Where tags are a chain, whether each row begins and ends its example, 1 or 0, shape (n, 2); else
            ``None``.
    """

    pieces: Rows
    types: Rows | None
    units: Ragged | None
    places: Ragged | None
    labels: Ragged | None
    owners: Ints
    firsts: Ints
    truncated: NDArray[np.bool_] | None = None
    spans: Ragged | None = None
    choices: Choices | None = None
    bounds: Ragged | None = None
    pairs: Ragged | None = None
    pair_labels: Ragged | None = None
    edges: NDArray[np.float32] | None = None

    @property
    def truncated_share(self) -> float:
        """Share of the examples that lost pieces."""
        return 0.0 if self.truncated is None else float(self.truncated.mean())

    @property
    def lengths(self) -> Ints:
        """Pieces of each row, shape (n,)."""
        return self.pieces.lengths

    @property
    def pair_counts(self) -> Ints:
        """Pairs of each row, shape (n,)."""
        return np.zeros_like(self.lengths) if self.pairs is None else self.pairs.lengths // 4


class Collate:
    """Makes the tensors of a batch.

    Ids and mask have the shape (rows, width), units (rows, units), pairs (rows, pairs, 4) and labels
    (rows, units + pairs).
    """

    def __init__(self, inputs: Inputs, padding: int, kept: dict[str, Kept] | None = None) -> None:
        """Take the rows, the id that pads them, and what is computed of them already.

        Args:
            inputs: The rows.
            padding: Id of the padding piece.
            kept: ``hidden`` (of pieces) or ``vectors`` (of units) of each row.
        """
        self._inputs, self._padding, self._kept = inputs, padding, kept or {}

    def of(self, inputs: Inputs) -> "Collate":
        """Make batches of the same rows of pieces with other pairs."""
        return Collate(inputs, self._padding, self._kept)

    def __call__(self, batch: Batch) -> Collated:
        """Pad the rows of a batch to its width."""
        inputs, rows = self._inputs, batch.rows
        lengths = torch.from_numpy(inputs.lengths[rows])
        collated = {
            "input_ids": inputs.pieces.padded(rows, batch.width, self._padding),
            "attention_mask": (torch.arange(batch.width) < lengths[:, None]).long(),
        }
        if inputs.types is not None:
            collated["token_type_ids"] = inputs.types.padded(rows, batch.width, 0)
        if inputs.spans is not None:
            collated["spans"] = inputs.spans.padded(rows, batch.width, 0)
        most = 1 if inputs.units is None else max(1, int(inputs.units.lengths[rows].max()))
        if inputs.units is not None:
            collated["units"] = inputs.units.padded(rows, most, 0)
        if inputs.places is not None:
            collated["places"] = inputs.places.padded(rows, most, 0)
        if inputs.labels is not None:
            given = max(1, int(inputs.labels.lengths[rows].max()))
            collated["labels"] = inputs.labels.padded(rows, given, IGNORED)
        if inputs.pairs is not None:
            pairs = max(1, int(inputs.pair_counts[rows].max()))
            collated["pairs"] = inputs.pairs.padded(rows, 4 * pairs, 0).view(len(rows), pairs, 4)
            if inputs.pair_labels is not None:
                of_pairs = inputs.pair_labels.padded(rows, pairs, IGNORED)
                collated["labels"] = torch.cat([collated["labels"], of_pairs], dim=1)
        if inputs.edges is not None:
            collated["edges"] = torch.from_numpy(inputs.edges[rows])
        for name, kept in self._kept.items():
            collated[name] = kept.padded(rows.tolist(), batch.width if name == "hidden" else most)
        return collated


def used_pieces(*inputs: Inputs, always: Sequence[int] = ()) -> Ints:
    """Give the sorted numbers of the pieces that occur in inputs, shape (r,)."""
    parts = [np.unique(part.pieces.flat) for part in inputs]
    used: Ints = np.unique(np.concatenate([*parts, np.asarray(always, dtype=np.int64)]))
    return used
