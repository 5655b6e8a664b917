"""Multiple choice as inputs: a row for each choice; and the loss over the choices of an example.

A row is the pair of the context and of question and choice, which the closing piece parts, as in CLUE's baseline for C3
(run_c3.py). A blank in the context is one mask piece, and any other blank four, as in its baseline for ChID
(CHID_preprocess.py), which marks the first with a piece that not all encoders have.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import token_lists
from regen.estimators.encoder.inputs import Choices, Collate, Inputs, Joined, Ragged, ranges
from regen.marks import GAP, OTHER_GAP
from regen.training.batches import Batch, Ints
from regen.training.loop import Collated

_BLANKS = re.compile(f"({re.escape(GAP)}|{re.escape(OTHER_GAP)})")
_MASKS_OF_OTHERS = 4
_AT_ONCE = 4096
"""Texts that are split together; what the tokenizer says of each is large."""


class _Context(NamedTuple):
    """Pieces of a context, and the place of its blank among them."""

    ids: Ints
    blank: int | None


def choice_inputs(examples: pd.DataFrame, pieces: Pieces, max_length: int) -> Inputs:
    """Make a row of each choice.

    All choices of an example see the same context, which is cut to what the longest of them leaves: at its end, or on
    both sides of its blank.

    Args:
        examples: n examples with ``context`` and ``choices``; ``question`` where there are any; ``label`` where known.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row.

    Raises:
        UserError: A question and a choice do not leave room for the context.
    """
    template = pieces.template
    choices = token_lists(examples, "choices")
    counts = np.fromiter(map(len, choices), np.int64, len(choices))
    owners = np.repeat(np.arange(len(choices)), counts)
    endings = _split([choice for row in choices for choice in row], pieces)
    if "question" in examples:
        questions = [np.array([*ids, *template.last]) for ids in _split(examples["question"].tolist(), pieces)]
        endings = [np.concatenate([questions[owner], ids]) for owner, ids in zip(owners, endings, strict=True)]
    tails = _ragged([np.array([*ids, *template.last]) for ids in endings])
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    rooms = max_length - len(template.before) - len(template.between) - np.maximum.reduceat(tails.lengths, starts[:-1])
    contexts = _contexts(examples["context"].tolist(), pieces)
    lengths = np.fromiter((len(context.ids) for context in contexts), np.int64, len(contexts))
    heads = _ragged(
        [
            np.array([*template.before, *_cut(number, context, room, max_length), *template.between])
            for number, (context, room) in enumerate(zip(contexts, rooms.tolist(), strict=True))
        ]
    )
    right = examples["label"].map(int).to_numpy(np.int64) if "label" in examples else None
    return Inputs(
        pieces=Joined(heads, tails, owners),
        types=_types(heads, tails, owners, pieces) if any(template.segments) else None,
        units=None,
        places=None,
        labels=None,
        owners=owners,
        firsts=ranges(np.zeros_like(counts), counts),
        truncated=lengths > rooms,
        choices=Choices(starts, right),
    )


def _split(texts: Sequence[str], pieces: Pieces) -> list[Ints]:
    """Give the pieces of texts; each different text is split once."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    different = list(numbers)
    found: list[Ints] = []
    for start in range(0, len(different), _AT_ONCE):
        encodings = pieces.texts(different[start : start + _AT_ONCE])
        found += [np.array(encoding.ids, dtype=np.int64) for encoding in encodings]
    return [found[numbers[text]] for text in texts]


def _contexts(texts: Sequence[str], pieces: Pieces) -> list[_Context]:
    parts = [_BLANKS.split(text) for text in texts]
    counts = np.fromiter(map(len, parts), np.int64, len(parts))
    ends = np.cumsum(counts).tolist()
    blank, others = np.array([pieces.mask]), np.full(_MASKS_OF_OTHERS, pieces.mask)
    flat = [part for row in parts for part in row]
    ids = _split(flat, pieces)
    ids = [{GAP: blank, OTHER_GAP: others}.get(part, own) for part, own in zip(flat, ids, strict=True)]
    made = []
    for row, end in zip(parts, ends, strict=True):
        own = ids[end - len(row) : end]
        place = sum(map(len, own[: row.index(GAP)])) if GAP in row else None
        made.append(_Context(np.concatenate(own), place))
    return made


def _cut(number: int, context: _Context, room: int, max_length: int) -> Ints:
    """Give the part of a context that stays."""
    ids, blank = context
    least = 0 if blank is None else 1
    if room < least:
        raise UserError(
            f"example {number} (from 0 on): question and longest choice leave {room} of {max_length} pieces for the "
            f"context, expected {least} or more; raise the option 'max_length'"
        )
    if len(ids) <= room:
        return ids
    start = 0 if blank is None else min(max(blank - room // 2, 0), len(ids) - room)
    return ids[start : start + room]


def _types(heads: Ragged, tails: Ragged, owners: Ints, pieces: Pieces) -> Joined:
    """Give the token types of rows."""
    first, between, second = pieces.template.segments
    kinds = np.full(len(heads.flat), first, dtype=np.int64)
    for place in range(1, len(pieces.template.between) + 1):
        kinds[heads.offsets[1:] - place] = between
    return Joined(Ragged(kinds, heads.offsets), Ragged(np.full_like(tails.flat, second), tails.offsets), owners)


def _ragged(rows: Sequence[Ints]) -> Ragged:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    return Ragged(np.concatenate(rows).astype(np.int64), np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]))


class CollateChoices:
    """Makes the tensors of a batch of examples: what rows have, of shape (examples, choices, …).

    Which choices there are is in ``present``, shape (examples, choices); ``labels`` has the shape (examples, 1).
    """

    def __init__(self, rows: Collate, choices: Choices) -> None:
        """Take what makes the tensors of rows, and which rows go together."""
        self._rows, self._choices = rows, choices

    def __call__(self, batch: Batch) -> Collated:
        """Put the choices of examples side by side."""
        counts = self._choices.counts[batch.rows]
        rows = ranges(self._choices.starts[batch.rows], counts)
        present = torch.from_numpy(np.arange(counts.max()) < counts[:, None])
        collated = {}
        for name, values in self._rows(Batch(rows, batch.width, batch.tokens)).items():
            collated[name] = values.new_zeros((*present.shape, *values.shape[1:]))
            collated[name][present] = values
        collated["present"] = present
        if self._choices.right is not None:
            collated["labels"] = torch.from_numpy(self._choices.right[batch.rows])[:, None]
        return collated


def choice_loss_sum(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Sum the cross entropy over examples.

    Args:
        logits: Of shape (examples, 1, choices); minus infinity for choices that are not there.
        labels: The right choices, shape (examples, 1).
        smoothing: Share of the probability that is spread over all choices of an example.
    """
    logs = torch.log_softmax(logits.float()[:, 0], dim=-1)
    loss: Tensor = nn.functional.nll_loss(logs, labels[:, 0], reduction="sum")
    if smoothing:
        present = torch.isfinite(logs)
        spread = -logs.masked_fill(~present, 0.0).sum(-1) / present.sum(-1)
        loss = (1 - smoothing) * loss + smoothing * spread.sum()
    return loss


def choice_loss(logits: Sequence[NDArray[np.float32]], choices: Choices) -> float:
    """Give the mean cross entropy of examples.

    Args:
        logits: Of all rows, each of shape (1, 1).
        choices: Which rows go together.

    Returns:
        ``nan`` where answers are not given.
    """
    if choices.right is None:
        return float("nan")
    values = np.concatenate(logits)[:, 0].astype(np.float64)
    starts = choices.starts[:-1]
    values -= np.repeat(np.maximum.reduceat(values, starts), choices.counts)
    sums = np.log(np.add.reduceat(np.exp(values), starts))
    return float((sums - values[starts + choices.right]).mean())
