"""Texts with two spans as inputs: the spans are marked in the text, and their pieces are told apart."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tokenizers import Encoding

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.inputs import SPAN_BITS, Inputs, Ragged
from regen.estimators.encoder.texts import label_numbers
from regen.estimators.spans import Bounds, texts_with_spans

_MARKS = (("_", "_"), ("[", "]"))
"""What CLUE's baselines put around noun and pronoun.

Source: ``WscProcessor`` in baselines/models_pytorch/classifier_pytorch/processors/clue.py of CLUEbenchmark/CLUE.
"""


def span_inputs(examples: pd.DataFrame, pieces: Pieces, max_length: int, labels: tuple[str, ...]) -> Inputs:
    """Make one row of each example, with both spans in it.

    Args:
        examples: n examples with ``text``, ``span1``, ``span1_start``, ``span2`` and ``span2_start``; ``label`` where
            it is known.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row.
        labels: Labels that the model knows; the number of a label is its place. Others are no targets.
    """
    before, after = pieces.template.before, pieces.template.after
    room = max_length - len(before) - len(after)
    made = [mark(text, spans) for text, spans in texts_with_spans(examples)]
    rows, spans, truncated = [], [], []
    for encoding, (_, bounds) in zip(pieces.texts([text for text, _ in made]), made, strict=True):
        numbers = span_numbers(encoding, bounds)
        kept = nearest(numbers, room)
        truncated.append(len(kept) < len(numbers))
        rows.append(pieces.template.single(np.array(encoding.ids, dtype=np.int64)[kept].tolist()))
        spans.append([*([0] * len(before)), *numbers[kept].tolist(), *([0] * len(after))])
    count = len(examples)
    return Inputs(
        pieces=Ragged.of(rows),
        types=None,
        units=None,
        places=None,
        labels=label_numbers(examples, labels),
        owners=np.arange(count),
        firsts=np.zeros(count, dtype=np.int64),
        truncated=np.array(truncated, dtype=np.bool_),
        spans=Ragged.of(spans),
    )


def mark(text: str, spans: Sequence[Bounds]) -> tuple[str, list[Bounds]]:
    """Put marks around two spans of a text that do not overlap.

    Returns:
        The marked text, and where the spans stand in it, without their marks.
    """
    marked, moved, done = "", [(0, 0), (0, 0)], 0
    for number in sorted((0, 1), key=lambda number: spans[number]):
        (start, end), (left, right) = spans[number], _MARKS[number]
        marked += text[done:start] + left
        moved[number] = (len(marked), len(marked) + end - start)
        marked += text[start:end] + right
        done = end
    return marked + text[done:], moved


def span_numbers(encoding: Encoding, spans: Sequence[Bounds]) -> NDArray[np.int64]:
    """Say for each piece of a text which spans it holds a character of: the sum of their bits, shape (pieces,)."""
    numbers = np.zeros(len(encoding.ids), dtype=np.int64)
    for bit, (first, last) in zip(SPAN_BITS, spans, strict=True):
        numbers += [bit * (start < last and end > first) for start, end in encoding.offsets]
    return numbers


def nearest(numbers: NDArray[np.int64], room: int) -> NDArray[np.int64]:
    """Choose the pieces of a text that stay where not all fit: both spans, then what is nearest to either of them.

    So a text loses its ends, or its middle where the spans are far apart. Of pieces that are equally near one goes that
    is farther from the other span. Of a span that would fill more than half of the room the end does not count.

    Args:
        numbers: Bits of each piece, shape (pieces,).
        room: Most pieces.

    Returns:
        Places of the pieces that stay, in their order.
    """
    places = np.arange(len(numbers))
    if len(numbers) <= room:
        return places
    counted = [np.flatnonzero(numbers & bit)[: room // 2] for bit in SPAN_BITS]
    gaps = [np.abs(places[:, None] - inside).min(axis=1) for inside in counted if len(inside)]
    gaps = gaps or [places]  # a tokenizer may leave nothing of the spans: then the end goes
    return np.sort(np.lexsort((np.max(gaps, axis=0), np.min(gaps, axis=0)))[:room])
