"""Scores of span surfaces: CLUENER2020's official rule (score.py of github.com/CLUEbenchmark/CLUENER2020)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regen.scoring.spans import Score, extract_spans

Ints = NDArray[np.int64]
Sentences = Sequence[Sequence[str]]


def surface_counts(tokens: Sentences, gold: Sentences, pred: Sentences, types: Sequence[str]) -> Ints:
    """Count surfaces: per sentence and type, the different strings that spans of this type cover.

    Where a surface stands and how often does not matter. Spans are found by conlleval's rules on both sides.

    Args:
        tokens: Tokens of each sentence: characters, so that a surface is the tokens without blanks between them.
        gold: Tags of the same sentences.
        pred: Predicted tags of the same sentences.
        types: Span types.

    Returns:
        For every type the surfaces on both sides, then for every type the predicted, then the gold ones; shape
        (sentences, 3 * types).

    Raises:
        ValueError: Different numbers of sentences, or of tags and tokens in a sentence.
    """
    counts = np.zeros((len(tokens), 3, len(types)), dtype=np.int64)
    for number, (words, *tags) in enumerate(zip(tokens, gold, pred, strict=True)):
        right, found = (_surfaces(words, sentence) for sentence in tags)
        for side, surfaces in enumerate((right & found, found, right)):
            for place, kind in enumerate(types):
                counts[number, side, place] = sum(of == kind for of, _ in surfaces)
    return counts.reshape(len(tokens), -1)


def _surfaces(words: Sequence[str], tags: Sequence[str]) -> set[tuple[str, str]]:
    if len(words) != len(tags):
        raise ValueError(f"found {len(tags)} tags for {len(words)} tokens")
    return {(span.type, "".join(words[span.start : span.end])) for span in extract_spans(tags)}


def surface_scores(counts: Ints, types: Sequence[str]) -> dict[str, Score]:
    """Sum the counts of all sentences and score each type."""
    sums = counts.sum(axis=0).reshape(3, len(types)).tolist()
    return {
        kind: {
            "precision": correct / predicted if predicted else 0.0,
            "recall": correct / gold if gold else 0.0,
            "f1": 2 * correct / (predicted + gold) if predicted + gold else 0.0,
            "correct": correct,
            "predicted": predicted,
            "gold": gold,
        }
        for kind, correct, predicted, gold in zip(types, *sums, strict=True)
    }
