"""Sentences as inputs: windows over their pieces, with one unit per token; and tags from the windows' outputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tokenizers import Encoding

from regen.encoders.pieces import Pieces
from regen.estimators.base import token_lists
from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged

MOST_PLACES = 16
"""Places of characters in a piece that are told apart."""


@dataclass(frozen=True)
class Units:
    """A sentence in pieces.

    Attributes:
        ids: Its pieces.
        position: For each token, the piece whose vector stands for it.
        place: For each token, its place in that piece.
    """

    ids: list[int]
    position: list[int]
    place: list[int]


def tagging_inputs(
    examples: pd.DataFrame,
    pieces: Pieces,
    max_length: int,
    stride: int,
    tags: Sequence[str],
    characters: bool = False,
    context: bool = False,
) -> Inputs:
    """Make one row of each sentence, or several where it is longer than the window.

    Args:
        examples: n sentences with ``tokens``, and ``tags`` where they are known; with ``document`` for context.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row.
        stride: Pieces that two windows of one sentence share.
        tags: Tags that the model knows; the number of a tag is its place. Others are no targets.
        characters: Whether tokens are characters of a text without blanks.
        context: Whether to fill rows with neighbouring sentences of the document.
    """
    sentences = token_lists(examples, "tokens")
    split = character_units if characters else word_units
    room = max_length - len(pieces.template.before) - len(pieces.template.after)
    made = split(sentences, pieces, room)
    numbers = {tag: number for number, tag in enumerate(tags)}
    known = (
        [[numbers.get(tag, IGNORED) for tag in row] for row in token_lists(examples, "tags")]
        if "tags" in examples
        else None
    )
    documents = examples["document"].tolist() if context and "document" in examples else None
    rows = [(owner, window) for owner, units in enumerate(made) for window in windows(units, room, stride)]
    shift = len(pieces.template.before)
    ids, positions, places, labels = [], [], [], []
    for owner, (first, last, start, end) in rows:
        units = made[owner]
        whole = end - start == len(units.ids)
        before, after = _neighbours(made, documents, owner, room - (end - start)) if documents and whole else ([], [])
        ids.append(pieces.template.single([*before, *units.ids[start:end], *after]))
        positions.append([place - start + shift + len(before) for place in units.position[first:last]])
        places.append(units.place[first:last])
        if known is not None:
            labels.append(known[owner][first:last])
    return Inputs(
        pieces=Ragged.of(ids),
        types=None,
        units=Ragged.of(positions),
        places=Ragged.of(places) if characters else None,
        labels=Ragged.of(labels) if known is not None else None,
        owners=np.array([owner for owner, _ in rows], dtype=np.int64),
        firsts=np.array([window[0] for _, window in rows], dtype=np.int64),
    )


def word_units(sentences: Sequence[Sequence[str]], pieces: Pieces, room: int) -> list[Units]:
    """Split words into pieces; the first piece of a word stands for it.

    A word that has no piece (white space or control characters only) gets the unknown piece, and a word of more pieces
    than the window holds keeps those that fit.
    """
    return [
        _units_of_words(encoding, len(words), pieces.unknown, room)
        for encoding, words in zip(pieces.words(sentences), sentences, strict=True)
    ]


def _units_of_words(encoding: Encoding, count: int, unknown: int, room: int) -> Units:
    parts: list[list[int]] = [[] for _ in range(count)]
    for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
        if word is not None and len(parts[word]) < room:
            parts[word].append(piece)
    parts = [part or [unknown] for part in parts]
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    return Units([piece for part in parts for piece in part], starts.tolist(), [0] * count)


def character_units(sentences: Sequence[Sequence[str]], pieces: Pieces, room: int = 0) -> list[Units]:  # noqa: ARG001
    """Split the joined text into its natural pieces; a character is stood for by its piece and its place in it.

    Tokens of several characters are stood for by their first one.
    """
    texts = ["".join(tokens) for tokens in sentences]
    return [
        _units_of_characters(encoding, tokens, pieces.unknown)
        for encoding, tokens in zip(pieces.texts(texts), sentences, strict=True)
    ]


def _units_of_characters(encoding: Encoding, tokens: Sequence[str], unknown: int) -> Units:
    starts = np.cumsum([0, *map(len, tokens)])[:-1].tolist()
    length = sum(map(len, tokens))
    owner, place = [0] * (length + 1), [0] * (length + 1)
    for piece, (start, end) in enumerate(encoding.offsets):
        for character in range(start, end):  # where pieces overlap, the later one is no mere word-start mark
            owner[character], place[character] = piece, min(character - start, MOST_PLACES - 1)
    for character in range(1, length + 1):  # characters without a piece of their own follow the one before
        covered = owner[character] or place[character]
        owner[character] = owner[character] if covered else owner[character - 1]
    return Units(encoding.ids or [unknown], [owner[start] for start in starts], [place[start] for start in starts])


Window = tuple[int, int, int, int]
"""First and last unit (exclusive), first and last piece (exclusive)."""


def windows(units: Units, room: int, stride: int) -> Iterator[Window]:
    """Cut a text into windows at the pieces of its units; a sentence nearly always is one window.

    Args:
        units: The text.
        room: Most pieces of a window.
        stride: Pieces that two windows share.
    """
    count, length = len(units.position), len(units.ids)
    if length <= room:
        yield 0, count, 0, length
        return
    start = 0
    while True:
        end = min(start + room, length)
        first = int(np.searchsorted(units.position, start, side="left"))
        last = int(np.searchsorted(units.position, end, side="left"))
        yield first, last, start, end
        if last == count:
            return
        following = int(np.searchsorted(units.position, end - stride))  # at most ``last``: no unit is left out
        start = max(start + 1, units.position[max(first + 1, following)])


def _neighbours(made: Sequence[Units], documents: Sequence[str], owner: int, room: int) -> tuple[list[int], list[int]]:
    """Give pieces of the sentences around one in its document, as many on each side as fit, nearest first."""
    before: list[int] = []
    after: list[int] = []
    left, right = owner - 1, owner + 1
    while room > 0:
        has_left = left >= 0 and documents[left] == documents[owner]
        has_right = right < len(made) and documents[right] == documents[owner]
        if not (has_left or has_right):
            break
        if has_left:
            taken = made[left].ids[-room:]
            before, room, left = taken + before, room - len(taken), left - 1
        if has_right and room > 0:
            taken = made[right].ids[:room]
            after, room, right = after + taken, room - len(taken), right + 1
    return before, after


def joined(inputs: Inputs, outputs: Sequence[NDArray[np.float32]], lengths: Sequence[int]) -> list[NDArray[np.float32]]:
    """Join the windows of each sentence: each token takes the window in which it stands farthest from an edge.

    Args:
        inputs: n rows.
        outputs: For each row, probabilities of shape (units, tags).
        lengths: Tokens of each sentence.

    Returns:
        For each sentence, probabilities of shape (tokens, tags).
    """
    width = outputs[0].shape[1] if outputs else 0
    whole = [np.zeros((length, width), dtype=np.float32) for length in lengths]
    margins = [np.full(length, -1) for length in lengths]
    for owner, first, output in zip(inputs.owners.tolist(), inputs.firsts.tolist(), outputs, strict=True):
        count = len(output)
        last = first + count
        left = np.arange(count) if first else np.full(count, count)
        right = np.arange(count)[::-1] if last < lengths[owner] else np.full(count, count)
        margin = np.minimum(left, right)
        better = margin > margins[owner][first:last]
        whole[owner][first:last][better] = output[better]
        margins[owner][first:last][better] = margin[better]
    return whole
