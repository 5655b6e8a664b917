"""A toy regression for the training loop."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from regen.training.batches import Batch, Plan, plan
from regen.training.events import Plugin
from regen.training.loop import Collated, Job, Loop
from regen.training.noise import Dropout, Noise
from regen.training.optimiser import make_optimiser, parameter_groups, schedule_factor

EPOCHS, SEED, CLIP, WARMUP = 3, 5, 0.7, 0.2
LENGTHS = np.array([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 3, 4, 5, 6, 7, 20, 21], dtype=np.int64)
_RANDOM = np.random.default_rng(0)
INPUTS = torch.from_numpy(_RANDOM.normal(size=(len(LENGTHS), 4)).astype(np.float32))
OUTPUTS = torch.from_numpy(_RANDOM.normal(size=len(LENGTHS)).astype(np.float32))


class Toy(nn.Module):
    """Two layers, dropout between them."""

    def __init__(self, noise: Noise, rate: float) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(7)
            self.first, self.last = nn.Linear(4, 8), nn.Linear(8, 1)
        self.dropout = Dropout(rate, noise)

    def forward(self, batch: Collated) -> Tensor:
        """Give one number per row."""
        predicted: Tensor = self.last(self.dropout(torch.tanh(self.first(batch["x"])))).squeeze(-1)
        return predicted


def collate(batch: Batch) -> Collated:
    """Give the rows of a batch."""
    return {"x": INPUTS[batch.rows], "y": OUTPUTS[batch.rows]}


def squares(network: nn.Module, batch: Collated) -> Tensor:
    """Sum the squared errors."""
    return ((network(batch) - batch["y"]) ** 2).sum()


def toy_plan() -> Plan:
    """Several epochs of batches of several sizes."""
    return plan(LENGTHS, EPOCHS, 48, None, SEED)


def toy_loop(plugins: Sequence[Plugin] = (), rate: float = 0.2, planned: Plan | None = None, **changes: Any) -> Loop:
    """Make a loop over the toy regression; ``changes`` are of its job."""
    AcceleratorState._reset_state(reset_partial_state=True)
    noise = Noise()
    toy = Toy(noise, rate)
    job = Job(
        **{
            "network": toy,
            "plan": planned or toy_plan(),
            "collate": collate,
            "loss": squares,
            "targets": lambda batch: torch.tensor(len(batch["y"])),
            **changes,
        }
    )
    optimiser = make_optimiser("adamw", parameter_groups(toy, toy.last.parameters(), 1e-2, 3e-2, 0.1), "cpu")
    factor = schedule_factor("linear", job.plan.steps, WARMUP)
    accelerator = Accelerator(cpu=True, mixed_precision="no")
    return Loop(job, optimiser, factor, accelerator, noise, SEED, plugins=plugins, clip=CLIP)


def weights(loop: Loop) -> dict[str, bytes]:
    """Give the bytes of all weights."""
    return {name: value.detach().numpy().tobytes() for name, value in loop.job.network.named_parameters()}


def distance(left: Loop, right: Loop) -> float:
    """Give the largest difference between weights of two loops."""
    pairs = zip(left.job.network.parameters(), right.job.network.parameters(), strict=True)
    return max(float((a - b).detach().abs().max()) for a, b in pairs)
