"""Telling a search how a training goes, so that it can stop or pause it."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from math import isfinite

import numpy as np

from regen.estimators.base import Milestone
from regen.training.averaging import Average
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import Selection
from regen.training.state import KeepState


class NotFiniteError(ArithmeticError):
    """The loss of a training is no number any more."""


class Reporting(Plugin):
    """Tells of every epoch and, if asked to, of one moment within. The very last plug-in: the state is saved then."""

    def __init__(
        self,
        selection: Selection,
        keeper: KeepState | None,
        told: Callable[[Milestone], None],
        pause_tokens: int | None,
    ) -> None:
        """Take whom to tell.

        Args:
            selection: Where the scores are.
            keeper: Saves the state before the moment within an epoch is told of.
            told: Told of each epoch, also of those before a restart; what it raises ends the training.
            pause_tokens: Tell of the first batch that reaches this many tokens, if an epoch does not end with it.
        """
        self._selection, self._keeper, self._told, self._pause = selection, keeper, told, pause_tokens
        self._tokens = np.zeros(1, dtype=np.int64)

    def on_start(self, loop: Loop) -> None:
        """Tell of what was done before a restart."""
        batches = [batch.tokens for epoch in loop.job.plan.epochs for batch in epoch]
        self._tokens = np.cumsum([0, *batches])
        for row in self._selection.history:
            self._tell(row)
        if self._reached(loop.step) and loop.index:
            self._tell_within(loop)

    def on_step(self, loop: Loop) -> None:
        """Tell of the moment within an epoch; at its end ``on_epoch`` does."""
        within = loop.index < len(loop.job.plan.epochs[loop.epoch])
        if within and self._reached(loop.step) and not self._reached(loop.step - 1):
            if self._keeper is not None:
                self._keeper.save(loop)
            self._tell_within(loop)

    def on_epoch(self, loop: Loop) -> None:  # noqa: ARG002  # the event's own signature
        """Tell of an epoch."""
        self._tell(self._selection.history[-1])

    def _reached(self, step: int) -> bool:
        return self._pause is not None and bool(self._tokens[step] >= self._pause)

    def _tell_within(self, loop: Loop) -> None:
        loop.job.network.eval()
        with ExitStack() as averages:  # as at the end of an epoch
            for plugin in loop.plugins:
                if isinstance(plugin, Average):
                    averages.enter_context(plugin.taking_place(loop))
            score, _ = self._selection.evaluate()
        self._told(Milestone(loop.epoch, score, int(self._tokens[loop.step])))
        loop.wrapped.train()

    def _tell(self, row: Mapping[str, float]) -> None:
        for name in ("train_loss", "dev_loss"):
            if not isfinite(row[name]):
                raise NotFiniteError(f"{name} is {row[name]} after epoch {row['epoch']}")
        self._told(Milestone(int(row["epoch"]), row["dev_score"], int(row["tokens"])))
