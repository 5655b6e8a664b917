"""Span scores of taggers: the conlleval script's rules, and the strict IOB2 reading beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

import numpy as np

from regen.scoring.tags import (
    Bools,
    Column,
    Ints,
    Sentences,
    TagTable,
    edges,
    encode,
    ends,
    same_bounds,
    split_tag,
    starts,
    strict_spans,
)


class Span(NamedTuple):
    """A typed span of tokens; ``end`` is exclusive."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class SpanCounts:
    """Span counts of each sentence; sums of rows are the counts of the sentences together.

    Attributes:
        types: Span types that occur, sorted by code point.
        correct: Correctly found spans, shape (sentences, types).
        predicted: Predicted spans, shape (sentences, types).
        gold: Gold spans, shape (sentences, types).
        tokens_correct: Tokens whose prefix and type are right, shape (sentences,).
        tokens: Tokens, shape (sentences,).
    """

    types: tuple[str, ...]
    correct: Ints
    predicted: Ints
    gold: Ints
    tokens_correct: Ints
    tokens: Ints


class Score(TypedDict):
    """Precision, recall and F1 as fractions of 1, 0.0 where undefined, and the counts that they come from."""

    precision: float
    recall: float
    f1: float
    correct: int
    predicted: int
    gold: int


class SpanScores(TypedDict):
    """Scores over all spans, of each type, and the share of right tags."""

    micro: Score
    per_type: dict[str, Score]
    token_accuracy: float
    tokens: int


def span_counts(gold: Sentences, pred: Sentences) -> SpanCounts:
    """Count spans exactly as the conlleval script (version 2004-01-26) does, on any tags, legal or not.

    The input stands for a file in which an empty line follows every sentence. A span belongs to the sentence
    that holds its last token.

    Args:
        gold: Tags of each sentence.
        pred: Predicted tags of the same sentences.

    Raises:
        ValueError: different numbers of sentences, or of tags in a sentence (the message names its index).
    """
    table = encode(gold, pred)
    gold_side, pred_side = table.columns
    gold_start, gold_end = edges(gold_side)
    pred_start, pred_end = edges(pred_side)
    same_type = gold_side.type == pred_side.type
    begins = np.flatnonzero(gold_start & pred_start & same_type)
    last = _last_positions(begins, gold_end, pred_end, same_type)
    return _tally(table, last, np.flatnonzero(pred_start), np.flatnonzero(gold_start))


def _last_positions(begins: Ints, gold_end: Bools, pred_end: Bools, same_type: Bools) -> Ints:
    """Positions of the last tokens of correct spans: the script's ``$inCorrect`` without a loop.

    A common begin is decided at the next position where either side ends or the types part: correct if both
    end there, lost otherwise. The script forgets how many begins are pending, so begins that share their decision
    count once, and a begin that is never decided counts as correct at the end of the file.
    """
    decisions = np.flatnonzero(gold_end | pred_end | ~same_type)
    pending = np.unique(np.searchsorted(decisions, begins, side="right"))
    decided = decisions[pending[pending < len(decisions)]]
    last = decided[gold_end[decided] & pred_end[decided]] - 1
    undecided = pending[pending == len(decisions)]
    return np.append(last, np.full(len(undecided), len(same_type) - 1))


def strict_span_counts(gold: Sentences, pred: Sentences) -> SpanCounts:
    """Count spans of legal IOB2 only: an ``I-`` that continues no ``B-`` of its type is no span, on either side.

    On tags with the prefixes B, I and O this is seqeval's ``mode="strict", scheme=IOB2``; seqeval refuses other
    prefixes, here they are outside of spans.

    Args:
        gold: Tags of each sentence.
        pred: Predicted tags of the same sentences.

    Raises:
        ValueError: different numbers of sentences, or of tags in a sentence (the message names its index).
    """
    table = encode(gold, pred)
    gold_side, pred_side = table.columns
    gold_spans, pred_spans = strict_spans(gold_side), strict_spans(pred_side)
    in_gold, in_pred = same_bounds(gold_spans, pred_spans)
    correct = in_gold[gold_spans.type[in_gold] == pred_spans.type[in_pred]]
    return _tally(table, gold_spans.start[correct], pred_spans.start, gold_spans.start)


def _tally(table: TagTable, correct: Ints, predicted: Ints, gold: Ints) -> SpanCounts:
    gold_side, pred_side = table.columns
    sides = [(gold_side, correct), (pred_side, predicted), (gold_side, gold)]
    by_type = [_by_sentence_and_type(table, column, positions) for column, positions in sides]
    used = np.flatnonzero(np.any([counts.any(axis=0) for counts in by_type], axis=0))
    right = table.is_token & (gold_side.tag == pred_side.tag)
    return SpanCounts(
        types=tuple(table.types[number] for number in used),
        correct=by_type[0][:, used],
        predicted=by_type[1][:, used],
        gold=by_type[2][:, used],
        tokens_correct=np.bincount(table.sentence[right], minlength=table.sentences),
        tokens=np.bincount(table.sentence[table.is_token], minlength=table.sentences),
    )


def _by_sentence_and_type(table: TagTable, column: Column, positions: Ints) -> Ints:
    shape = (table.sentences, len(table.types))
    cells = table.sentence[positions] * len(table.types) + column.type[positions]
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def extract_spans(tags: Sequence[str]) -> list[Span]:
    """List the spans of one sentence by conlleval's rules, for legal and illegal tags, in order.

    A span goes on to the next end, the next start or the end of the sentence.
    """
    spans = []
    opened: int | None = None
    before, type_before = "O", ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, kind = split_tag(tag)
        other_type = kind != type_before
        opens = starts(before, prefix, other_type)
        if opened is not None and (opens or position == len(tags) or ends(before, prefix, other_type)):
            spans.append(Span(opened, position, tags[opened].partition("-")[2]))
            opened = None
        if opens:
            opened = position
        before, type_before = prefix, kind
    return spans


def spans_to_iob2(spans: Iterable[Span], length: int) -> list[str]:
    """Write spans as IOB2 tags of a sentence of ``length`` tokens.

    Raises:
        ValueError: a span is empty, reaches outside of the sentence or overlaps another one.
    """
    tags = ["O"] * length
    for start, end, kind in spans:
        if not 0 <= start < end <= length or any(tag != "O" for tag in tags[start:end]):
            raise ValueError(f"span {start}:{end} {kind} is empty, outside of {length} tokens or overlaps another")
        suffix = f"-{kind}" if kind else ""
        tags[start:end] = [f"B{suffix}"] + [f"I{suffix}"] * (end - start - 1)
    return tags


def span_scores(counts: SpanCounts) -> SpanScores:
    """Sum the counts of all sentences and score them: micro over all spans, and per type."""
    sums = [counts.correct.sum(axis=0), counts.predicted.sum(axis=0), counts.gold.sum(axis=0)]
    tokens = int(counts.tokens.sum())
    return {
        "micro": score_counts(*(int(values.sum()) for values in sums)),
        "per_type": {
            kind: score_counts(*(int(values[number]) for values in sums)) for number, kind in enumerate(counts.types)
        },
        "token_accuracy": _fraction(int(counts.tokens_correct.sum()), tokens),
        "tokens": tokens,
    }


def score_counts(correct: int, predicted: int, gold: int) -> Score:
    """Score counts of spans or other items; undefined scores are 0.0."""
    return {
        "precision": _fraction(correct, predicted),
        "recall": _fraction(correct, gold),
        "f1": _fraction(2 * correct, predicted + gold),
        "correct": correct,
        "predicted": predicted,
        "gold": gold,
    }


def _fraction(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def conlleval_percentages(score: Score) -> tuple[float, float, float]:
    """Precision, recall and FB1 in percent, in the script's own floating-point steps.

    Its two printed decimals differ from ``100 * score["f1"]`` in the last digit where the third decimal is an
    exact five (about one in 2,000 small counts).
    """
    precision = 100 * score["correct"] / score["predicted"] if score["predicted"] else 0.0
    recall = 100 * score["correct"] / score["gold"] if score["gold"] else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def micro_counts(counts: SpanCounts) -> Ints:
    """Correct, predicted and gold spans of each sentence, shape (sentences, 3): what a bootstrap resamples."""
    return np.stack([side.sum(axis=1) for side in (counts.correct, counts.predicted, counts.gold)], axis=1)
