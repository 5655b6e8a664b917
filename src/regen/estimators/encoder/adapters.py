"""What a tuning method adds to an encoder's body, and what it leaves to train there; PEFT makes the layers."""

import re

from peft import AdaLoraConfig, IA3Config, LoraConfig, PeftConfig, inject_adapter_in_model
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn
from transformers import PreTrainedModel

from regen.errors import UserError
from regen.estimators.encoder.prompts import Tokens, virtual_tokens_of
from regen.estimators.encoder.tuning import AdaLora, BitFit, Ia3, Lora, Tuning
from regen.training.batches import Ints
from regen.training.noise import Noise, replace_dropout

ADAPTER = "default"
"""Name that PEFT gives an adapter where there is one only; it is part of its tensors' names."""
_IN_LAYER = re.compile(r"\.\d+\.")
_DEFAULTS = {
    "lora": re.compile(r".*\.(query|value)(_proj)?"),
    "adalora": re.compile(r".*"),
    "ia3": re.compile(r".*\.(key|value)(_proj)?|.*(?<!attention)\.output\.dense|.*\.ffn_output"),
}
"""Full names of linear layers in BERT, RoBERTa, XLM-R, ERNIE, ELECTRA; in DeBERTa (``_proj``) and ALBERT (``ffn``)."""
_FEEDFORWARD = re.compile(r".*\.(output\.dense|ffn_output)")
_PARTS_OF_IA3 = (re.compile(r".*\.key(_proj)?"), re.compile(r".*\.value(_proj)?"), _FEEDFORWARD)


def apply_method(body: PreTrainedModel, method: Tuning, noise: Noise, rows: Ints | None = None) -> Tokens | None:
    """Freeze the body but for what a method trains, and add what the method adds; torch's generator draws it.

    Args:
        body: The encoder; it is changed.
        method: The tuning method.
        noise: Source of dropout.
        rows: Rows of the table of embeddings that a prompt may begin as; ``None`` for all.

    Returns:
        The virtual tokens, which are no part of the body, if the method has any.

    Raises:
        UserError: The body has no layers that the method could change.
    """
    body.requires_grad_(False)
    if isinstance(method, BitFit):
        _train_biases(body)
        return None
    if isinstance(method, Lora | AdaLora | Ia3):
        inject_adapter_in_model(_config(body, method), body, ADAPTER)
        replace_dropout(body, noise)
        return None
    return virtual_tokens_of(body, method, rows)


def _train_biases(body: PreTrainedModel) -> None:
    biases = [value for name, value in body.named_parameters() if name.endswith("bias")]
    if not biases:
        raise UserError(f"option 'tuning': bitfit needs biases; this encoder ({body.config.model_type}) has none")
    for value in biases:
        value.requires_grad_(True)


def _config(body: PreTrainedModel, method: Lora | AdaLora | Ia3) -> PeftConfig:
    targets = _targets(body, method)
    if isinstance(method, Ia3):
        return IA3Config(target_modules=targets, feedforward_modules=list(filter(_FEEDFORWARD.fullmatch, targets)))
    if isinstance(method, AdaLora):
        return adalora_config(method, 1, targets)
    return LoraConfig(r=method.rank, lora_alpha=method.alpha, lora_dropout=method.dropout, target_modules=targets)  # type: ignore[arg-type]  # alpha may be a fraction


def adalora_config(method: AdaLora, steps: int, targets: list[str] | None = None) -> AdaLoraConfig:
    """Give PEFT's config of AdaLoRA over a number of steps.

    Args:
        method: The settings.
        steps: Steps of the training; the ranks fall between its initial and its final share.
        targets: Full names of the layers.
    """
    return AdaLoraConfig(
        target_modules=targets,
        init_r=method.first_rank,
        target_r=method.rank,
        tinit=int(method.initial * steps),
        tfinal=int(method.final * steps),
        total_step=steps,
        lora_alpha=method.alpha,  # type: ignore[arg-type]  # it may be a fraction
        lora_dropout=method.dropout,
    )


def _targets(body: PreTrainedModel, method: Lora | AdaLora | Ia3) -> list[str]:
    """Give the full names of the linear layers that a method changes."""
    linear = [name for name, module in body.named_modules() if isinstance(module, nn.Linear) and _IN_LAYER.search(name)]
    named = None if isinstance(method, Ia3) else method.targets
    if named is None:
        found = list(filter(_DEFAULTS[method.type].fullmatch, linear))
        complete = all(any(map(part.fullmatch, found)) for part in _PARTS_OF_IA3) if isinstance(method, Ia3) else found
        missing = [] if complete else ["the usual names"]
    else:
        found = [name for name in linear if any(f".{name}".endswith(f".{end}") for end in named)]
        missing = [f"'{end}'" for end in named if not any(f".{name}".endswith(f".{end}") for name in linear)]
    if missing:
        known = ", ".join(dict.fromkeys(_IN_LAYER.split(name)[-1] for name in linear)) or "none"
        raise UserError(
            f"option 'tuning.targets': found no layer of {missing[0]} for {method.type}, expected linear layers of "
            f"this encoder ({body.config.model_type}): {known}"
        )
    return found


def scales(body: nn.Module) -> list[nn.Parameter]:
    """Give what multiplies and begins as 1, so that weight decay towards 0 would not leave the encoder as it was."""
    return [value for name, value in body.named_parameters() if f".ia3_l.{ADAPTER}" in name]


def merge(body: nn.Module) -> None:
    """Put the sum or product of weights and adapter in the place of each layer that has one."""
    for name, module in list(body.named_modules()):
        if isinstance(module, BaseTunerLayer):
            module.merge()
            parent, _, child = name.rpartition(".")
            setattr(body.get_submodule(parent), child, module.get_base_layer())
