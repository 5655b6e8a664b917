from pathlib import Path

import pytest
import torch
from torch import Tensor
from toys import toy_loop, toy_plan, weights

from regen.training.averaging import Average, exponential, running
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest

STEPS = toy_plan().steps


class Weights(Plugin):
    """Notes the first layer after each step, and before the first."""

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def on_start(self, loop: Loop) -> None:
        self.on_step(loop)

    def on_step(self, loop: Loop) -> None:
        self.seen.append(loop.job.network.first.weight.detach().clone())  # type: ignore[union-attr, operator]


def first_layer(loop: Loop) -> Tensor:
    found: Tensor = loop.job.network.first.weight.detach()  # type: ignore[union-attr, operator, assignment]
    return found


def test_exponential_average_in_closed_form() -> None:
    """Plain mean of the first steps, of which each weighs more than a new one would; then the exponential average."""
    decay, first, seen, average = 0.8, 5, Weights(), Average(exponential(0.8))
    loop = toy_loop([seen, average])
    loop.run()
    n = len(seen.seen) - 1
    assert n == STEPS > first
    shares = [0.0, *[decay ** (n - first) / first] * first]  # nothing of the untrained weights
    shares += [(1 - decay) * decay ** (n - step) for step in range(first + 1, n + 1)]
    assert sum(shares) == pytest.approx(1)
    expected = torch.stack([share * value for share, value in zip(shares, seen.seen, strict=True)]).sum(0)
    torch.testing.assert_close(first_layer(loop), expected)


@pytest.mark.parametrize("first", [0, 4, STEPS - 1])
def test_mean_over_the_last_steps(first: int) -> None:
    seen, average = Weights(), Average(running(first))
    loop = toy_loop([seen, average])
    loop.run()
    torch.testing.assert_close(first_layer(loop), torch.stack(seen.seen[first + 1 :]).mean(0))


def test_average_before_its_start_is_the_weights() -> None:
    average, plain = Average(running(STEPS)), toy_loop()
    loop = toy_loop([average])
    loop.run()
    plain.run()
    assert weights(loop) == weights(plain)


def test_evaluates_the_average_and_trains_on_with_the_weights() -> None:
    """Training takes no notice of the average, and what is kept is the average of the best epoch."""
    evaluated: list[Tensor] = []
    seen, average = Weights(), Average(exponential(0.5))

    def evaluate() -> tuple[float, float]:
        evaluated.append(first_layer(loop).clone())
        return [0.1, 0.9, 0.2][len(evaluated) - 1], 1.0

    selection = Selection(evaluate, "best", None)
    loop = toy_loop([seen, average, selection, average.back])
    loop.run()
    plain = Weights()
    toy_loop([plain]).run()
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(seen.seen, plain.seen, strict=True))
    assert torch.equal(first_layer(loop), evaluated[1])
    assert not torch.equal(evaluated[1], seen.seen[len(toy_plan().epochs[0]) + len(toy_plan().epochs[1])])


def test_a_restored_average_is_where_the_weights_are() -> None:
    """A state is read into main memory; the device ``meta`` stands for a GPU."""
    average, loop = Average(exponential(0.5)), toy_loop()
    loop.job.network.to("meta")
    loop.step = 1
    average.on_start(loop)
    average.restore({}, {name: torch.zeros(value.shape) for name, value in average.tensors().items()})
    average.on_step(loop)
    assert {value.device.type for value in average.tensors().values()} == {"meta"}


@pytest.mark.parametrize("every", [1, 2])
def test_stopped_and_resumed(every: int, tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def run(path: Path, stop: int | None) -> Loop:
        average = Average(exponential(0.7))
        keep = KeepState(path, every, {}, StopRequest(), writes=True)
        selection = Selection(lambda: (0.5, 1.0), "last", None)
        loop = toy_loop([average, selection, average.back, keep])

        def kill(told: Loop) -> None:
            if told.step == stop:
                raise KilledError

        average.on_gradients = kill  # type: ignore[method-assign]
        loop.run()
        return loop

    whole = run(tmp_path / "whole", None)
    for stop in range(1, STEPS, 2):
        with pytest.raises(KilledError):
            run(tmp_path / "broken", stop)
    assert weights(run(tmp_path / "broken", None)) == weights(whole)
