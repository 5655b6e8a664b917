"""AdamW over what trains, and the learning rate as a function of progress."""

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal

import torch
from torch import nn

Schedule = Literal["linear", "cosine", "constant"]


def parameter_groups(
    network: nn.Module, head: Iterable[nn.Parameter], rate: float, head_rate: float, weight_decay: float
) -> list[dict[str, Any]]:
    """Group what trains by learning rate and weight decay.

    Embeddings, biases and norms get no decay: decay would move the rows of embeddings that no batch uses.

    Args:
        network: The network; parameters without gradient are left out.
        head: Parameters of the head.
        rate: Learning rate of the encoder.
        head_rate: Learning rate of the head.
        weight_decay: Weight decay of AdamW.

    Returns:
        Groups for a torch optimiser, each with ``initial_lr``.
    """
    heads = {id(parameter) for parameter in head}
    embedded = {id(module.weight) for module in network.modules() if isinstance(module, nn.Embedding)}
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for parameter in network.parameters():
        if parameter.requires_grad:
            decay = 0.0 if parameter.ndim < 2 or id(parameter) in embedded else weight_decay  # noqa: PLR2004
            groups.setdefault((head_rate if id(parameter) in heads else rate, decay), []).append(parameter)
    return [
        {"params": parameters, "lr": lr, "initial_lr": lr, "weight_decay": decay}
        for (lr, decay), parameters in groups.items()
    ]


def adamw(groups: list[dict[str, Any]], device: str) -> torch.optim.Optimizer:
    """Make AdamW, fused into one kernel where torch has it."""
    return torch.optim.AdamW(groups, fused=device in ("cpu", "cuda"))


def schedule_factor(schedule: Schedule, steps: int, warmup: float) -> Callable[[int], float]:
    """Give the function from the number of finished steps to the factor of the learning rate.

    Args:
        schedule: What follows the warm-up: linear or cosine to 0, or constant.
        steps: Steps of the whole training.
        warmup: Share of the steps in which the rate rises linearly from 0.
    """
    rising = math.ceil(steps * warmup - 1e-9)  # 100 × 0.07 is a little more than 7

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / (rising + 1)
        left = (steps - step) / max(1, steps - rising)
        if schedule == "linear":
            return left
        return 1.0 if schedule == "constant" else (1 - math.cos(math.pi * left)) / 2

    return factor
