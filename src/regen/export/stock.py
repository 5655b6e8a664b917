"""Weights of a fitted network under the names of transformers' own classes.

A linear head on the vectors of pieces is what the token classification classes hold. For a whole text, the logits of
the mean vector are the mean of the logits of its vectors, as the head is linear. The text classification classes put
a dense layer and tanh between the first vector and the linear layer. tanh(x) = x (1 - x²/3 + …), so for |x| < 2^-12
tanh(x) is x to the last of 24 bits, and multiplying by a power of two is exact: a dense layer of 2^-k times the
identity, and 2^k times the head's weights, pass the vector through unchanged.
"""

from math import ceil, log2, sqrt
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PreTrainedConfig,
    PreTrainedModel,
)

from regen.errors import UserError
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.tuning import Prefix, Prompt, PTuning

Form = Literal["tagging", "characters", "texts", "first"]
"""Linear on pieces; body and head of their own; linear on pieces, then pooled; text classification on the first."""

HEAD = "head.safetensors"
_TANH = frozenset({"albert", "bert", "camembert", "deberta", "deberta-v2", "ernie", "roberta", "xlm-roberta"})
"""Types whose text classification is dense, tanh, linear on the first vector of a last layer that ends in a norm."""
_IDENTITY_BITS = 12


def form_of(setup: Setup, model_type: str) -> Form:
    """Say in which form transformers' own classes can hold a network exactly.

    Args:
        setup: Options and task type.
        model_type: Type of the encoder in transformers.

    Raises:
        UserError: There is none for the task type, the head or the tuning method.
    """
    if isinstance(setup.options.tuning, Prefix | Prompt | PTuning):
        raise UserError(
            f"models tuned with {setup.options.tuning.type} have no exported form, since transformers' classes have no "
            "place for virtual tokens; load them with regen"
        )
    if setup.task_type == "span_qa":
        raise UserError("models that answer questions (task type span_qa) have no exported form; load them with regen")
    if setup.options.head != "softmax":
        raise UserError(
            f"models with the head {setup.options.head} have no exported form, since transformers' classes know no "
            "head for tags but softmax; load them with regen"
        )
    if setup.task_type == "tagging":
        return "characters" if setup.options.characters else "tagging"
    return "first" if setup.options.pooling == "first" and model_type in _TANH else "texts"


def save_stock(network: Network, setup: Setup, encoder: Path, form: Form, folder: Path) -> None:
    """Write config.json and model.safetensors, and head.safetensors for characters; 32-bit floats.

    Raises:
        UserError: The token classification of this type of encoder is no linear layer.
    """
    config = AutoConfig.from_pretrained(encoder)
    config.id2label = dict(enumerate(setup.labels))
    config.label2id = {label: number for number, label in enumerate(setup.labels)}
    config.dtype = "float32"
    if form == "characters":
        stock: PreTrainedModel = AutoModel.from_config(config, dtype=torch.float32)
        setattr(stock, "pooler", None)  # noqa: B010  # assigning it is no type that the checker knows
        stock.load_state_dict(_body(network))
        save_file(_contiguous(network.head.state_dict()), folder / HEAD, metadata={"format": "pt"})
    elif form == "first":
        stock = _first(network, config)
    else:
        stock = _linear(network, config)
    stock.save_pretrained(folder)


def _body(network: Network, prefix: str = "") -> dict[str, Tensor]:
    return {f"{prefix}{name}": value for name, value in network.body.state_dict().items()}


def _contiguous(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.contiguous() for name, value in tensors.items()}


def _added(stock: PreTrainedModel, network: Network) -> dict[str, nn.Module]:
    """Give the modules with weights that a class adds to the body, in order."""
    known = {f"{stock.base_model_prefix}.{name}" for name in network.body.state_dict()}
    return {
        name: module
        for name, module in stock.named_modules()
        if any(f"{name}.{own}" not in known for own, _ in module.named_parameters(recurse=False))
    }


def _linear(network: Network, config: PreTrainedConfig) -> PreTrainedModel:
    stock: PreTrainedModel = AutoModelForTokenClassification.from_config(config, dtype=torch.float32)
    added = _added(stock, network)
    if list(map(type, added.values())) != [nn.Linear]:
        raise UserError(
            f"encoder type {config.model_type}: token classification in transformers adds {', '.join(added)}, expected "
            "one linear layer; this model cannot be exported exactly"
        )
    (name,) = added
    head = {f"{name}.{own}": value for own, value in network.head.out.state_dict().items()}
    stock.load_state_dict(_body(network, f"{stock.base_model_prefix}.") | head)
    return stock


def _first(network: Network, config: PreTrainedConfig) -> PreTrainedModel:
    if hasattr(config, "pooler_hidden_act"):
        config.pooler_hidden_act = "tanh"  # DeBERTa lets it be chosen
    stock: PreTrainedModel = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    dense, out = _added(stock, network)
    hidden, scale = config.hidden_size, _scale(network.body)
    head = {
        f"{dense}.weight": torch.eye(hidden) / scale,
        f"{dense}.bias": torch.zeros(hidden),
        f"{out}.weight": network.head.out.weight * scale,
        f"{out}.bias": network.head.out.bias,
    }
    stock.load_state_dict(_body(network, f"{stock.base_model_prefix}.") | head)
    return stock


def _scale(body: PreTrainedModel) -> float:
    """Give a power of two by which to divide vectors so that tanh leaves them as they are.

    A layer norm gives at most sqrt(hidden) |weight| + |bias| in each place; the last layer ends in one of the norms.
    """
    norms = [module for module in body.modules() if isinstance(module, nn.LayerNorm)]
    bounds = [sqrt(len(norm.weight)) * norm.weight.detach().abs() + norm.bias.detach().abs() for norm in norms]
    return 2.0 ** (ceil(log2(max(bound.max().item() for bound in bounds))) + _IDENTITY_BITS)
