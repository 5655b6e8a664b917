"""Attention of the training loop: torch's fused kernel, but for training on the CPU.

There the fused kernel has no dropout, and its backward pass was seen to take three times as long as plain products.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from regen.training.noise import Noise, dropped

NAME = "regen"
_NOISE = "regen_noise"
_PLACE = "regen_place"


def use_attention(body: PreTrainedModel, noise: Noise) -> None:
    """Let a body attend through this module, if its architecture lets the attention be chosen."""
    if not body._supports_sdpa:
        return
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, eager_mask)
    body.set_attn_implementation(NAME)
    for module in body.modules():
        if hasattr(module, "is_causal"):
            setattr(module, _NOISE, noise)


def number_attention(body: PreTrainedModel) -> int:
    """Number the layers that attend through this module, so that each finds its part of a prefix; give how many."""
    layers = [module for module in body.modules() if hasattr(module, _NOISE)]
    for place, layer in enumerate(layers):
        setattr(layer, _PLACE, place)
    return len(layers)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    regen_prefix: Tensor | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend, as transformers asks of an attention function.

    Args:
        module: The attention layer.
        query: Shape (rows, heads, tokens, width).
        key: Shape (rows, heads, tokens, width).
        value: Shape (rows, heads, tokens, width).
        attention_mask: Added to the scores, shape (rows, 1, tokens, tokens).
        dropout: Probability of dropping an attention weight.
        scaling: Factor of the scores.
        regen_prefix: Keys and values that all rows have before their own, for each numbered layer, shape (layers, 2,
            heads, length, width). It comes through the body, as a keyword that transformers hands on.

    Returns:
        Shape (rows, tokens, heads, width), and no attention weights.
    """
    if regen_prefix is not None:
        given = regen_prefix[getattr(module, _PLACE)].to(key.dtype).unsqueeze(1).expand(-1, len(key), -1, -1, -1)
        key, value = torch.cat([given[0], key], dim=2), torch.cat([given[1], value], dim=2)
        if attention_mask is not None:
            attention_mask = nn.functional.pad(attention_mask, (given.shape[3], 0))
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if module.training and query.device.type == "cpu":
        scores = (query @ key.transpose(-1, -2)).mul_(scale)
        weights = torch.softmax(scores if attention_mask is None else scores + attention_mask, dim=-1).to(value.dtype)
        mixed = (dropped(weights, dropout, getattr(module, _NOISE)) if dropout else weights) @ value
    else:
        mask = None if attention_mask is None else attention_mask.to(query.dtype)
        mixed = nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=dropout, scale=scale
        )
    return mixed.transpose(1, 2).contiguous(), None
