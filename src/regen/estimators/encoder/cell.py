"""What a cell's config and examples mean for the encoder: labels, inputs, network, decoded predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from regen.config.task_types import TASK_TYPES, TaskType
from regen.encoders.body import cut_embedding, load_body
from regen.encoders.pieces import Pieces
from regen.encoders.prefix import freeze, freeze_embeddings
from regen.estimators.base import Predictions
from regen.estimators.encoder.adaptations import Adaptation
from regen.estimators.encoder.heads import ChainTagging, adaptation_of, chain_of
from regen.estimators.encoder.inputs import Collate, Inputs
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.outputs import predict_rows, units_of
from regen.training.batches import Ints
from regen.training.checkpointing import use_checkpointing
from regen.training.device import Hardware
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
    task_type: TaskType
    labels: tuple[str, ...]

    @classmethod
    def of(cls, options: Options, task_type: TaskType, train: pd.DataFrame, labels: Sequence[str]) -> "Setup":
        """Find what train, of a task with this label set, asks for."""
        return cls(options, task_type, adaptation_of(task_type, options.head).known_labels(train, labels))

    @property
    def adaptation(self) -> Adaptation:
        """What the task type asks of an encoder."""
        return adaptation_of(self.task_type, self.options.head)

    def adaptation_to(self, network: Network) -> Adaptation:
        """Give the same with what training and decoding take from a network's head."""
        chain = chain_of(network)
        return self.adaptation if chain is None else ChainTagging(chain)

    @property
    def hidden(self) -> list[str]:
        """Columns of the answer, and of what tells of it."""
        return list(TASK_TYPES[self.task_type].hidden)

    def inputs(self, examples: pd.DataFrame, pieces: Pieces) -> Inputs:
        """Turn n examples into rows; answers are taken along where they are given."""
        return self.adaptation.inputs(examples, pieces, self.options, self.labels)

    def network(
        self, encoder: Path, noise: Noise, seed: int, pieces: Ints | None = None, taught: Ints | None = None
    ) -> Network:
        """Build the network with the pretrained body, a random head, and what the tuning method adds.

        Args:
            encoder: Folder of the imported encoder.
            noise: Source of dropout.
            seed: Decides the first weights of what is added.
            pieces: Sorted numbers of the pieces in use; ``None`` for all.
            taught: Those of train, which alone may decide how a network begins; ``None`` for all in use.
        """
        options = self.options
        body = load_body(encoder, noise, options.dropout, options.attention_dropout)
        if pieces is not None:
            cut_embedding(body, pieces)
        if options.checkpointing:
            use_checkpointing(body, noise)
        frozen = 0
        if options.frozen_layers == "all":
            body.requires_grad_(False)
        elif options.frozen_layers == "embeddings":
            freeze_embeddings(body)
        elif options.frozen_layers:
            frozen = options.frozen_layers
            freeze(body, frozen)
        torch.manual_seed(seed)
        dropout = options.dropout if options.dropout is not None else getattr(body.config, "hidden_dropout_prob", 0.1)
        head = self.adaptation.head(body.config.hidden_size, self.labels, dropout, noise, options)
        tokens = None
        if options.tuning is not None:
            from regen.estimators.encoder.adapters import apply_method  # PEFT takes seconds to import

            rows = None if pieces is None or taught is None else np.searchsorted(pieces, taught)
            tokens = apply_method(body, options.tuning, noise, rows)
        return Network(body, head, options.pooling, frozen, options.dropout_samples, tokens)

    def answers(
        self, network: Network, examples: pd.DataFrame, inputs: Inputs, collate: Collate, hardware: Hardware
    ) -> tuple[Predictions, float]:
        """Let the network answer for each example, and give its mean loss on the labels of the rows.

        Args:
            network: In evaluation mode, on the device.
            examples: n examples.
            inputs: Their rows.
            collate: Makes batches of the rows.
            hardware: Device and precision.
        """
        adaptation = self.adaptation_to(network)
        outputs = predict_rows(network, inputs, collate, adaptation.objective, hardware)
        found = outputs.probabilities
        asked = adaptation.asked(inputs, found, self.labels)
        if asked is not None:
            again = predict_rows(network, asked, collate.of(asked), adaptation.objective, hardware).probabilities
            counts = units_of(inputs).tolist()
            found = [np.concatenate([a[:n], b[n:]]) for a, b, n in zip(found, again, counts, strict=True)]
        return adaptation.predictions(examples, inputs, found, self.options, self.labels), outputs.loss
