"""Averages of the weights over steps: they are evaluated and kept in the place of the weights themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import trained


class Average(Plugin):
    """Keeps an average of the weights; at the end of an epoch and of the training it takes their place.

    Attributes:
        back: The plug-in that puts the weights back after an epoch; it comes after those that evaluate.
    """

    def __init__(self, share: Callable[[int], float]) -> None:
        """Take the share that the weights have in the new average, as a function of the finished steps."""
        self._share = share
        self._mean: dict[str, Tensor] = {}
        self._own: dict[str, Tensor] = {}
        self.back = _Back(self._put_back)

    def on_start(self, loop: Loop) -> None:
        """Begin with the weights as they are; a restart brings its own average afterwards."""
        self._mean = {name: value.detach().clone() for name, value in trained(loop).items()}

    def on_step(self, loop: Loop) -> None:
        """Take the new weights into the average."""
        share = self._share(loop.step)
        with torch.no_grad():
            for name, value in trained(loop).items():
                self._mean[name].lerp_(value, share)

    def on_epoch(self, loop: Loop) -> None:
        """Put the average in the place of the weights."""
        weights = trained(loop)
        self._own = {name: value.detach().clone() for name, value in weights.items()}
        with torch.no_grad():
            for name, value in weights.items():
                value.copy_(self._mean[name])

    @contextmanager
    def taking_place(self, loop: Loop) -> Iterator[None]:
        """Put the average in the place of the weights for a while."""
        self.on_epoch(loop)
        yield
        self._put_back(loop)

    def on_end(self, loop: Loop) -> None:
        """Leave the average in the place of the weights."""
        self.on_epoch(loop)
        self._own = {}

    def _put_back(self, loop: Loop) -> None:
        with torch.no_grad():
            for name, value in trained(loop).items():
                value.copy_(self._own[name])
        self._own = {}

    def tensors(self) -> dict[str, Tensor]:
        """Give the average."""
        return self._mean

    def restore(self, _: object, tensors: dict[str, Tensor]) -> None:
        """Take back the average, to where the weights are."""
        self._mean = {name: tensors[name].to(mean.device) for name, mean in self._mean.items()}


class _Back(Plugin):
    def __init__(self, put_back: Callable[[Loop], None]) -> None:
        self._put_back = put_back

    def on_epoch(self, loop: Loop) -> None:
        self._put_back(loop)


def exponential(decay: float) -> Callable[[int], float]:
    """Give the shares of an exponential moving average: each step leaves ``decay`` of the average before.

    It is the plain mean of all steps until these are so many that a new one weighs less than ``1 - decay``: the
    untrained head would make up a good part of a short training's average otherwise.
    """
    return lambda step: max(1 - decay, 1 / step)


def running(first: int) -> Callable[[int], float]:
    """Give the shares of the mean over all steps after the first ones; until then it is the weights themselves.

    Stochastic weight averaging: Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better
    Generalization", who take one of several steps; every step costs nothing here.
    """
    return lambda step: 1 / max(1, step - first)
