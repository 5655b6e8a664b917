import logging
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from toys import CLIP, EPOCHS, INPUTS, LENGTHS, OUTPUTS, SEED, Toy, collate, distance, squares, toy_loop, weights
from toys import toy_plan as planned

from regen.training.batches import Batch, Plan
from regen.training.events import Plugin
from regen.training.loop import Collated, Loop
from regen.training.noise import Noise


class Diary(Plugin):
    """Writes down every event, and what the loop says at that moment."""

    def __init__(self, name: str, diary: list[tuple[Any, ...]]) -> None:
        self._name, self._diary = name, diary

    def _write(self, event: str, loop: Loop) -> None:
        self._diary.append((event, self._name, loop.epoch, loop.index, loop.step))

    def on_start(self, loop: Loop) -> None:
        self._write("start", loop)

    def on_gradients(self, loop: Loop) -> None:
        assert all(value.grad is not None for value in loop.job.network.parameters())
        self._write("gradients", loop)

    def on_step(self, loop: Loop) -> None:
        assert all(value.grad is None for value in loop.job.network.parameters())
        self._write("step", loop)

    def on_epoch(self, loop: Loop) -> None:
        self._write("epoch", loop)

    def on_end(self, loop: Loop) -> None:
        self._write("end", loop)


def trained(**keys: Any) -> Loop:
    loop = toy_loop(**keys)
    loop.run()
    return loop


def by_hand() -> tuple[Toy, list[float]]:
    """Train the toy with a loop written out; give it and the mean loss of every epoch."""
    noise = Noise()
    toy = Toy(noise, 0.2).train()
    groups = [
        {"params": [toy.first.weight], "lr": 1e-2, "weight_decay": 0.1},
        {"params": [toy.first.bias], "lr": 1e-2, "weight_decay": 0.0},
        {"params": [toy.last.weight], "lr": 3e-2, "weight_decay": 0.1},
        {"params": [toy.last.bias], "lr": 3e-2, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, fused=True)
    highest = [group["lr"] for group in groups]
    steps, step, means = planned().steps, 0, []
    rising = -(-steps * 2 // 10)
    for epoch in planned().epochs:
        total = 0.0
        for batch in epoch:
            factor = (step + 1) / (rising + 1) if step < rising else (steps - step) / (steps - rising)
            for group, lr in zip(optimiser.param_groups, highest, strict=True):
                group["lr"] = lr * factor
            noise.restart(SEED, step, 0)
            wrong = (toy({"x": INPUTS[batch.rows]}) - OUTPUTS[batch.rows]) ** 2
            loss = wrong.sum() / len(batch.rows)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(toy.parameters(), CLIP)
            optimiser.step()
            optimiser.zero_grad()
            total, step = total + loss.item(), step + 1
        means.append(total / len(epoch))
    return toy, means


def test_equals_a_loop_written_out() -> None:
    found: list[float] = []

    class Means(Plugin):
        def on_epoch(self, loop: Loop) -> None:
            found.append(float(loop.losses) / len(loop.job.plan.epochs[loop.epoch - 1]))

    toy, means = by_hand()
    assert weights(trained(plugins=[Means()])) == {
        name: value.detach().numpy().tobytes() for name, value in toy.named_parameters()
    }
    assert found == pytest.approx(means, rel=1e-12)
    assert len(means) == EPOCHS


def test_learns() -> None:
    before, after = toy_loop(rate=0.0), trained(rate=0.0)
    whole = collate(Batch(torch.arange(len(LENGTHS)).numpy(), 32, int(LENGTHS.sum())))
    losses = [squares(loop.job.network, whole).item() for loop in (before, after)]
    assert losses[1] < losses[0]


def test_same_bytes_twice_also_after_other_randomness() -> None:
    first = weights(trained())
    torch.manual_seed(99)
    assert weights(trained()) == first


def test_collating_workers_change_nothing() -> None:
    loop = toy_loop()
    loop._workers = 1
    loop.run()
    assert weights(loop) == weights(trained())


def test_events_in_order() -> None:
    diary: list[tuple[Any, ...]] = []
    plan = planned()
    loop = toy_loop([Diary("a", diary), Diary("b", diary)])
    loop.run()
    expected: list[tuple[Any, ...]] = [("start", 0, 0, 0)]
    step = 0
    for epoch, batches in enumerate(plan.epochs):
        for index in range(len(batches)):
            expected += [("gradients", epoch, index, step), ("step", epoch, index + 1, step + 1)]
            step += 1
        expected.append(("epoch", epoch + 1, 0, step))
    expected.append(("end", EPOCHS, 0, step))
    assert diary == [(event, name, *rest) for event, *rest in expected for name in ("a", "b")]


def test_a_plugin_may_stop_the_training() -> None:
    class Stop(Plugin):
        def on_epoch(self, loop: Loop) -> None:
            loop.stopped = loop.epoch == 2

    loop = trained(plugins=[Stop()])
    assert (loop.epoch, loop.step) == (2, sum(map(len, planned().epochs[:2])))


def test_parts_give_the_same_gradients() -> None:
    whole, parted = toy_loop(rate=0.0), toy_loop(rate=0.0)
    parted.parts = 2
    whole.run()
    parted.run()
    assert distance(whole, toy_loop(rate=0.0)) > 0.01
    assert distance(whole, parted) < 1e-5


def test_more_parts_than_rows() -> None:
    whole, parted = toy_loop(rate=0.0), toy_loop(rate=0.0)
    parted.parts = 64
    whole.run()
    parted.run()
    assert distance(whole, parted) < 1e-5
    assert parted.step == whole.step


def test_parts_have_noise_of_their_own() -> None:
    whole, parted = toy_loop(rate=0.5), toy_loop(rate=0.5)
    parted.parts = 2
    whole.run()
    parted.run()
    assert distance(whole, parted) > 1e-4


class Memory:
    """A loss whose device holds only so many rows; it runs out after it has done a part of the work."""

    def __init__(self, rows: int) -> None:
        self.rows, self.tries = rows, 0

    def __call__(self, network: nn.Module, batch: Collated) -> Tensor:
        self.tries += 1
        if len(batch["y"]) > self.rows:
            raise torch.OutOfMemoryError("made up")
        return squares(network, batch)


def test_out_of_memory_halves_batches_once(caplog: pytest.LogCaptureFixture) -> None:
    most = max(len(batch.rows) for epoch in planned().epochs for batch in epoch)
    assert most >= 6
    with caplog.at_level(logging.WARNING):
        short = trained(rate=0.0, loss=Memory((most + 1) // 2))
    assert short.parts == 2
    assert len(caplog.records) == 1
    assert "out of memory; batches are computed in 2 parts now" in caplog.text
    assert distance(short, trained(rate=0.0)) < 1e-5


def test_out_of_memory_in_a_later_part_leaves_no_gradients(caplog: pytest.LogCaptureFixture) -> None:
    class Second(Memory):
        def __call__(self, network: nn.Module, batch: Collated) -> Tensor:
            loss = super().__call__(network, batch)
            if self.tries == 6:
                raise torch.OutOfMemoryError("made up")
            return loss

    loop = toy_loop(rate=0.0, loss=Second(100))
    loop.parts = 2
    with caplog.at_level(logging.WARNING):
        loop.run()
    assert loop.parts == 4
    assert caplog.text.count("out of memory") == 1
    assert distance(loop, trained(rate=0.0)) < 1e-5


def test_out_of_memory_for_one_row_is_an_error() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        toy_loop(loss=Memory(0)).run()


def test_other_errors_are_not_held_back() -> None:
    def fails(*_: object) -> Tensor:
        raise RuntimeError("made up")

    with pytest.raises(RuntimeError, match="made up"):
        toy_loop(loss=fails).run()


def test_gradients_are_clipped_together() -> None:
    norms = []

    class Norms(Plugin):
        def on_gradients(self, loop: Loop) -> None:
            parts = [value.grad for value in loop.job.network.parameters() if value.grad is not None]
            norms.append(float(torch.cat([part.flatten() for part in parts]).norm()))

    clipped, free = toy_loop([Norms()]), toy_loop()
    free._clip = None
    clipped.run()
    free.run()
    assert max(norms) > CLIP
    assert distance(clipped, free) > 0


def test_rate_follows_the_schedule() -> None:
    rates = []

    class Rates(Plugin):
        def on_step(self, loop: Loop) -> None:
            rates.append(loop.rate)

    steps = planned().steps
    trained(plugins=[Rates()])
    assert max(rates) == pytest.approx(1e-2)
    assert rates[-1] == pytest.approx(1e-2 / (steps - -(-steps // 5)))


def test_an_empty_plan_trains_nothing() -> None:
    diary: list[tuple[Any, ...]] = []
    loop = trained(planned=Plan([]), plugins=[Diary("a", diary)])
    assert [event for event, *_ in diary] == ["start", "end"]
    assert weights(loop) == weights(toy_loop())
