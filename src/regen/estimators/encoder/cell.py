"""What a cell's config and examples mean for the encoder: labels, inputs, network, decoded predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from regen.encoders.body import cut_embedding, load_body
from regen.encoders.pieces import Pieces
from regen.encoders.prefix import freeze
from regen.estimators.base import Predictions, token_lists
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.network import Head, Network
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.outputs import Probabilities
from regen.estimators.encoder.tagging import joined, tagging_inputs
from regen.estimators.encoder.texts import text_inputs
from regen.training.batches import Ints
from regen.training.noise import Noise


@dataclass(frozen=True)
class Setup:
    """What the inputs and outputs of a cell look like.

    Attributes:
        options: Options of the estimator.
        task_type: Task type.
        labels: Labels or tags that the model may give, in the order of its outputs.
    """

    options: Options
    task_type: str
    labels: tuple[str, ...]

    def inputs(self, examples: pd.DataFrame, pieces: Pieces) -> Inputs:
        """Turn n examples into rows; labels are taken along where they are given."""
        options = self.options
        if self.task_type != "tagging":
            return text_inputs(examples, pieces, options.max_length, self.labels)
        return tagging_inputs(
            examples,
            pieces,
            options.max_length,
            options.stride,
            self.labels,
            characters=options.characters,
            context=options.context,
        )

    def network(self, encoder: Path, noise: Noise, seed: int, pieces: Ints | None = None) -> Network:
        """Build the network with the pretrained body and a random head.

        Args:
            encoder: Folder of the imported encoder.
            noise: Source of dropout.
            seed: Decides the head's first weights.
            pieces: Sorted numbers of the pieces in use; ``None`` for all.
        """
        options = self.options
        body = load_body(encoder, noise, options.dropout, options.attention_dropout)
        if pieces is not None:
            cut_embedding(body, pieces)
        frozen = 0
        if options.frozen_layers == "all":
            body.requires_grad_(False)
        elif options.frozen_layers:
            frozen = options.frozen_layers
            freeze(body, frozen)
        torch.manual_seed(seed)
        dropout = options.dropout if options.dropout is not None else getattr(body.config, "hidden_dropout_prob", 0.1)
        head = Head(body.config.hidden_size, len(self.labels), dropout, noise, places=options.characters)
        return Network(body, head, options.pooling, frozen)

    def predictions(self, examples: pd.DataFrame, inputs: Inputs, outputs: Sequence[Probabilities]) -> Predictions:
        """Decode: the most probable label of each unit.

        The score is the probability of the label; for a sentence, that of all its tags if each stood alone.
        """
        names = np.array(self.labels, dtype=object)
        if self.task_type != "tagging":
            values = np.concatenate(outputs)
            return Predictions(names[values.argmax(axis=1)].tolist(), values.max(axis=1).astype(np.float64))
        lengths = [len(tokens) for tokens in token_lists(examples, "tokens")]
        sentences = joined(inputs, outputs, lengths)
        scores = [np.exp(np.log(np.maximum(values.max(axis=1), 1e-30), dtype=np.float64).sum()) for values in sentences]
        tags = [names[values.argmax(axis=1)].tolist() for values in sentences]
        return Predictions(tags, np.array(scores, dtype=np.float64))


def known_labels(train: pd.DataFrame, task_type: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Give the labels that train holds, in the order of the label set; for tagging, ``O`` and then the tags, sorted."""
    if task_type == "tagging":
        tags = {tag for row in token_lists(train, "tags") for tag in row}
        return ("O", *sorted(tags - {"O"}))
    found = set(train["label"])
    return tuple(label for label in labels if label in found)
