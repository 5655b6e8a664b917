"""A tiny training, and one that is asked to end and goes on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from regen.training.batches import Batch, plan
from regen.training.device import Hardware
from regen.training.events import Plugin
from regen.training.loop import Collated, Job, Loop
from regen.training.noise import Noise
from regen.training.optimiser import make_optimiser, parameter_groups, schedule_factor
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest

HARDWARE = Hardware("cpu", "any", "f32", threads=1)
EPOCHS, STEPS_PER_EPOCH = 3, 5


class Tiny(nn.Module):
    """A body and a head."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Tanh())
        self.head = nn.Linear(8, 2)

    def forward(self, values: Tensor) -> Tensor:
        return self.head(self.body(values))  # type: ignore[no-any-return]


class Ask(Plugin):
    """Asks the training to end at a step."""

    def __init__(self, request: StopRequest, step: int) -> None:
        self._request, self._step = request, step

    def on_step(self, loop: Loop) -> None:
        if loop.step == self._step:
            self._request.signal = 15


def train(plugins: Sequence[Plugin], state: Path | None = None, stop: int | None = None) -> Tiny:
    """Train; with a state, go on from it, and end with SystemExit after the step ``stop``."""
    network, values = Tiny(), torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    labels = (values.sum(1) > 0).long()

    def collate(batch: Batch) -> Collated:
        return {"values": values[batch.rows], "labels": labels[batch.rows]}

    def loss(wrapped: nn.Module, batch: Collated) -> Tensor:
        return nn.functional.cross_entropy(wrapped(batch["values"]), batch["labels"], reduction="sum")

    def evaluate() -> tuple[float, float]:
        with torch.no_grad():
            logits = network(values)
        return float((logits.argmax(1) == labels).double().mean()), float(nn.functional.cross_entropy(logits, labels))

    planned = plan(np.full(50, 3), EPOCHS, 40, None, seed=0)  # 10 rows of width 4 in a batch
    job = Job(network, planned, collate, loss, lambda batch: torch.tensor(len(batch["labels"])))
    request = StopRequest()
    every: list[Plugin] = [Selection(evaluate, "last", None), *plugins]
    every += [] if stop is None else [Ask(request, stop)]
    every += [] if state is None else [KeepState(state, 100, {}, request, writes=True)]
    optimiser = make_optimiser("adamw", parameter_groups(network, network.head.parameters(), 0.05, 0.05, 0.0), "cpu")
    factor = schedule_factor("linear", planned.steps, 0.0)
    Loop(job, optimiser, factor, Accelerator(cpu=True), Noise(), seed=0, plugins=every).run()
    return network


def weights(network: nn.Module) -> bytes:
    return b"".join(value.detach().numpy().tobytes() for value in network.parameters())
