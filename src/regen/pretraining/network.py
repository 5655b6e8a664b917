"""A body with the head of masked language modelling over the pieces in use."""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from regen.encoders.body import CutEmbedding
from regen.estimators.encoder.inputs import IGNORED
from regen.training.loop import Collated


class MaskedHead(nn.Module):
    """From vectors to logits of the pieces in use: dense, GELU and norm, then the input embeddings and a bias.

    It is BERT's (Devlin et al. 2019), made anew: an imported encoder has none, and published ones are left out so that
    all encoders are pretrained alike. Embeddings of another width than the vectors (ALBERT, ELECTRA) are met by the
    dense layer.
    """

    def __init__(self, hidden: int, width: int, pieces: int) -> None:
        """Take the widths of vectors and embeddings, and the number of pieces in use."""
        super().__init__()
        self.dense = nn.Linear(hidden, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(pieces))
        nn.init.normal_(self.dense.weight, std=0.02)
        nn.init.zeros_(self.dense.bias)

    def forward(self, vectors: Tensor, embeddings: Tensor) -> Tensor:
        """Give logits: vectors (n, hidden) and embeddings (pieces, width) → (n, pieces)."""
        transformed = self.norm(nn.functional.gelu(self.dense(vectors)))
        return nn.functional.linear(transformed, embeddings, self.bias)


class MaskedModel(nn.Module):
    """Body and head."""

    def __init__(self, body: PreTrainedModel, embedding: CutEmbedding) -> None:
        """Take the body, and its embedding of the pieces in use."""
        super().__init__()
        self.body, self.embedding = body, embedding
        self.head = MaskedHead(body.config.hidden_size, embedding.embedding_dim, embedding.num_embeddings)

    def forward(self, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give the logits of the n pieces that are asked for, shape (n, pieces), and their numbers, shape (n,)."""
        told = {name: batch[name] for name in ("input_ids", "attention_mask")}
        hidden = self.body(**told).last_hidden_state
        asked = batch["labels"] != IGNORED
        return self.head(hidden[asked], self.embedding.weight).float(), batch["labels"][asked]


def loss_sum(network: nn.Module, batch: Collated) -> Tensor:
    """Give the cross entropy summed over the pieces that are asked for."""
    logits, labels = network(batch)
    return nn.functional.cross_entropy(logits, labels, reduction="sum")
