"""Virtual tokens: vectors before an input, or keys and values before those of each layer; PEFT makes the vectors.

PEFT's own models drop token types and shift the input's places, which pairs of texts and trained positions need; so the
vectors are put in here.
"""

from abc import ABC, abstractmethod
from typing import Any, cast

import torch
from peft import (
    PrefixEncoder,
    PrefixTuningConfig,
    PromptEmbedding,
    PromptEncoder,
    PromptEncoderConfig,
    PromptTuningConfig,
)
from torch import Tensor, nn
from transformers import PreTrainedModel

from regen.encoders.attention import number_attention
from regen.errors import UserError
from regen.estimators.encoder.tuning import Prefix, Prompt, PTuning
from regen.training.batches import Ints


class Tokens(nn.Module, ABC):
    """Virtual tokens that a network gives.

    Attributes:
        count: How many.
    """

    def __init__(self, network: nn.Module, count: int) -> None:
        """Take a network that gives vectors of numbers, and how many there are."""
        super().__init__()
        self.network, self.count = network, count
        self.numbers: Tensor
        self.register_buffer("numbers", torch.arange(count)[None], persistent=False)

    @abstractmethod
    def forward(self, body: PreTrainedModel, told: dict[str, Tensor]) -> Tensor:
        """Run a body with the virtual tokens: what it takes → shape (rows, width, hidden), virtual tokens left out."""


class InputTokens(Tokens):
    """Virtual tokens before the pieces of an input; they take places, and have token type 0."""

    def forward(self, body: PreTrainedModel, told: dict[str, Tensor]) -> Tensor:
        """Run a body over virtual tokens and pieces."""
        ids = told["input_ids"]
        vectors = self.network(self.numbers).expand(len(ids), -1, -1)
        before = (self.count, 0)
        further = {"attention_mask": nn.functional.pad(told["attention_mask"], before, value=1)}
        if "token_type_ids" in told:
            further["token_type_ids"] = nn.functional.pad(told["token_type_ids"], before)
        pieces = body.get_input_embeddings()(ids)
        hidden: Tensor = body(inputs_embeds=torch.cat([vectors, pieces], dim=1), **further).last_hidden_state
        return hidden[:, self.count :]


class LayerTokens(Tokens):
    """Keys and values before those of each attention layer; they take no places.

    Layers that share their weights (ALBERT) share them, too.
    """

    def __init__(self, network: nn.Module, count: int, heads: int) -> None:
        """Take the network, and how many heads the attention has."""
        super().__init__(network, count)
        self._heads = heads

    def forward(self, body: PreTrainedModel, told: dict[str, Tensor]) -> Tensor:
        """Run a body whose attention sees the virtual tokens, too."""
        given = self.network(self.numbers)[0]
        width = body.config.hidden_size // self._heads
        prefix = given.view(self.count, -1, 2, self._heads, width).permute(1, 2, 3, 0, 4)
        hidden: Tensor = body(**told, regen_prefix=prefix).last_hidden_state
        return hidden


def virtual_tokens_of(body: PreTrainedModel, method: Prefix | Prompt | PTuning, rows: Ints | None = None) -> Tokens:
    """Make the virtual tokens of a method for a body, with random weights.

    Args:
        body: The encoder.
        method: The tuning method.
        rows: Rows of the table of embeddings that a prompt may begin as; ``None`` for all.

    Raises:
        UserError: The body's attention takes no keys and values from elsewhere.
    """
    if isinstance(method, Prefix):
        return _layer_tokens(body, method)
    embedding = cast(nn.Embedding, body.get_input_embeddings())
    width = embedding.embedding_dim
    shape: dict[str, Any] = {"num_virtual_tokens": method.tokens, "token_dim": width, "num_transformer_submodules": 1}
    if isinstance(method, Prompt):
        network = PromptEmbedding(PromptTuningConfig(**shape), embedding)
        allowed = torch.arange(len(embedding.weight)) if rows is None else torch.from_numpy(rows)
        pieces = allowed[torch.randint(len(allowed), (method.tokens,))]
        network.embedding.weight.data.copy_(embedding.weight[pieces])  # PEFT looks pieces up by ids, which may be cut
        return InputTokens(network, method.tokens)
    config = PromptEncoderConfig(
        **shape,
        encoder_reparameterization_type=method.network.upper(),
        encoder_hidden_size=method.hidden or width,
    )
    return InputTokens(PromptEncoder(config), method.tokens)


def _layer_tokens(body: PreTrainedModel, method: Prefix) -> LayerTokens:
    layers = number_attention(body)
    if not layers:
        raise UserError(
            f"option 'tuning': prefix puts keys and values into the attention, and that of this encoder "
            f"({body.config.model_type}) takes none; take another method, such as p_tuning or lora"
        )
    config = PrefixTuningConfig(
        num_virtual_tokens=method.tokens,
        token_dim=body.config.hidden_size,
        num_layers=layers,
        prefix_projection=method.projection is not None,
        encoder_hidden_size=method.projection or 0,
    )
    return LayerTokens(PrefixEncoder(config), method.tokens, body.config.num_attention_heads)
