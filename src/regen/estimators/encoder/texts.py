"""Texts and pairs of texts as inputs."""

import numpy as np
import pandas as pd

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged


def text_inputs(examples: pd.DataFrame, pieces: Pieces, max_length: int, labels: tuple[str, ...]) -> Inputs:
    """Make one row of each example.

    A text that is too long loses its end; of a pair, the longer text loses its end first.

    Args:
        examples: n examples with ``text``, or with ``text_a`` and ``text_b``; ``label`` where it is known.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row.
        labels: Labels that the model knows; the number of a label is its place. Others are no targets.
    """
    template = pieces.template
    types = None
    if "text" in examples:
        room = max_length - len(template.before) - len(template.after)
        texts = pieces.texts(examples["text"].tolist())
        truncated = [len(encoding.ids) > room for encoding in texts]
        rows = [template.single(encoding.ids[:room]) for encoding in texts]
    else:
        room = max_length - len(template.before) - len(template.between) - len(template.last)
        sides = (pieces.texts(examples[side].tolist()) for side in ("text_a", "text_b"))
        pairs = list(zip(*sides, strict=True))
        truncated = [len(a.ids) + len(b.ids) > room for a, b in pairs]
        made = [template.pair(*_cut(a.ids, b.ids, room)) for a, b in pairs]
        rows = [ids for ids, _ in made]
        types = Ragged.of([kinds for _, kinds in made]) if any(template.segments) else None
    known, count = label_numbers(examples, labels), len(examples)
    return Inputs(
        pieces=Ragged.of(rows),
        types=types,
        units=None,
        places=None,
        labels=known,
        owners=np.arange(count),
        firsts=np.zeros(count, dtype=np.int64),
        truncated=np.array(truncated, dtype=np.bool_),
    )


def label_numbers(examples: pd.DataFrame, labels: tuple[str, ...]) -> Ragged | None:
    """Give the number of each example's label, a row each; ``None`` where labels are not given."""
    if "label" not in examples:
        return None
    numbers = {label: number for number, label in enumerate(labels)}
    return Ragged.of([[numbers.get(label, IGNORED)] for label in examples["label"]])


def _cut(first: list[int], second: list[int], room: int) -> tuple[list[int], list[int]]:
    """Cut the longer of two texts until both fit into the room, as tokenizers' ``longest_first`` does."""
    if len(first) + len(second) <= room:
        return first, second
    if len(first) > len(second):
        shorter, longer = _cut(second, first, room)
        return longer, shorter
    kept = min(len(first), room // 2)
    return first[:kept], second[: room - kept]
