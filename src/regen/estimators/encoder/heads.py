"""Which head tags tokens: softmax over the tags of each, a chain of tags, or the bounds of spans."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from regen.config.task_types import TaskType
from regen.encoders.pieces import Pieces
from regen.estimators.base import token_lists
from regen.estimators.chain import Chain
from regen.estimators.encoder.adaptations import ADAPTATIONS, Adaptation, Tagging
from regen.estimators.encoder.bounds import (
    StartAndEndOfEachUnit,
    bound_labels,
    found_spans,
    numbered_bounds,
    rows_of_bounds,
)
from regen.estimators.encoder.chains import ChainHead, TagsOfSentence, best_tags, edges_of
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.objectives import Objective
from regen.estimators.encoder.options import HeadName, Options
from regen.estimators.encoder.outputs import Probabilities
from regen.scoring.spans import spans_to_iob2
from regen.training.noise import Noise


class ChainTagging(Tagging):
    """Sentences whose tags are a chain: what the network says of a unit are emissions."""

    def __init__(self, chain: Chain | None = None) -> None:
        """Take the chain of a network; ``None`` before there is one, when rows and heads are made."""
        self._chain = chain

    @property
    def chain(self) -> Chain:
        """The chain.

        Raises:
            ValueError: No network was given.
        """
        if self._chain is None:
            raise ValueError("the chain of a network is needed")
        return self._chain

    @property
    def objective(self) -> Objective:
        """Logits are emissions."""
        return TagsOfSentence(self.chain)

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make windows of the sentences, and say which hold a sentence's first and last token."""
        inputs = super().inputs(examples, pieces, options, labels)
        return replace(inputs, edges=edges_of(inputs))

    def head(self, hidden: int, labels: tuple[str, ...], dropout: float, noise: Noise, options: Options) -> ChainHead:
        """Make a head with a chain, whose scores begin as 0."""
        return ChainHead(hidden, labels, dropout, noise, places=options.characters)

    def decoded(self, sentences: Sequence[Probabilities], labels: tuple[str, ...]) -> list[tuple[list[str], float]]:
        """Take the most probable tags of each sentence; the score is their probability."""
        found = best_tags(self.chain, sentences)
        return [([labels[number] for number in path], score) for path, score in found]


class SpanTagging(Tagging):
    """Sentences whose spans are known by their bounds: labels are the types, and none."""

    @property
    def objective(self) -> Objective:
        """Logits are those of starts, then those of ends."""
        return StartAndEndOfEachUnit()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """Give ``O`` and then the types that train holds, sorted."""
        return bound_labels(token_lists(train, "tags"))

    def outputs(self, labels: tuple[str, ...]) -> int:
        """Give the number of logits of each unit: two for each label."""
        return 2 * len(labels)

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make windows of the sentences, with a start and an end for each unit."""
        inputs = super().inputs(examples.drop(columns="tags", errors="ignore"), pieces, options, labels)
        if "tags" not in examples:
            return inputs
        bounds = [numbered_bounds(tags, labels) for tags in token_lists(examples, "tags")]
        return replace(inputs, labels=rows_of_bounds(inputs, bounds))

    def decoded(self, sentences: Sequence[Probabilities], labels: tuple[str, ...]) -> list[tuple[list[str], float]]:
        """Take the spans from the most probable starts and ends; the score is the probability of all of these."""
        found = [found_spans(values, labels) for values in sentences]
        return [
            (spans_to_iob2(spans, len(values)), score) for (spans, score), values in zip(found, sentences, strict=True)
        ]


_HEADS: dict[HeadName, Adaptation] = {
    "softmax": ADAPTATIONS["tagging"],
    "crf": ChainTagging(),
    "span": SpanTagging(),
}


def adaptation_of(task_type: TaskType, head: HeadName) -> Adaptation:
    """Give what a task type asks of an encoder with a head; types but tagging have one of their own."""
    return _HEADS[head] if task_type == "tagging" else ADAPTATIONS[task_type]


def chain_of(network: Network) -> Chain | None:
    """Give the chain of a network's head, if it has one."""
    return network.head.chain if isinstance(network.head, ChainHead) else None
