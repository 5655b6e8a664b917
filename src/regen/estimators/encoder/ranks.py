"""AdaLoRA's training (Zhang et al. 2023): singular values are zeroed by importance, P and Q are kept orthogonal."""

from dataclasses import replace
from typing import Any

import torch
from peft.tuners.adalora.layer import RankAllocator
from torch import Tensor, nn

from regen.estimators.encoder.adapters import ADAPTER, adalora_config
from regen.estimators.encoder.tuning import AdaLora
from regen.training.events import Plugin
from regen.training.loop import Collated, Job, Loop

_AVERAGES = ("exp_avg_ipt", "exp_avg_unc")
"""What the allocator remembers of each matrix: averages of its importance and of how uncertain that is."""


class Ranks(Plugin):
    """After each step lets PEFT's allocator weigh the singular values and zero the least important ones.

    It stands for ``AdaLoraModel.update_and_allocate`` of PEFT, with a memory that can be kept and taken back.
    """

    def __init__(self, body: nn.Module, method: AdaLora, steps: int) -> None:
        """Take the body with its adapters, the settings, and the number of steps of the training."""
        self._body, self._left = body, steps - int(method.final * steps)
        self._allocator = RankAllocator(body, adalora_config(method, steps), ADAPTER)
        self._pattern: dict[str, list[bool]] = {}

    def on_update(self, loop: Loop) -> None:
        """Zero what is not important enough; steps count from 1, so that the last one reaches the last ranks."""
        step = loop.step + 1
        if step > self._left:
            self._allocator.mask_using_rank_pattern(self._body, self._pattern)
            return
        last = step == self._left
        if last:  # from here on the allocator itself looks at no gradients
            self._allocator.update_ipt(self._body)
        _, pattern = self._allocator.update_and_allocate(self._body, step, force_mask=last)
        self._pattern = pattern or self._pattern
        if last:
            self._allocator.reset_ipt()

    def facts(self) -> dict[str, Any]:
        """Give which singular values are left."""
        return {"pattern": self._pattern}

    def tensors(self) -> dict[str, Tensor]:
        """Give the averages."""
        return {f"{key}/{name}": value for key in _AVERAGES for name, value in getattr(self._allocator, key).items()}

    def restore(self, facts: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Take back what was kept."""
        self._pattern = facts["pattern"]
        places = dict(self._body.named_parameters())
        for key in _AVERAGES:
            prefix = f"{key}/"
            kept = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
            setattr(self._allocator, key, {name: value.to(places[name].device) for name, value in kept.items()})
        self._allocator.ipt = dict.fromkeys(self._allocator.exp_avg_ipt)  # which matrices are known; values come anew


def with_orthogonality(job: Job, body: nn.Module, weight: float) -> Job:
    """Give the job with a penalty in its loss, once for each batch whatever parts it is computed in.

    Args:
        job: Its loss is a sum over targets.
        body: The body with its adapters.
        weight: Of the penalty beside the mean loss of a target.
    """

    def loss(network: nn.Module, batch: Collated) -> Tensor:
        return job.loss(network, batch) + weight * orthogonality(body) * job.targets(batch)

    return replace(job, loss=loss)


def orthogonality(body: nn.Module) -> Tensor:
    """Give the mean distance ||PᵀP - I|| or ||QQᵀ - I|| over all P and Q, as AdaLoRA's own code does.

    The paper has the square of the Frobenius norm (equation 4).
    """
    distances = []
    for name, value in body.named_parameters():
        if f"lora_A.{ADAPTER}" in name or f"lora_B.{ADAPTER}" in name:
            product = value @ value.T if "lora_A" in name else value.T @ value
            distances.append(torch.linalg.norm(product - torch.eye(len(product), device=product.device)))
    return torch.stack(distances).mean()
