"""Questions about passages as inputs: windows over the passage; and answers from the windows' outputs.

As in BERT's and CLUE's scripts for SQuAD and CMRC 2018 (baselines/models_pytorch/mrc_pytorch of
github.com/CLUEbenchmark/CLUE), a row is the question and a part of the passage, and a part that does not hold the whole
answer has both its ends at the row's first piece. Unlike there, every start goes with every end within the limit, not
only the 20 most probable of each, and windows are compared by probabilities, not logits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged
from regen.estimators.encoder.tagging import Units, character_units, windows
from regen.marks import NOWHERE
from regen.training.batches import Ints

MOST_QUESTION_PIECES = 64
"""Longer questions lose their end: max_query_length of the scripts."""

NO_ANSWER = 0
"""Number of a row's first unit, which stands at its first piece: where answers are that the row does not hold."""


@dataclass(frozen=True)
class Passage:
    """A passage as units at which an answer may begin or end.

    Attributes:
        units: Where their vectors are.
        bounds: First character of each unit, and the end of the last; together they are the whole passage.
    """

    units: Units
    bounds: Ints


def question_inputs(
    examples: pd.DataFrame, pieces: Pieces, max_length: int, stride: int, characters: bool = False
) -> Inputs:
    """Make one row of each question, or several where question and passage are longer than a row.

    Args:
        examples: n examples with ``context`` and ``question``, and ``answers`` with ``answer_start`` where they are
            known; the first one that has a place is the target, and rows of questions without any are no targets.
        pieces: The encoder's tokenizer.
        max_length: Most pieces of a row. A question takes half of them at the most.
        stride: Pieces that two windows share, if that is no more than half of a window.
        characters: Whether each character of the passage is a unit; else each piece is one.
    """
    template = pieces.template
    space = max_length - len(template.before) - len(template.between) - len(template.last)
    most = min(MOST_QUESTION_PIECES, space // 2)
    whole = [encoding.ids for encoding in pieces.texts(examples["question"].tolist())]
    questions = [ids[:most] for ids in whole]
    passages = _passages(examples["context"].tolist(), pieces, characters)
    rows = [
        (owner, passages[context], window)
        for owner, context in enumerate(examples["context"])
        for room in (space - len(questions[owner]),)
        for window in windows(passages[context].units, room, min(stride, room // 2))
    ]
    ids, types, positions, places, bounds = [], [], [], [], []
    for owner, passage, (first, last, start, end) in rows:
        pair, kinds = template.pair(questions[owner], passage.units.ids[start:end])
        shift = len(template.before) + len(questions[owner]) + len(template.between) - start
        ids.append(pair)
        types.append(kinds)
        positions.append([0, *(place + shift for place in passage.units.position[first:last])])
        places.append([0, *passage.units.place[first:last]])
        bounds.append(passage.bounds[first : last + 1].tolist())
    labels = None
    if "answer_start" in examples:
        targets = list(_targets(examples, passages))
        labels = Ragged.of([_within(targets[owner], *window[:2]) for owner, _, window in rows])
    return Inputs(
        pieces=Ragged.of(ids),
        types=Ragged.of(types) if any(template.segments) else None,
        units=Ragged.of(positions),
        places=Ragged.of(places) if characters else None,
        labels=labels,
        owners=np.array([owner for owner, _, _ in rows], dtype=np.int64),
        firsts=np.array([window[0] for _, _, window in rows], dtype=np.int64),
        truncated=np.array([len(ids) > most for ids in whole], dtype=np.bool_),
        bounds=Ragged.of(bounds),
    )


def _passages(contexts: Sequence[str], pieces: Pieces, characters: bool) -> dict[str, Passage]:
    """Split each passage once, however many questions it has."""
    different = list(dict.fromkeys(contexts))
    made = {}
    for context, units in zip(different, character_units([list(text) for text in different], pieces), strict=True):
        firsts = np.arange(len(context))
        if not characters:  # a unit begins where the piece changes; blanks go with the piece before them
            firsts = np.flatnonzero(np.diff(np.array(units.position, dtype=np.int64), prepend=-1))
        chosen = firsts.tolist()
        position, place = [units.position[first] for first in chosen], [units.place[first] for first in chosen]
        made[context] = Passage(Units(units.ids, position, place), np.append(firsts, len(context)))
    return made


def _targets(examples: pd.DataFrame, passages: dict[str, Passage]) -> Iterator[tuple[int, int] | None]:
    """Yield the first and the last unit of each question's answer."""
    columns = (examples[name] for name in ("context", "answers", "answer_start"))
    for context, texts, starts in zip(*columns, strict=True):
        known = [(start, start + len(text)) for text, start in zip(texts, starts, strict=True) if start != NOWHERE]
        if not known:
            yield None
            continue
        begins = passages[context].bounds[:-1]
        first, last = np.searchsorted(begins, [known[0][0], known[0][1] - 1], side="right").tolist()
        yield first - 1, last - 1


def _within(target: tuple[int, int] | None, first: int, last: int) -> tuple[int, int]:
    """Give a target as numbers of units of the row with these units of the passage."""
    if target is None:
        return IGNORED, IGNORED
    start, end = target
    return (start - first + 1, end - first + 1) if first <= start and end < last else (NO_ANSWER, NO_ANSWER)


def answers(
    contexts: Sequence[str], inputs: Inputs, outputs: Sequence[NDArray[np.float32]], longest: int
) -> tuple[list[str], NDArray[np.float64]]:
    """Give the most probable answer to each question over all of its windows.

    Args:
        contexts: Passages of n questions.
        inputs: Their rows.
        outputs: For each row, probabilities of start and end, shape (units, 2).
        longest: Most units of an answer.

    Returns:
        n parts of the passages, without white space around them, and the product of the probabilities of start and end.
    """
    found, scores = [""] * len(contexts), np.zeros(len(contexts), dtype=np.float64)
    best = np.full(len(contexts), -1.0)
    bounds = inputs.bounds
    if bounds is None:
        raise ValueError("rows of questions have bounds")
    for row, (owner, output) in enumerate(zip(inputs.owners.tolist(), outputs, strict=True)):
        values = output[NO_ANSWER + 1 :].astype(np.float64)
        if not len(values):
            continue
        start, end, score = _most_probable(values[:, 0], values[:, 1], longest)
        if score > best[owner]:
            begins = bounds.flat[bounds.offsets[row] : bounds.offsets[row + 1]]
            found[owner] = contexts[owner][begins[start] : begins[end + 1]].strip()
            best[owner] = scores[owner] = score
    return found, scores


def _most_probable(starts: NDArray[np.float64], ends: NDArray[np.float64], longest: int) -> tuple[int, int, float]:
    """Give the best pair of start and end; of equal ones the first start, then the first end."""
    padded = np.concatenate([ends, np.full(longest - 1, -1.0)])
    following = np.lib.stride_tricks.sliding_window_view(padded, longest)
    products = starts * following.max(axis=1)
    start = int(products.argmax())
    return start, start + int(following[start].argmax()), float(products[start])
