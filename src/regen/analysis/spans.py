"""Errors of taggers: what stands in the place of each span on the other side, and which spans are found.

The kinds follow those of the MUC evaluations: N. Chinchor and B. Sundheim, MUC-5 Evaluation Metrics, 1993. Each side is
counted by itself, since one gold span may be cut into two predicted ones.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from regen.analysis.bins import Bins
from regen.analysis.measures import SPANS, Counts
from regen.analysis.parts import Background, Breakdown, Errors, Parts, Rows
from regen.scoring.confusion import NO_SPAN, span_confusion
from regen.scoring.spans import Span, extract_spans
from regen.scoring.surfaces import surface_counts

Spans = Sequence[Sequence[Span]]
Tokens = Sequence[Sequence[str]]

_MATCHED = ("correct", "wrong_type", "wrong_boundary", "both_wrong")
_FAMILIAR = ("seen with this type", "seen with another type", "not seen")


def span_parts(rows: Rows, background: Background) -> Parts:
    """Compare tags of sentences, by the spans that conlleval's rules find in them."""
    tokens, tags = [list(words) for words in rows.examples["tokens"]], (rows.gold, rows.pred)
    gold, pred = ([extract_spans(sentence) for sentence in side] for side in tags)
    train = [extract_spans(sentence) for sentence in background.train["tags"]]
    known = known_types(background.learnt["tokens"], train[: background.taught])
    classes = by_class(gold, pred)
    if background.surfaces:
        surfaces = surface_counts(tokens, *tags, background.labels).reshape(len(gold), 3, len(background.labels))
        classes = Breakdown(list(background.labels), surfaces.transpose(0, 2, 1), SPANS)
    return Parts(
        counts=counted(gold, pred, 1, lambda *_: 0)[:, 0],
        scale=SPANS,
        breakdowns={
            "class": classes,
            **span_breakdowns(tokens, gold, pred, known, train),
        },
        errors={"spans": span_errors(gold, pred)},
        confusions=confused(span_confusion(*tags)),
    )


def span_kinds(own: Sequence[Span], others: Sequence[Span]) -> list[str]:
    """Say of each span of one side what the other side has in its place.

    Args:
        own: Spans of a sentence, apart from each other.
        others: Those of the other side.

    Returns:
        ``correct`` (the same), ``wrong_type`` (the same boundaries), ``wrong_boundary`` (overlaps one of its type),
        ``both_wrong`` (overlaps some, none of its type) or ``alone``, for each of ``own``.
    """
    return [_kind(span, others) for span in own]


def _kind(span: Span, others: Sequence[Span]) -> str:
    near = [other for other in others if other.start < span.end and span.start < other.end]
    if span in near:
        return "correct"
    if any((other.start, other.end) == (span.start, span.end) for other in near):
        return "wrong_type"
    if any(other.type == span.type for other in near):
        return "wrong_boundary"
    return "both_wrong" if near else "alone"


def span_errors(gold: Spans, pred: Spans) -> Errors:
    """Count each kind on both sides; the sums are the official numbers of gold and of predicted spans."""
    return both_sides(
        (*_MATCHED, "missed", "spurious"),
        [
            (
                ["missed" if kind == "alone" else kind for kind in span_kinds(right, found)],
                ["spurious" if kind == "alone" else kind for kind in span_kinds(found, right)],
            )
            for right, found in zip(gold, pred, strict=True)
        ],
    )


def both_sides(kinds: Sequence[str], found: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Errors:
    """Count the kinds of the gold and of the predicted things of n sentences."""
    counts = np.zeros((len(found), len(kinds), 2), dtype=np.int64)
    for sentence, sides in enumerate(found):
        for side, own in enumerate(sides):
            for kind in own:
                counts[sentence, kinds.index(kind), side] += 1
    return Errors(kinds, counts)


def known_types(tokens: Iterable[Sequence[str]], spans: Spans) -> dict[tuple[str, ...], set[str]]:
    """Give the types that each surface has in n sentences."""
    known: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words, own in zip(tokens, spans, strict=True):
        for span in own:
            known[tuple(words[span.start : span.end])].add(span.type)
    return known


def span_breakdowns(
    tokens: Tokens, gold: Spans, pred: Spans, known: dict[tuple[str, ...], set[str]], train: Spans
) -> dict[str, Breakdown]:
    """Part spans by what train tells of their surface, and by their number of tokens.

    Args:
        tokens: Tokens of n sentences.
        gold: Their spans.
        pred: Their spans, predicted.
        known: Types of each surface in what was learnt.
        train: Spans of train, whose lengths cut the bins.
    """

    def familiar(sentence: int, span: Span) -> int:
        types = known.get(tuple(tokens[sentence][span.start : span.end]), set())
        return 0 if span.type in types else 1 if types else 2

    found = {"familiar": Breakdown(_FAMILIAR, counted(gold, pred, len(_FAMILIAR), familiar), SPANS)}
    lengths = [span.end - span.start for own in train for span in own]
    if lengths:
        bins = Bins.of(lengths)
        counts = counted(gold, pred, len(bins.names), lambda _, span: int(bins.places([span.end - span.start])[0]))
        found["span_length"] = Breakdown(bins.names, counts, SPANS)
    return found


def by_class(gold: Spans, pred: Spans) -> Breakdown:
    """Part spans by their type."""
    types = sorted({span.type for side in (gold, pred) for own in side for span in own})
    place = {kind: number for number, kind in enumerate(types)}
    return Breakdown(types, counted(gold, pred, len(types), lambda _, span: place[span.type]), SPANS)


def counted(gold: Spans, pred: Spans, number: int, group: Callable[[int, Span], int]) -> Counts:
    """Count correct, predicted and gold spans of each of n sentences in each group, shape (n, number, 3)."""
    counts = np.zeros((len(gold), number, 3), dtype=np.int64)
    for sentence, (right, found) in enumerate(zip(gold, pred, strict=True)):
        for column, spans in enumerate((set(right) & set(found), found, right)):
            for span in spans:
                counts[sentence, group(sentence, span), column] += 1
    return counts


def confused(confusion: Iterable[Sequence[str | int]]) -> list[tuple[str, str, int]]:
    """Keep the confusions of one type with another."""
    found = [(str(gold), str(pred), int(count)) for gold, pred, count in confusion]
    return [row for row in found if row[0] != row[1] and NO_SPAN not in row[:2]]
