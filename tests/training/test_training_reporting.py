"""A search is told of each epoch, and may end or pause the training."""

from pathlib import Path
from typing import Any

import pytest
import torch
from toys import EPOCHS, toy_loop, toy_plan, weights

from regen.estimators.base import Milestone
from regen.training.averaging import Average, running
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.reporting import NotFiniteError, Reporting
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest

SCORES = [0.3, 0.7, 0.5]
BATCHES = [batch.tokens for epoch in toy_plan().epochs for batch in epoch]
ENDS = [sum(batch.tokens for epoch in toy_plan().epochs[: n + 1] for batch in epoch) for n in range(EPOCHS)]


class EnoughError(Exception):
    """What a search raises."""


class Told:
    """Remembers what was told, and raises at one of them."""

    def __init__(self, stop: int | None = None) -> None:
        self.all: list[Milestone] = []
        self._stop = stop

    def __call__(self, progress: Milestone) -> None:
        self.all.append(progress)
        if len(self.all) == self._stop:
            raise EnoughError


def make(told: Told, state: Path | None = None, pause: int | None = None, loss: float = 1.0, **keys: Any) -> Loop:
    """Make a loop that tells, with the plug-ins in the order of a real fit."""
    loop: Loop
    selection = Selection(lambda: (SCORES[min(loop.epoch, EPOCHS) - 1] if loop.epoch else 0.1, loss), "last", None)
    keeper = None if state is None else KeepState(state, 1000, {}, StopRequest(), writes=True)
    plugins: list[Plugin] = [selection, *([keeper] if keeper else []), Reporting(selection, keeper, told, pause)]
    loop = toy_loop(plugins, **keys)
    return loop


def test_told_after_each_epoch() -> None:
    told = Told()
    make(told).run()
    expected = [Milestone(n + 1, SCORES[n], ENDS[n]) for n in range(EPOCHS)]
    assert told.all == expected


def test_told_again_after_a_restart(tmp_path: Path) -> None:
    state, first, second = tmp_path / "state.safetensors", Told(stop=2), Told()
    with pytest.raises(EnoughError):
        make(first, state).run()
    again = make(second, state)
    again.run()
    assert [progress.epoch for progress in second.all] == [1, 2, 3]
    assert second.all[:2] == first.all
    unbroken = make(Told())
    unbroken.run()
    assert weights(again) == weights(unbroken)


def test_what_was_done_may_end_it_before_another_step(tmp_path: Path) -> None:
    state = tmp_path / "state.safetensors"
    with pytest.raises(EnoughError):
        make(Told(stop=2), state).run()
    again = make(Told(stop=2), state)
    with pytest.raises(EnoughError):
        again.run()
    assert again.step == len(toy_plan().epochs[0]) + len(toy_plan().epochs[1])


@pytest.mark.parametrize("step", [1, len(toy_plan().epochs[0]) + 1])
def test_a_pause_within_an_epoch_saves_the_state_first(tmp_path: Path, step: int) -> None:
    state, pause = tmp_path / "state.safetensors", sum(BATCHES[:step])
    epoch = 0 if step == 1 else 1
    for _ in range(2):  # the second time it is there already
        told = Told(stop=epoch + 1)
        paused = make(told, state, pause)
        with pytest.raises(EnoughError):
            paused.run()
        assert paused.step == step
        assert told.all[-1] == Milestone(epoch, SCORES[0] if epoch else 0.1, pause)
    on = make(Told(), state)
    on.run()
    unbroken = make(Told())
    unbroken.run()
    assert weights(on) == weights(unbroken)


def test_a_pause_scores_the_average_where_there_is_one() -> None:
    evaluated: list[torch.Tensor] = []
    average, told = Average(running(0)), Told()
    loop: Loop

    def evaluate() -> tuple[float, float]:
        evaluated.append(next(loop.job.network.parameters()).detach().clone())
        return 0.5, 1.0

    selection = Selection(evaluate, "last", None)
    loop = toy_loop([average, selection, average.back, Reporting(selection, None, told, sum(BATCHES[:2]))])
    loop.run()
    seen: list[torch.Tensor] = []

    class Weights(Plugin):
        def on_step(self, loop: Loop) -> None:
            seen.append(next(loop.job.network.parameters()).detach().clone())

    plain = toy_loop([Weights()])
    plain.run()
    assert [milestone.epoch for milestone in told.all] == [0, 1, 2, 3]
    torch.testing.assert_close(evaluated[0], (seen[0] + seen[1]) / 2)
    torch.testing.assert_close(evaluated[-1], torch.stack(seen).mean(0))  # training went on with the weights


def test_a_pause_that_is_not_taken_changes_nothing() -> None:
    told = Told()
    paused, plain = make(told, pause=BATCHES[0]), make(Told())
    paused.run()
    plain.run()
    assert [progress.epoch for progress in told.all] == [0, 1, 2, 3]
    assert weights(paused) == weights(plain)


def test_a_pause_at_the_end_of_an_epoch_is_told_of_once() -> None:
    told = Told()
    make(told, pause=ENDS[0]).run()
    assert [progress.tokens for progress in told.all] == ENDS


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_on_dev_that_is_no_number(loss: float) -> None:
    told = Told()
    with pytest.raises(NotFiniteError, match=f"dev_loss is {loss} after epoch 1"):
        make(told, loss=loss).run()
    assert told.all == []


def test_a_loss_on_train_that_is_no_number() -> None:
    def broken(network: Any, batch: Any) -> torch.Tensor:
        return network(batch).sum() * float("nan")  # type: ignore[no-any-return]

    selection = Selection(lambda: (0.5, 1.0), "last", None)
    with pytest.raises(NotFiniteError, match="train_loss is nan after epoch 1"):
        toy_loop([selection, Reporting(selection, None, Told(), None)], loss=broken).run()
