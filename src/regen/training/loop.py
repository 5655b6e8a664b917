"""The training loop. Features beyond one step after the other are plug-ins on its events."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.utils.data import DataLoader

from regen.training.batches import Batch, Plan
from regen.training.events import Plugin
from regen.training.noise import Noise, Share

logger = logging.getLogger(__name__)
Collated = dict[str, Tensor]
"""Tensors of a batch; the first dimension of each is the rows, so that a part of the rows is a smaller batch."""


@dataclass(frozen=True)
class Job:
    """What is trained.

    Attributes:
        network: The module whose weights train.
        plan: All batches.
        collate: Makes the tensors of a batch.
        loss: Gives, for the (wrapped) network and a part of a batch, the loss summed over its targets.
        targets: Counts the targets of a batch, as a tensor.
    """

    network: nn.Module
    plan: Plan
    collate: Callable[[Batch], Collated]
    loss: Callable[[nn.Module, Collated], Tensor]
    targets: Callable[[Collated], Tensor]


class Loop:
    """Trains a network over a plan.

    Attributes:
        job: What is trained.
        optimiser: Updates the weights.
        epoch: Epochs finished.
        index: Batches of the current epoch that are finished.
        step: Batches finished in all.
        parts: Parts that each process computes its rows in; doubled when memory runs out.
        batch: The batch of the current step, on the device.
        losses: Sum over the current epoch of the mean loss of each batch, on the device.
        seconds: Spent on batches by this process.
        stopped: No epoch follows; a plug-in may set it.
    """

    def __init__(
        self,
        job: Job,
        optimiser: torch.optim.Optimizer,
        factor: Callable[[int], float],
        accelerator: Accelerator,
        noise: Noise,
        seed: int,
        *,
        plugins: Sequence[Plugin] = (),
        clip: float | None = None,
        parts: int = 1,
        workers: int = 0,
    ) -> None:
        """Take the parts.

        Args:
            job: What is trained.
            optimiser: Its groups carry ``initial_lr``.
            factor: From finished steps to the factor of the learning rate.
            accelerator: Wraps the network for devices, precision and processes.
            noise: The source of randomness in a step.
            seed: Seed of the repeat.
            plugins: Told of each event in this order.
            clip: Largest norm of the gradients.
            parts: Parts whose gradients are accumulated, for less memory.
            workers: Processes that collate batches ahead; 0 for none.
        """
        self.job, self.optimiser, self.plugins = job, optimiser, plugins
        self.epoch, self.index, self.step, self.parts, self.seconds, self.stopped = 0, 0, 0, parts, 0.0, False
        self.batch: Collated = {}
        self.wrapped: nn.Module = accelerator.prepare_model(job.network)
        self.losses = torch.zeros((), dtype=torch.float64 if accelerator.device.type != "mps" else torch.float32)
        self.losses = self.losses.to(accelerator.device)
        self._accelerator, self._noise, self._seed = accelerator, noise, seed
        self._factor, self._clip, self._workers = factor, clip, workers

    @property
    def rate(self) -> float:
        """Learning rate of the first group in the step before."""
        return float(self.optimiser.param_groups[0]["initial_lr"]) * self._factor(max(0, self.step - 1))

    def run(self) -> None:
        """Train from where the loop stands to the end of the plan."""
        self._emit("on_start")
        while self.epoch < len(self.job.plan.epochs) and not self.stopped:
            self.wrapped.train()
            if self.index == 0:
                self.losses.zero_()
            started = time.perf_counter()
            for batch in self._collated(self.job.plan.epochs[self.epoch][self.index :]):
                self._train_on(batch)
                self.index, self.step = self.index + 1, self.step + 1
                self._emit("on_step")
            self.seconds += time.perf_counter() - started
            self.epoch, self.index = self.epoch + 1, 0
            self._emit("on_epoch")
        self._emit("on_end")

    def _collated(self, batches: Sequence[Batch]) -> "DataLoader[Collated]":
        """Collate batches in order, ahead of the loop if there are workers."""
        return DataLoader(
            batches,  # type: ignore[arg-type]  # any sequence is a data set
            batch_size=None,
            collate_fn=self.job.collate,  # type: ignore[arg-type]  # and one item is a whole batch
            num_workers=min(self._workers, len(batches)),
            pin_memory=self.losses.device.type == "cuda",
        )

    def _train_on(self, batch: Collated) -> None:
        self.batch = {name: values.to(self.losses.device, non_blocking=True) for name, values in batch.items()}
        for group in self.optimiser.param_groups:
            group["lr"] = group["initial_lr"] * self._factor(self.step)
        self.losses += self.gradients(self.batch)
        self._emit("on_gradients")
        if self._clip is not None:
            self._accelerator.clip_grad_norm_(self.job.network.parameters(), self._clip)
        self.optimiser.step()
        self._emit("on_update")
        self.optimiser.zero_grad(set_to_none=True)

    def gradients(self, batch: Collated) -> Tensor:
        """Add the gradients of a batch, in more parts if the memory of the device does not hold them at once.

        Returns:
            The mean loss over all targets of the batch.
        """
        while True:
            try:
                return self._accumulate(batch)
            except torch.OutOfMemoryError:
                if self.parts * 2 > len(next(iter(batch.values()))):
                    raise
            self._halve()  # outside of the handler: the error holds the tensors that fill the memory

    def _halve(self) -> None:
        self.parts *= 2
        self.optimiser.zero_grad(set_to_none=True)
        torch.cuda.empty_cache()
        told = "Step %d: out of memory; batches are computed in %d parts now, with the same effect"
        logger.warning(told, self.step, self.parts)

    def _accumulate(self, batch: Collated) -> Tensor:
        world, rank = self._accelerator.num_processes, self._accelerator.process_index
        targets, loss_sum = self.job.targets(batch), torch.zeros_like(self.losses)
        total = len(next(iter(batch.values())))
        for part in range(self.parts):
            rows = slice(rank + part * world, None, world * self.parts)
            idle = rank + part * world >= total
            if idle:  # no row is left for this process, but all have to take part: it computes one for nothing
                rows = slice(0, 1)
            share = _share(batch, rows) if world > 1 else None
            self._noise.restart(self._seed, self.step, part, rank=rank, share=share)
            loss = self.job.loss(self.wrapped, {name: values[rows] for name, values in batch.items()}) / targets
            loss = loss * 0 if idle else loss
            self._accelerator.backward(loss * world)  # gradients are averaged over processes
            loss_sum += loss.detach()
        return self._accelerator.reduce(loss_sum) if world > 1 else loss_sum

    def _emit(self, event: str) -> None:
        for plugin in self.plugins:
            getattr(plugin, event)(self)


def _share(batch: Collated, rows: slice) -> Share:
    """Say which rows a network computes of a part of a batch, among those that it computes of the whole.

    They are the rows of the batch; or the choices of its examples, where it says which are ``present``.
    """
    if "present" not in batch:
        return len(next(iter(batch.values()))), rows
    present = batch["present"].cpu()
    mine = torch.zeros_like(present)
    mine[rows] = True
    return int(present.sum()), mine[present]
