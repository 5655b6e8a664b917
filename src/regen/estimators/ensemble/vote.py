"""The spans that most of several taggers find.

A span, with its type, is elected if more than half of the voters find it (majority voting). If exactly half do, it is
elected if the scores of those add up to no less than the scores of the others. Only spans with equal sums on both sides
can be elected and overlap; of these the longer one stays, then the one that begins first, then the one whose type is
first in alphabetical order.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum

from regen.scoring.spans import Span, extract_spans, spans_to_iob2


def vote(answers: Sequence[Sequence[str]], scores: Sequence[float]) -> tuple[list[str], float]:
    """Elect the spans of one sentence.

    Args:
        answers: Tags of k voters, legal or not; their spans are those of conlleval's rules.
        scores: How sure each voter is of its tags; higher is surer.

    Returns:
        The elected spans as legal IOB2 tags; and the sum of the scores of those voters that found just these spans,
        divided by k: with probabilities, a lower bound of their mean for the sentence.
    """
    found = [extract_spans(tags) for tags in answers]
    spans = elect(found, scores)
    agreeing = fsum(score for own, score in zip(found, scores, strict=True) if own == spans)
    return spans_to_iob2(spans, len(answers[0])), agreeing / len(answers)


def elect(found: Sequence[Sequence[Span]], scores: Sequence[float]) -> list[Span]:
    """Elect spans, in their order.

    Args:
        found: What each of k voters found in a sentence.
        scores: How sure each of them is.
    """
    voters: dict[Span, set[int]] = defaultdict(set)
    for number, own in enumerate(found):
        for span in own:
            voters[span].add(number)
    elected = [span for span, numbers in voters.items() if _wins(numbers, scores)]
    elected.sort(key=lambda span: (span.start - span.end, span.start, span.type))
    kept: list[Span] = []
    for span in elected:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


def _wins(numbers: set[int], scores: Sequence[float]) -> bool:
    if 2 * len(numbers) != len(scores):
        return 2 * len(numbers) > len(scores)
    return fsum(scores[n] for n in numbers) >= fsum(score for n, score in enumerate(scores) if n not in numbers)
