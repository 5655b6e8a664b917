"""How each task type meets an encoder: its labels, inputs and decoded outputs."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from regen.config.task_types import TaskType
from regen.encoders.pieces import Pieces
from regen.estimators.base import Predictions, token_lists
from regen.estimators.choices import chosen
from regen.estimators.encoder.choices import choice_inputs
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.network import Head, PairHead
from regen.estimators.encoder.objectives import ChoiceOfExample, LabelOfEachUnit, Objective, UnitOfEachLabel
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.outputs import Probabilities
from regen.estimators.encoder.questions import answers, question_inputs
from regen.estimators.encoder.relations import (
    NO_RELATION,
    found_entities,
    relation_inputs,
    relation_labels,
    relation_predictions,
    with_pairs,
)
from regen.estimators.encoder.spans import span_inputs
from regen.estimators.encoder.tagging import joined, tagging_inputs
from regen.estimators.encoder.texts import text_inputs
from regen.estimators.keywords import keyword_pairs
from regen.training.noise import Noise


class Adaptation(Protocol):
    """What a task type asks of an encoder.

    Attributes:
        words: Whether examples come as words that are tokenised one by one.
    """

    words: bool

    @property
    def objective(self) -> Objective:
        """What the network's logits are taken for."""
        ...

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:
        """Give what the model may answer, in the order of the head's outputs."""
        ...

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Turn n examples into rows; answers are taken along where they are given."""
        ...

    def head(
        self, hidden: int, labels: tuple[str, ...], dropout: float, noise: Noise, options: Options
    ) -> Head | PairHead:
        """Make the head over vectors of a width, with random weights."""
        ...

    def asked(self, inputs: Inputs, outputs: Sequence[Probabilities], labels: tuple[str, ...]) -> Inputs | None:
        """Give the same rows with the pairs that the outputs lead to; ``None`` if there are no pairs to ask for."""
        ...

    def predictions(
        self,
        examples: pd.DataFrame,
        inputs: Inputs,
        outputs: Sequence[Probabilities],
        options: Options,
        labels: tuple[str, ...],
    ) -> Predictions:
        """Decode what the network says of the rows into one answer for each of n examples."""
        ...


class _PlainHead:
    """Of task types whose units are all that is asked for.

    Attributes:
        vectors: How many of the encoder's vectors stand for a unit, one after the other.
    """

    vectors = 1

    def outputs(self, labels: tuple[str, ...]) -> int:
        """Give the number of logits of each unit: one for each label."""
        return len(labels)

    def head(self, hidden: int, labels: tuple[str, ...], dropout: float, noise: Noise, options: Options) -> Head:
        """Make a head whose logits are those of each unit."""
        return Head(hidden * self.vectors, self.outputs(labels), dropout, noise, places=options.characters)

    def asked(
        self,
        inputs: Inputs,  # noqa: ARG002
        outputs: Sequence[Probabilities],  # noqa: ARG002
        labels: tuple[str, ...],  # noqa: ARG002
    ) -> Inputs | None:
        """Ask for no pairs."""
        return None


class Texts(_PlainHead):
    """Texts and pairs of texts: a row for each, a label for each row."""

    words = False
    objective: Objective = LabelOfEachUnit()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:
        """Give the labels that train holds, in the order of the label set."""
        found = set(train["label"])
        return tuple(label for label in labels if label in found)

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make a row of each example."""
        return text_inputs(examples, pieces, options.max_length, labels)

    def predictions(
        self,
        examples: pd.DataFrame,  # noqa: ARG002
        inputs: Inputs,  # noqa: ARG002
        outputs: Sequence[Probabilities],
        options: Options,  # noqa: ARG002
        labels: tuple[str, ...],
    ) -> Predictions:
        """Take the most probable label; the score is its probability."""
        values = np.concatenate(outputs)
        names = np.array(labels, dtype=object)
        return Predictions(names[values.argmax(axis=1)].tolist(), values.max(axis=1).astype(np.float64))


class Keywords(Texts):
    """Texts with keywords: pairs of the joined keywords and the text."""

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make a row of each example."""
        return text_inputs(keyword_pairs(examples), pieces, options.max_length, labels)


class Coreference(Texts):
    """Texts with two spans: the vector of the text, and the means of the vectors of each span."""

    vectors = 3

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make a row of each example, both spans marked in it."""
        return span_inputs(examples, pieces, options.max_length, labels)


class Tagging(_PlainHead):
    """Sentences: a row for each window, a tag for each token."""

    words = True

    @property
    def objective(self) -> Objective:
        """Logits are those of each token's tags."""
        return LabelOfEachUnit()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """Give ``O`` and then the tags that train holds, sorted."""
        tags = {tag for row in token_lists(train, "tags") for tag in row}
        return ("O", *sorted(tags - {"O"}))

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make windows of the sentences."""
        return tagging_inputs(
            examples,
            pieces,
            options.max_length,
            options.stride,
            labels,
            characters=options.characters,
            context=options.context,
        )

    def predictions(
        self,
        examples: pd.DataFrame,
        inputs: Inputs,
        outputs: Sequence[Probabilities],
        options: Options,  # noqa: ARG002
        labels: tuple[str, ...],
    ) -> Predictions:
        """Take the tags that :meth:`decoded` finds."""
        lengths = [len(tokens) for tokens in token_lists(examples, "tokens")]
        found = self.decoded(joined(inputs, outputs, lengths), labels)
        return Predictions([tags for tags, _ in found], np.array([score for _, score in found], dtype=np.float64))

    def decoded(self, sentences: Sequence[Probabilities], labels: tuple[str, ...]) -> list[tuple[list[str], float]]:
        """Take the most probable tag of each token; the score is the probability of all, if each stood alone.

        Args:
            sentences: Of each sentence, what the network gives for its tokens, shape (tokens, outputs).
            labels: What the outputs stand for.

        Returns:
            Of each sentence a tag for each token, and how sure the model is of all.
        """
        names = np.array(labels, dtype=object)
        scores = [np.exp(np.log(np.maximum(values.max(axis=1), 1e-30), dtype=np.float64).sum()) for values in sentences]
        tags = [names[values.argmax(axis=1)].tolist() for values in sentences]
        return list(zip(tags, scores, strict=True))


class MultipleChoice(_PlainHead):
    """Choices: a row for each, with one logit; those of an example compete."""

    words = False
    objective: Objective = ChoiceOfExample()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """Give the label set; a choice may be right in any place."""
        return tuple(labels)

    def outputs(self, labels: tuple[str, ...]) -> int:  # noqa: ARG002
        """Give one: the score of a choice."""
        return 1

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:  # noqa: ARG002
        """Make a row of each choice."""
        return choice_inputs(examples, pieces, options.max_length)

    def predictions(
        self,
        examples: pd.DataFrame,
        inputs: Inputs,  # noqa: ARG002
        outputs: Sequence[Probabilities],
        options: Options,
        labels: tuple[str, ...],  # noqa: ARG002
    ) -> Predictions:
        """Take a choice of each example; the score is its probability among them."""
        return chosen(examples, np.concatenate(outputs)[:, 0], options.assignment)


class SpanQa(_PlainHead):
    """Questions about passages: a row for each window, a start and an end in each row."""

    words = False
    objective: Objective = UnitOfEachLabel()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """Give the two ends of an answer."""
        return ("start", "end")

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:  # noqa: ARG002
        """Make windows of the passages."""
        return question_inputs(examples, pieces, options.max_length, options.stride, options.characters)

    def predictions(
        self,
        examples: pd.DataFrame,
        inputs: Inputs,
        outputs: Sequence[Probabilities],
        options: Options,
        labels: tuple[str, ...],  # noqa: ARG002
    ) -> Predictions:
        """Take the most probable part of each passage; the score is the probability of its start times its end's."""
        return Predictions(*answers(examples["context"].tolist(), inputs, outputs, options.answer_length))


class Relations:
    """Sentences: a row for each, a tag for each token, a label for each pair of entities."""

    words = True
    objective: Objective = LabelOfEachUnit()

    def known_labels(self, train: pd.DataFrame, labels: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """Give tags, then what pairs may be."""
        return relation_labels(train)

    def inputs(self, examples: pd.DataFrame, pieces: Pieces, options: Options, labels: tuple[str, ...]) -> Inputs:
        """Make a row of each sentence; what does not fit is cut."""
        return relation_inputs(examples, pieces, options.max_length, labels)

    def head(
        self,
        hidden: int,
        labels: tuple[str, ...],
        dropout: float,
        noise: Noise,
        options: Options,  # noqa: ARG002
    ) -> PairHead:
        """Make a head for tokens and pairs."""
        tags = labels.index(NO_RELATION)
        return PairHead(hidden, tags, len(labels) - tags, dropout, noise)

    def asked(self, inputs: Inputs, outputs: Sequence[Probabilities], labels: tuple[str, ...]) -> Inputs | None:
        """Ask for every ordered pair of the entities that the tags give."""
        return with_pairs(inputs, found_entities(inputs, outputs, labels))

    def predictions(
        self,
        examples: pd.DataFrame,  # noqa: ARG002
        inputs: Inputs,
        outputs: Sequence[Probabilities],
        options: Options,  # noqa: ARG002
        labels: tuple[str, ...],
    ) -> Predictions:
        """Take the most probable tag of each token and label of each pair."""
        return relation_predictions(inputs, outputs, labels)


ADAPTATIONS: dict[TaskType, Adaptation] = {
    "classification": Texts(),
    "coreference": Coreference(),
    "keyword_match": Keywords(),
    "multiple_choice": MultipleChoice(),
    "pair_classification": Texts(),
    "relation_extraction": Relations(),
    "span_qa": SpanQa(),
    "tagging": Tagging(),
}
"""Task type -> how it meets an encoder."""
