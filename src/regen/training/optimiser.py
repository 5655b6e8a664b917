"""The optimiser over what trains, and the learning rate as a function of progress."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

import torch
from torch import nn

Schedule = Literal["linear", "cosine", "polynomial", "constant"]
Kind = Literal["adamw", "sgd", "adafactor"]


def parameter_groups(
    network: nn.Module,
    head: Iterable[nn.Parameter],
    rate: float,
    head_rate: float,
    weight_decay: float,
    factors: Mapping[int, float] | None = None,
    undecayed: Collection[nn.Parameter] = (),
) -> list[dict[str, Any]]:
    """Group what trains by learning rate and weight decay.

    Embeddings, biases and norms get no decay: decay would move the rows of embeddings that no batch uses.

    Args:
        network: The network; parameters without gradient are left out.
        head: Parameters of the head.
        rate: Learning rate of the encoder.
        head_rate: Learning rate of the head.
        weight_decay: Weight decay of what has one.
        factors: ``id`` of a parameter of the encoder -> factor of its learning rate, where that is not 1.
        undecayed: Further parameters that get no decay.

    Returns:
        Groups for a torch optimiser, each with ``initial_lr``; those with the rate of the encoder come first.
    """
    rates = {key: rate * factor for key, factor in (factors or {}).items()}
    rates |= {id(parameter): head_rate for parameter in head}
    embedded = {id(module.weight) for module in network.modules() if isinstance(module, nn.Embedding)}
    embedded |= set(map(id, undecayed))
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for parameter in network.parameters():
        if parameter.requires_grad:
            decay = 0.0 if parameter.ndim < 2 or id(parameter) in embedded else weight_decay  # noqa: PLR2004
            groups.setdefault((rates.get(id(parameter), rate), decay), []).append(parameter)
    return [
        {"params": parameters, "lr": lr, "initial_lr": lr, "weight_decay": decay}
        for (lr, decay), parameters in sorted(groups.items(), key=lambda group: group[0][0] != rate)
    ]


def make_optimiser(
    kind: Kind, groups: list[dict[str, Any]], device: str, momentum: float = 0.0
) -> torch.optim.Optimizer:
    """Make an optimiser, fused into one kernel where torch has that.

    Args:
        kind: AdamW (Loshchilov and Hutter 2019), SGD, or Adafactor (Shazeer and Stern 2018), which keeps only the sums
            of its moments over rows and columns and takes the learning rate relative to the size of the weights.
        groups: Of :func:`parameter_groups`.
        device: Kind of the device.
        momentum: Of SGD.
    """
    fused = device in ("cpu", "cuda")
    if kind == "adamw":
        return torch.optim.AdamW(groups, fused=fused)
    if kind == "sgd":
        return torch.optim.SGD(groups, momentum=momentum, fused=fused)
    return torch.optim.Adafactor(groups)


def schedule_factor(schedule: Schedule, steps: int, warmup: float, power: float = 1.0) -> Callable[[int], float]:
    """Give the function from the number of finished steps to the factor of the learning rate.

    Args:
        schedule: What follows the warm-up: linear, cosine or polynomial to 0, or constant.
        steps: Steps of the whole training.
        warmup: Share of the steps in which the rate rises linearly from 0.
        power: Of the polynomial: the share of the steps that is left, to this power.
    """
    rising = math.ceil(steps * warmup - 1e-9)  # 100 × 0.07 is a little more than 7

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / (rising + 1)
        left = (steps - step) / max(1, steps - rising)
        if schedule == "linear":
            return left
        if schedule == "polynomial":
            return float(left**power)
        return 1.0 if schedule == "constant" else (1 - math.cos(math.pi * left)) / 2

    return factor
