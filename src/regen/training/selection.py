"""Scores on dev after each epoch, the history, the best weights, and early stopping."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from regen.training.events import Plugin
from regen.training.loop import Loop

HISTORY_COLUMNS = ("epoch", "step", "tokens", "learning_rate", "train_loss", "dev_loss", "dev_score")


class Selection(Plugin):
    """Evaluates after each epoch and keeps the weights of the best one.

    Attributes:
        history: One row per epoch, with ``HISTORY_COLUMNS``.
        best_epoch: Epoch of the best score, from 1; the first of equals.
        evaluate: Gives score and loss on dev with the weights as they are.
    """

    def __init__(self, evaluate: Callable[[], tuple[float, float]], keep: str, patience: int | None) -> None:
        """Take how to evaluate, which weights to keep, and when to stop.

        Args:
            evaluate: Gives score and loss on dev with the weights as they are.
            keep: ``best`` or ``last``.
            patience: Stop after this many epochs without a better score; ``None`` for never.
        """
        self.history: list[dict[str, float]] = []
        self.best_epoch = 0
        self.evaluate, self._keep, self._patience = evaluate, keep, patience
        self._best: dict[str, Tensor] = {}

    def on_epoch(self, loop: Loop) -> None:
        """Evaluate, and remember the weights if the score is better than all before."""
        loop.job.network.eval()
        score, loss = self.evaluate()
        epochs = loop.job.plan.epochs
        self.history.append(
            {
                "epoch": loop.epoch,
                "step": loop.step,
                "tokens": sum(batch.tokens for epoch in epochs[: loop.epoch] for batch in epoch),
                "learning_rate": loop.rate,
                "train_loss": float(loop.losses) / len(epochs[loop.epoch - 1]),
                "dev_loss": loss,
                "dev_score": score,
            }
        )
        if self.best_epoch == 0 or score > self.history[self.best_epoch - 1]["dev_score"]:
            self.best_epoch = loop.epoch
            if self._keep == "best":
                self._best = {name: value.detach().clone() for name, value in trained(loop).items()}
        if self._patience is not None and loop.epoch - self.best_epoch >= self._patience:
            loop.stopped = True

    def on_end(self, loop: Loop) -> None:
        """Go back to the best weights."""
        with torch.no_grad():
            for name, value in trained(loop).items() if self._best else ():
                value.copy_(self._best[name])

    def facts(self) -> dict[str, Any]:
        """Give the history and the best epoch."""
        return {"history": self.history, "best_epoch": self.best_epoch}

    def tensors(self) -> dict[str, Tensor]:
        """Give the best weights."""
        return self._best

    def restore(self, facts: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Take back the history and the best weights."""
        self.history, self.best_epoch, self._best = facts["history"], facts["best_epoch"], tensors


def trained(loop: Loop) -> dict[str, Tensor]:
    """Give the weights that train, by name."""
    return {name: value for name, value in loop.job.network.named_parameters() if value.requires_grad}


def write_history(history: Iterable[dict[str, float]], path: Path) -> None:
    """Write a history as CSV: a row per epoch, with ``HISTORY_COLUMNS``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HISTORY_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)
