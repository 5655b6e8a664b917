"""Tag sequences as flat integer arrays, and the positions where spans start and stop.

The lenient rules are those of the conlleval script, version 2004-01-26 (E. Tjong Kim Sang, CoNLL shared tasks).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Sentences: TypeAlias = Sequence[Sequence[str]]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

# Prefixes that the script names; no rule tells the others apart, and "other" stands for them.
_PREFIXES = ("O", "B", "I", "E", ".", "[", "]", "other")
_BEGIN, _INSIDE, _OTHER = 1, 2, 7
# Prefixes of two tags in a row between which a span starts or ends, even if their types are equal.
_STARTS = frozenset({("B", "B"), ("I", "B"), ("O", "B"), ("O", "I"), ("E", "E"), ("E", "I"), ("O", "E")})
_ENDS = frozenset({("B", "B"), ("B", "O"), ("I", "B"), ("I", "O"), ("E", "E"), ("E", "I"), ("E", "O")})
_UNTYPED = frozenset({"O", "."})
_BRACKETS = frozenset({"[", "]"})


class Column(NamedTuple):
    """One side's tags; each array has one entry per position, shape (positions,)."""

    prefix: Ints  # class of the prefix: index in _PREFIXES
    type: Ints  # index in TagTable.types
    tag: Ints  # equal exactly where prefix and type are equal


class TagTable(NamedTuple):
    """Parallel tag sequences laid out flat, each sentence followed by one boundary position tagged ``O``."""

    columns: tuple[Column, ...]
    sentence: Ints  # (positions,): index of the sentence that a position, boundary included, belongs to
    is_token: Bools  # (positions,): false at boundaries
    sentences: int
    types: tuple[str, ...]  # sorted, starts with ""


class Spans(NamedTuple):
    """Spans as flat positions in ascending order; every array has the shape (spans,)."""

    start: Ints
    stop: Ints  # exclusive
    type: Ints


def split_tag(tag: str) -> tuple[str, str]:
    """Split a tag at its first hyphen into prefix and type; the type is "" where there is no hyphen.

    The type "0" becomes "" too: it is false in Perl, and the script replaces false types.
    """
    prefix, _, kind = tag.partition("-")
    return prefix, "" if kind == "0" else kind


def encode(*columns: Sentences) -> TagTable:
    """Lay out parallel tag sequences (the same sentences, tagged by several sides) as integer arrays.

    Raises:
        ValueError: the columns differ in their number of sentences, or in the number of tags of a sentence.
    """
    lengths = _common_lengths(columns)
    sentence = np.repeat(np.arange(len(lengths)), lengths + 1)
    is_token = np.ones(len(sentence), dtype=np.bool_)
    is_token[np.cumsum(lengths + 1) - 1] = False
    # A look-up of an unseen tag gives it the next number; boundaries are "O", the number 0.
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    flat = [np.full(len(sentence), numbers["O"], dtype=np.int64) for _ in columns]
    for codes, tags in zip(flat, columns, strict=True):
        codes[is_token] = np.fromiter(map(numbers.__getitem__, chain.from_iterable(tags)), np.int64)
    vocabulary, types = _vocabulary(numbers)
    encoded = tuple(Column(*(part[codes] for part in vocabulary)) for codes in flat)
    return TagTable(encoded, sentence, is_token, len(lengths), types)


def _common_lengths(columns: tuple[Sentences, ...]) -> Ints:
    lengths = [np.fromiter(map(len, column), np.int64) for column in columns]
    first = lengths[0]
    for other in lengths[1:]:
        shared = min(len(first), len(other))
        differing = np.flatnonzero(first[:shared] != other[:shared])
        if differing.size:
            at = int(differing[0])
            raise ValueError(f"sentence {at} has {first[at]} gold tags but {other[at]} predicted tags")
        if len(first) != len(other):
            raise ValueError(f"{len(first)} gold sentences but {len(other)} predicted: sentence {shared} has no pair")
    return first


def _vocabulary(tags: Iterable[str]) -> tuple[Column, tuple[str, ...]]:
    parts = [split_tag(tag) for tag in tags]
    types = tuple(sorted({"", *(kind for _, kind in parts)}))
    type_numbers = {kind: number for number, kind in enumerate(types)}
    part_numbers = {part: number for number, part in enumerate(dict.fromkeys(parts))}
    classes = {prefix: number for number, prefix in enumerate(_PREFIXES)}
    prefix = np.array([classes.get(prefix, _OTHER) for prefix, _ in parts])
    kind = np.array([type_numbers[kind] for _, kind in parts])
    return Column(prefix, kind, np.array([part_numbers[part] for part in parts])), types


def starts(before: str, prefix: str, other_type: bool) -> bool:
    """Say whether a span starts between two tags: conlleval's startOfChunk.

    Args:
        before: Prefix of the first tag.
        prefix: Prefix of the second tag.
        other_type: Whether their types differ.
    """
    return (before, prefix) in _STARTS or prefix in _BRACKETS or (other_type and prefix not in _UNTYPED)


def ends(before: str, prefix: str, other_type: bool) -> bool:
    """Say whether a span ends between two tags: conlleval's endOfChunk, with the arguments of ``starts``."""
    return (before, prefix) in _ENDS or before in _BRACKETS or (other_type and before not in _UNTYPED)


def edges(column: Column) -> tuple[Bools, Bools]:
    """Apply ``starts`` and ``ends`` between every position and the one before it.

    Returns:
        Two arrays of shape (positions,): a span starts at this position; a span ends before this position.
    """
    other_type = (_shifted(column.type) != column.type).astype(np.int64)
    cells = (_shifted(column.prefix), column.prefix, other_type)
    return _rule_table(starts)[cells], _rule_table(ends)[cells]


def _rule_table(rule: Callable[[str, str, bool], bool]) -> Bools:
    return np.array([[[rule(a, b, other) for other in (False, True)] for b in _PREFIXES] for a in _PREFIXES])


def _shifted(values: Ints) -> Ints:
    """The value at the position before; ahead of the first one stands "O" of type "", both number 0."""
    return np.concatenate([np.zeros(1, dtype=np.int64), values])[:-1]


def lenient_spans(column: Column, is_token: Bools) -> Spans:
    """Cut spans by conlleval's rules: from a start to the next end, the next start or the end of the sentence."""
    start, end = edges(column)
    return _cut(column, np.flatnonzero(start), np.flatnonzero(start | end | ~is_token))


def strict_spans(column: Column) -> Spans:
    """Cut the spans of legal IOB2: a ``B-`` and the ``I-`` of the same type that follow it without a gap."""
    goes_on = (column.prefix == _INSIDE) & (_shifted(column.type) == column.type)
    return _cut(column, np.flatnonzero(column.prefix == _BEGIN), np.flatnonzero(~goes_on))


def _cut(column: Column, begins: Ints, stops: Ints) -> Spans:
    # The last position is a boundary and so among the stops: every begin has a stop behind it.
    return Spans(begins, stops[np.searchsorted(stops, begins, side="right")], column.type[begins])


def same_bounds(gold: Spans, pred: Spans) -> tuple[Ints, Ints]:
    """Pair gold and predicted spans with equal start and stop; gives the indices of the pairs on either side."""
    _, in_gold, in_pred = np.intersect1d(gold.start, pred.start, assume_unique=True, return_indices=True)
    equal = gold.stop[in_gold] == pred.stop[in_pred]
    return in_gold[equal], in_pred[equal]
