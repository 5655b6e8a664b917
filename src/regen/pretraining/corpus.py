"""The text of a task without its labels, as rows of pieces."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regen.config.task_types import TASK_TYPES, TaskType
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.encoder.inputs import Ragged
from regen.marks import GAP, OTHER_GAP
from regen.training.batches import Ints

_COLUMNS = ("text", "text_a", "text_b", "context", "question", "tokens")
"""Columns that hold running text; choices and keywords are parts of none."""
_WITHOUT_BLANKS = frozenset({"ja", "th", "zh"})
_GAPS = re.compile(f"{re.escape(GAP)}|{re.escape(OTHER_GAP)}")


@dataclass(frozen=True)
class Corpus:
    """What is learned from and what the loss is measured on.

    Attributes:
        train: Rows of pieces that are learned from, special pieces around each.
        held_out: Rows of pieces of other texts.
        texts: Distinct texts behind ``train``.
        held_out_texts: Distinct texts behind ``held_out``.
    """

    train: Ragged
    held_out: Ragged
    texts: int
    held_out_texts: int

    @property
    def used(self) -> Ints:
        """Sorted numbers of the pieces that occur, shape (r,)."""
        used: Ints = np.unique(np.concatenate([self.train.flat, self.held_out.flat]))
        return used


def distinct_texts(
    tables: Mapping[str, pd.DataFrame], task_type: TaskType, language: str, scored: Collection[str] = ()
) -> list[str]:
    """Give the texts of some splits, each once, in their order.

    Both texts of a pair are texts of their own; of a text with blanks, so are the parts between the blanks.

    Args:
        tables: Split -> examples; labels in them are not looked at.
        task_type: Task type.
        language: ISO 639-1 code; tokens are joined by blanks where it has them.
        scored: Ids of the rows of ``unlabeled`` that are left out, since a test split holds them, too.
    """
    joint = "" if language in _WITHOUT_BLANKS else " "
    texts: dict[str, None] = {}
    for split, table in tables.items():
        rows = table[~table["id"].isin(list(scored))] if split == "unlabeled" else table
        for column in _COLUMNS:
            if column in rows and column in (*TASK_TYPES[task_type].inputs, "question"):
                values = rows[column].map(joint.join) if column == "tokens" else rows[column]
                texts |= dict.fromkeys(part.strip() for text in values for part in _GAPS.split(text))
    texts.pop("", None)
    return list(texts)


def make_corpus(texts: list[str], pieces: Pieces, max_length: int, share: float, seed: int) -> Corpus:
    """Hold some texts out, and make rows of all.

    Args:
        texts: Distinct texts.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row; a longer text is several rows.
        share: Share of the texts that is held out; one text at least.
        seed: Decides which.

    Raises:
        UserError: There are not two texts.
    """
    if len(texts) < 2:  # noqa: PLR2004  # one to learn from and one to measure on
        raise UserError(f"found {len(texts)} distinct texts, expected at least 2; name further splits")
    count = min(len(texts) - 1, max(1, round(share * len(texts))))
    held = np.zeros(len(texts), dtype=bool)
    held[np.random.default_rng(seed).permutation(len(texts))[:count]] = True
    encoded = [encoding.ids for encoding in pieces.texts(texts)]
    parts = [Ragged.of(list(_rows(encoded, np.flatnonzero(chosen), pieces, max_length))) for chosen in (~held, held)]
    return Corpus(parts[0], parts[1], len(texts) - count, count)


def _rows(encoded: list[list[int]], numbers: Ints, pieces: Pieces, max_length: int) -> Iterator[list[int]]:
    room = max_length - len(pieces.template.before) - len(pieces.template.after)
    for number in numbers:
        ids = encoded[number]
        for start in range(0, len(ids), room):
            yield pieces.template.single(ids[start : start + room])
