"""Curves of a training in TensorBoard and Weights & Biases; both are optional, and neither changes a result."""

import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from torch import Tensor

from regen.config.machine import Telemetry
from regen.errors import UserError
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import Selection

_BETWEEN_POINTS = 20
"""Steps between two points: each one waits for the device."""


class Tracker(Protocol):
    """Something that draws curves."""

    def begin(self, step: int) -> None:
        """Get ready; points after this step are new, whatever was drawn there before."""

    def add(self, step: int, values: dict[str, float]) -> None:
        """Draw a point on each of the named curves."""

    def close(self) -> None:
        """Write what is left."""


class Tracking(Plugin):
    """Hands loss and learning rate to trackers every few steps, and loss and score on dev after each epoch."""

    def __init__(self, trackers: Sequence[Tracker], every: int = _BETWEEN_POINTS) -> None:
        """Take the trackers and the steps between two points."""
        self._trackers, self._every = trackers, every
        self._begun = False
        self._seen = (0.0, 0)  # sum of the epoch's losses and number of its batches at the last point

    def on_step(self, loop: Loop) -> None:
        """Draw a point when it is time."""
        self._begin(loop.step - 1)
        if loop.step % self._every == 0:
            self._add_losses(loop, loop.index)

    def on_epoch(self, loop: Loop) -> None:
        """Draw the rest of the epoch, and what dev says of it."""
        self._begin(loop.step)
        self._add_losses(loop, len(loop.job.plan.epochs[loop.epoch - 1]))
        self._seen = (0.0, 0)
        for plugin in loop.plugins:
            if isinstance(plugin, Selection):
                row = plugin.history[-1]
                self._add(loop.step, {"dev/loss": row["dev_loss"], "dev/score": row["dev_score"]})

    def on_end(self, loop: Loop) -> None:  # noqa: ARG002
        """Close the trackers."""
        for tracker in self._trackers if self._begun else ():
            tracker.close()

    def facts(self) -> dict[str, Any]:
        """Give where the last point was drawn."""
        return {"seen": self._seen}

    def restore(self, facts: dict[str, Any], tensors: dict[str, Tensor]) -> None:  # noqa: ARG002
        """Take back where the last point was drawn."""
        losses, batches = facts["seen"]
        self._seen = losses, batches

    def _begin(self, step: int) -> None:
        """Begin late: a state that the training goes on from is read after all plug-ins were started."""
        for tracker in () if self._begun else self._trackers:
            tracker.begin(step)
        self._begun = True

    def _add_losses(self, loop: Loop, index: int) -> None:
        before, batches = self._seen
        if not self._trackers or index == batches:
            return
        losses = float(loop.losses)
        values = {"train/loss": (losses - before) / (index - batches), "train/learning_rate": loop.rate}
        self._add(loop.step, values)
        self._seen = losses, index

    def _add(self, step: int, values: dict[str, float]) -> None:
        for tracker in self._trackers:
            tracker.add(step, values)


class TensorBoard:
    """Writes event files."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the event files."""
        _need("tensorboard", "tensorboard")
        self._folder = folder
        self._writer: Any = None

    def begin(self, step: int) -> None:
        """Open a file that hides what older files of the folder hold of later steps."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(self._folder), purge_step=step + 1)

    def add(self, step: int, values: dict[str, float]) -> None:
        """Draw points, and write them at once: the process may be killed."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class WeightsAndBiases:
    """Writes a run of Weights & Biases; offline, so without an account, unless ``WANDB_MODE`` says otherwise."""

    def __init__(self, folder: Path, title: str, seed: int) -> None:
        """Take the folder for a folder ``wandb``, the run's name and the seed."""
        _need("wandb", "wandb")
        self._folder, self._title, self._seed = folder, title, seed
        self._run: Any = None

    def begin(self, step: int) -> None:
        """Open a run, after a restart under the id of the one that was interrupted."""
        wandb = import_module("wandb")
        mode = os.environ.get("WANDB_MODE", "offline")
        settings = wandb.Settings(console="off", silent=True, disable_git=True, x_disable_stats=True)
        told = {"project": "regen", "name": self._title, "id": self._id(step), "dir": self._folder, "mode": mode}
        try:
            self._run = wandb.init(**told, resume="allow" if step and mode == "online" else None, settings=settings)
        except wandb.errors.Error as error:
            reason = " ".join(str(error).split())
            raise UserError(f"WANDB_MODE={mode}: {reason}; unset it for offline mode, or run 'wandb login'") from error
        self._run.define_metric("*", step_metric="step")

    def _id(self, step: int) -> str:
        path = self._folder / "wandb" / f"s{self._seed}.id"
        path.parent.mkdir(parents=True, exist_ok=True)
        if step == 0 or not path.is_file():
            path.write_text(uuid4().hex[:8], encoding="utf-8")
        return path.read_text(encoding="utf-8")

    def add(self, step: int, values: dict[str, float]) -> None:
        """Draw points over our own steps; those of the library cannot go back, as a restart may."""
        self._run.log({**values, "step": step})

    def close(self) -> None:
        """Close the run."""
        self._run.finish()


def chosen_trackers(telemetry: Telemetry, views: Path, title: str, seed: int) -> list[Tracker]:
    """Make the trackers that are chosen.

    Args:
        telemetry: Which ones.
        views: Folder for what they write, below ``tensorboard`` and ``wandb``.
        title: Name of the training.
        seed: Seed of the repeat.

    Raises:
        UserError: The library of a chosen one is not installed.
    """
    trackers: list[Tracker] = []
    if telemetry.tensorboard:
        trackers.append(TensorBoard(views / "tensorboard" / f"s{seed}"))
    if telemetry.wandb:
        trackers.append(WeightsAndBiases(views, title, seed))
    return trackers


def _need(library: str, option: str) -> None:
    if find_spec(library) is None:
        raise UserError(
            f"conf/*/machine.yml: telemetry.{option}: is true, but '{library}' is not installed; "
            f"run 'pip install {library}', or set it to false"
        )
