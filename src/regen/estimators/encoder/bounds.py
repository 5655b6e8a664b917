"""Spans by their bounds: a type for each unit where a span starts, and one where it ends.

Source: X. Li, J. Feng, Y. Meng, Q. Han, F. Wu and J. Li, A Unified MRC Framework for Named Entity Recognition, ACL
2020. There each type is asked for by a question of its own, and a third classifier says which start goes with which
end; here, as in the PyTorch baseline "span" for CLUENER2020, all types compete for the start and for the end at a unit,
and a start takes the nearest end of its type.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from regen.estimators.encoder.inputs import IGNORED, Inputs, Ragged
from regen.estimators.encoder.objectives import LabelOfEachUnit
from regen.scoring.spans import Span, extract_spans
from regen.training.loop import Collated

NO_BOUND = "O"
"""Label of units where no span starts, or ends."""


class StartAndEndOfEachUnit(LabelOfEachUnit):
    """Each unit has two labels, of its start and of its end: its logits are those of the start, then those of the end.

    ``labels`` has shape (rows, 2 * units): start and end of the first unit, then those of the second, and so on.
    """

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:
        """Sum the cross entropy over all starts and ends that are targets."""
        starts_and_ends, labels = _apart(logits, batch)
        return super().loss_sum(starts_and_ends, labels, smoothing)

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give starts and ends that are targets; classes are the types, and none."""
        return super().targets(*_apart(logits, batch))

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:  # noqa: ARG002
        """Give what sums to 1 over the labels of a start, and of an end, in the shape of the logits."""
        halves: Tensor = logits.unflatten(2, (2, -1))
        return halves.softmax(dim=-1).flatten(2)


def _apart(logits: Tensor, batch: Collated) -> tuple[Tensor, Collated]:
    """Give starts and ends as units of their own, shape (rows, 2 * units, labels)."""
    apart = logits.unflatten(2, (2, -1)).flatten(1, 2)
    lacking = apart.shape[1] - batch["labels"].shape[1]  # where all sentences are empty
    return apart, {"labels": nn.functional.pad(batch["labels"], (0, lacking), value=IGNORED)}


def bound_labels(sentences: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Give ``O`` and then the types of the spans that tags of sentences make, sorted."""
    return (NO_BOUND, *sorted({span.type for tags in sentences for span in extract_spans(tags)}))


def numbered_bounds(tags: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Give the numbers of a sentence's starts and ends, two for each token; ``IGNORED`` where a type is not known.

    Args:
        tags: Tags of IOB2.
        labels: ``O`` and the types.
    """
    numbers = {kind: number for number, kind in enumerate(labels[1:], 1)}
    bounds = [0] * (2 * len(tags))
    for start, end, kind in extract_spans(tags):
        bounds[2 * start] = bounds[2 * end - 1] = numbers.get(kind, IGNORED)
    return bounds


def rows_of_bounds(inputs: Inputs, sentences: Sequence[Sequence[int]]) -> Ragged:
    """Give each row its part of what ``numbered_bounds`` says of the sentences."""
    counts = [0] * len(inputs.owners) if inputs.units is None else inputs.units.lengths.tolist()
    parts = zip(inputs.owners.tolist(), inputs.firsts.tolist(), counts, strict=True)
    return Ragged.of([sentences[owner][2 * first : 2 * (first + count)] for owner, first, count in parts])


def found_spans(probabilities: NDArray[np.float32], labels: Sequence[str]) -> tuple[list[Span], float]:
    """Give the spans of a sentence from left to right, and the probability of all starts and ends, if each stood alone.

    A span goes from a start to the nearest end of the same type, at the same token or behind it. A start without an end
    makes none, and neither does one within a span before it.

    Args:
        probabilities: Of the labels of starts, then of those of ends; shape (tokens, 2 * labels).
        labels: ``O`` and the types.
    """
    both = probabilities.reshape(len(probabilities), 2, len(labels))
    score = float(np.exp(np.log(np.maximum(both.max(axis=2), 1e-30), dtype=np.float64).sum()))
    starts, ends = both.argmax(axis=2).T
    spans, free = [], 0
    for start in np.flatnonzero(starts).tolist():
        matching = np.flatnonzero(ends[start:] == starts[start])
        if start >= free and len(matching):
            free = start + int(matching[0]) + 1
            spans.append(Span(start, free, labels[starts[start]]))
    return spans, score
