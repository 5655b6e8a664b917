"""Which pieces are asked for: drawn anew for each epoch, as a pure function of (seed, epoch)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from regen.estimators.encoder.inputs import IGNORED, Ragged
from regen.training.batches import Batch, Ints, Plan, plan
from regen.training.loop import Collated

_MASKED, _REPLACED = 0.8, 0.1
"""Of the pieces that are asked for: the mask stands in their place, a random piece does; the rest stay (Devlin et al.
2019, section 3.1)."""


@dataclass(frozen=True)
class Vocabulary:
    """Pieces in use.

    Attributes:
        used: Sorted numbers of all of them, shape (r,).
        special: Numbers of those that are never asked for: they frame, pad, mask, or stand for the unknown.
        mask: Number of the mask.
    """

    used: Ints
    special: Ints
    mask: int

    @classmethod
    def of(cls, found: Ints, special: Sequence[int], mask: int) -> "Vocabulary":
        """Make one of the pieces that were found in a corpus, and the special ones."""
        numbers = np.asarray(special, dtype=np.int64)
        return cls(np.union1d(found, numbers), numbers, mask)

    @cached_property
    def plain(self) -> Ints:
        """Sorted numbers of the pieces that may be asked for, shape (p,)."""
        plain: Ints = np.setdiff1d(self.used, self.special)
        return plain


def mask_pieces(pieces: Ints, vocabulary: Vocabulary, share: float, key: Sequence[int]) -> tuple[Ints, Ints]:
    """Choose pieces to ask for and hide them.

    Each piece that is not special is chosen with probability ``share``, on its own.

    Args:
        pieces: Numbers of pieces, shape (n,).
        vocabulary: Pieces in use.
        share: Probability of being chosen.
        key: Numbers of at least 0 that decide all draws.

    Returns:
        The pieces that the network sees, and what it is asked for: the place of the piece in ``vocabulary.used``, or
        ``IGNORED``; both of shape (n,).
    """
    random = np.random.default_rng(list(key))
    chosen = (random.random(len(pieces)) < share) & ~np.isin(pieces, vocabulary.special)
    way = random.random(len(pieces))
    others = random.choice(vocabulary.plain, len(pieces))
    seen = pieces.copy()
    seen[chosen & (way < _MASKED)] = vocabulary.mask
    replaced = chosen & (way >= _MASKED) & (way < _MASKED + _REPLACED)
    seen[replaced] = others[replaced]
    return seen, np.where(chosen, np.searchsorted(vocabulary.used, pieces), IGNORED)


@dataclass(frozen=True)
class EpochBatch(Batch):
    """A batch that knows its epoch.

    Attributes:
        epoch: Number of the epoch, from 0.
    """

    epoch: int = 0


def of_epoch(batch: Batch, epoch: int) -> EpochBatch:
    """Tell a batch its epoch."""
    return EpochBatch(batch.rows, batch.width, batch.tokens, batch.inputs, epoch)


def masked_plan(lengths: Ints, epochs: int, budget: int, seed: int, most_tokens: int | None) -> Plan:
    """Plan a training as :func:`plan` does, with batches that know their epoch."""
    planned = plan(lengths, epochs, budget, None, seed, most_tokens)
    return Plan([[of_epoch(batch, number) for batch in epoch] for number, epoch in enumerate(planned.epochs)])


class CollateMasked:
    """Makes the tensors of a batch: ``input_ids``, ``attention_mask`` and ``labels``, all of shape (rows, width)."""

    def __init__(self, rows: Ragged, vocabulary: Vocabulary, padding: int, share: float, key: Sequence[int]) -> None:
        """Take the rows and how they are masked.

        Args:
            rows: Rows of pieces.
            vocabulary: Pieces in use.
            padding: Number of the piece that pads.
            share: Share of the pieces that is asked for.
            key: Decides, with the epoch, what is.
        """
        self._rows, self._vocabulary, self._padding, self._share, self._key = rows, vocabulary, padding, share, key
        self._epoch = -1
        self._seen = self._asked = rows

    def __call__(self, batch: EpochBatch) -> Collated:
        """Pad the rows of a batch to its width, masked as in its epoch."""
        if batch.epoch != self._epoch:
            seen, asked = mask_pieces(self._rows.flat, self._vocabulary, self._share, (*self._key, batch.epoch))
            self._seen, self._asked = (Ragged(flat, self._rows.offsets) for flat in (seen, asked))
            self._epoch = batch.epoch
        lengths = torch.from_numpy(self._rows.lengths[batch.rows])
        return {
            "input_ids": self._seen.padded(batch.rows, batch.width, self._padding),
            "attention_mask": (torch.arange(batch.width) < lengths[:, None]).long(),
            "labels": self._asked.padded(batch.rows, batch.width, IGNORED),
        }
