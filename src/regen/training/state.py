"""The state of a training, kept so that a killed one goes on and ends with the same bytes.

One safetensors file holds everything, so that it is whole or old: weights that train, the optimiser's moments, what
plug-ins keep, and the position. Batches, learning rate and noise are functions of (seed, step); no generator is kept.
"""

import json
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from regen.io.atomic import replacing, sweep
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import trained

logger = logging.getLogger(__name__)


class StopRequest:
    """Whether the process was asked to end (SIGTERM, Ctrl-C)."""

    def __init__(self) -> None:
        """Start with no request."""
        self.signal: int | None = None

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Remember the request; a second one is not waited with."""
        if self.signal is not None:
            raise SystemExit(128 + number)
        self.signal = number


@contextmanager
def heeding_signals() -> Iterator[StopRequest]:
    """Remember SIGTERM and SIGINT instead of dying from them, as long as the context lasts; main thread only."""
    request, before = StopRequest(), {}
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            before[number] = signal.signal(number, request)
    except ValueError:  # not the main thread: signals go to the main thread, which may end the process
        logger.debug("Signals are not heeded outside the main thread")
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if request.signal is not None:  # it came too late for the loop
        raise SystemExit(128 + request.signal)


class KeepState(Plugin):
    """Saves the state every n steps, after each epoch, and when the process is asked to end.

    Of the plug-ins that remember something it is the last.
    """

    def __init__(self, path: Path, every: int, conditions: dict[str, Any], request: StopRequest, writes: bool) -> None:
        """Take where and when to save.

        Args:
            path: File of the state.
            every: Steps between two savings.
            conditions: Under other conditions (precision, threads, processes) the bytes would differ.
            request: Whether the process was asked to end.
            writes: Whether this process writes: the first of those that share a training.
        """
        self._path, self._every, self._conditions = path, every, conditions
        self._request, self._writes = request, writes

    def on_start(self, loop: Loop) -> None:
        """Go on from a state that is there and was made under the same conditions."""
        if self._writes:
            sweep(self._path)
        kept = _read(self._path)
        if kept is None:
            return
        facts, tensors = kept
        changed = [key for key in self._conditions if facts["conditions"].get(key) != self._conditions[key]]
        if changed:
            told = ", ".join(f"{key} {facts['conditions'].get(key)} → {self._conditions[key]}" for key in changed)
            logger.warning("%s: made with other settings (%s); training starts anew", self._path, told)
            return
        _restore(loop, facts, tensors)
        logger.info("Training goes on at step %d of %d", loop.step, loop.job.plan.steps)

    def on_step(self, loop: Loop) -> None:
        """Save when it is time or the process shall end."""
        if self._request.signal is not None and self._writes:
            self.save(loop)
            logger.warning("Stopped at step %d of %d; run again to go on", loop.step, loop.job.plan.steps)
            raise SystemExit(128 + self._request.signal)
        if loop.step % self._every == 0:
            self.save(loop)

    def on_epoch(self, loop: Loop) -> None:
        """Save what the other plug-ins found; after the last epoch the model itself follows at once."""
        if loop.epoch < len(loop.job.plan.epochs) and not loop.stopped:
            self.save(loop)

    def save(self, loop: Loop) -> None:
        """Save now."""
        if not self._writes:
            return
        facts, tensors = _state(loop)
        with replacing(self._path) as new:
            save_file(tensors, new, {"state": json.dumps({**facts, "conditions": self._conditions})})


def _state(loop: Loop) -> tuple[dict[str, Any], dict[str, Tensor]]:
    tensors = {f"weights/{name}": value for name, value in trained(loop).items()}
    for number, moments in loop.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser/{number}/{name}": value for name, value in moments.items()}
    tensors["losses"] = loop.losses
    for number, plugin in enumerate(loop.plugins):
        tensors |= {f"plugin/{number}/{name}": value for name, value in plugin.tensors().items()}
    facts = {
        "position": {name: getattr(loop, name) for name in ("epoch", "index", "step", "parts")},
        "plugins": [plugin.facts() for plugin in loop.plugins],
    }
    return facts, {name: value.detach().to("cpu", copy=True).contiguous() for name, value in tensors.items()}


def _restore(loop: Loop, facts: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in trained(loop).items():
            value.copy_(tensors[f"weights/{name}"])
        loop.losses.copy_(tensors["losses"])
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _below(tensors, "optimiser").items():
        number, _, moment = name.partition("/")
        moments.setdefault(int(number), {})[moment] = value
    loop.optimiser.load_state_dict({**loop.optimiser.state_dict(), "state": moments})
    for place, plugin in enumerate(loop.plugins):
        plugin.restore(facts["plugins"][place], _below(tensors, f"plugin/{place}"))
    for key, count in facts["position"].items():
        setattr(loop, key, count)


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) + 1 :]: value for name, value in tensors.items() if name.startswith(f"{prefix}/")}


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Read a state; ``None`` if there is none, or a broken one: then training starts anew."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as file:
            return json.loads(file.metadata()["state"]), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        logger.warning("%s: broken state (%s); training starts anew", path, error)
        return None
