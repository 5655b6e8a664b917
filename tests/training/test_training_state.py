import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from toys import toy_loop, toy_plan, weights

from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest, heeding_signals

CONDITIONS = {"device": "cpu", "threads": 1, "precision": "f32"}
STEPS = toy_plan().steps
EPOCH_ENDS = [sum(map(len, toy_plan().epochs[:epoch])) for epoch in (1, 2, 3)]
SCORES = [0.3, 0.7, 0.5]


class StopAt(Plugin):
    """Asks for the end in the midst of a step, like a signal."""

    def __init__(self, step: int, request: StopRequest) -> None:
        self._step, self._request = step, request

    def on_gradients(self, loop: Loop) -> None:
        if loop.step + 1 == self._step:
            self._request(signal.SIGTERM, None)


class Sum(Plugin):
    """Remembers something that later steps depend on."""

    def __init__(self) -> None:
        self.sum, self.tensor = 0.0, torch.zeros(2)

    def on_step(self, loop: Loop) -> None:
        self.sum += float(loop.losses)
        self.tensor += loop.rate

    def facts(self) -> dict[str, Any]:
        return {"sum": self.sum}

    def tensors(self) -> dict[str, torch.Tensor]:
        return {"tensor": self.tensor}

    def restore(self, facts: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        self.sum, self.tensor = facts["sum"], tensors["tensor"]


class Run:
    """One start of a process: a loop with selection, a plug-in that remembers, and a state."""

    def __init__(self, path: Path, stop: int | None = None, every: int = 1000, **keys: Any) -> None:
        request = StopRequest()
        self.loop: Loop
        self.sum = Sum()
        self.selection = Selection(lambda: (SCORES[self.loop.epoch - 1], 1.0), "best", keys.pop("patience", None))
        keep = KeepState(path, every, keys.pop("conditions", CONDITIONS), request, keys.pop("writes", True))
        self.loop = toy_loop([StopAt(stop or -1, request), self.selection, self.sum, keep], **keys)

    def to_the_end(self) -> "Run":
        self.loop.run()
        return self

    def result(self) -> tuple[Any, ...]:
        history = self.selection.history
        return weights(self.loop), history, self.selection.best_epoch, self.sum.sum, self.sum.tensor.tolist()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """The result of a training that nothing stopped."""
    return Run(tmp_path_factory.mktemp("state") / "state.safetensors").to_the_end().result()


def stopped(path: Path, step: int, **keys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        Run(path, stop=step, **keys).to_the_end()
    assert ended.value.code == 128 + signal.SIGTERM


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_stopped_at_any_step_and_resumed(step: int, tmp_path: Path, unbroken: tuple[Any, ...]) -> None:
    path = tmp_path / "state.safetensors"
    stopped(path, step)
    assert Run(path).to_the_end().result() == unbroken


def test_stopped_at_every_step(tmp_path: Path, unbroken: tuple[Any, ...]) -> None:
    path = tmp_path / "state.safetensors"
    for step in range(1, STEPS + 1):
        stopped(path, step)
    assert Run(path).to_the_end().result() == unbroken


@pytest.mark.parametrize("every", [1, 2, 3])
def test_killed_between_two_savings(every: int, tmp_path: Path, unbroken: tuple[Any, ...]) -> None:
    """What was done after the last saving is done again."""
    path = tmp_path / "state.safetensors"

    class KilledError(Exception):
        pass

    for step in range(1, STEPS + 1, 2):
        run = Run(path, every=every)

        def kill(loop: Loop, step: int = step) -> None:
            if loop.step + 1 == step:
                raise KilledError

        run.loop.plugins[0].on_gradients = kill  # type: ignore[method-assign]
        with pytest.raises(KilledError):
            run.to_the_end()
    assert Run(path, every=every).to_the_end().result() == unbroken


def test_state_is_saved_every_n_steps_and_after_epochs(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    run = Run(path, every=4)
    saved = []
    keep = run.loop.plugins[-1]
    save = keep.save  # type: ignore[attr-defined]
    keep.save = lambda loop: (saved.append((loop.step, loop.index)), save(loop))  # type: ignore[attr-defined]
    run.to_the_end()
    assert [step for step, _ in saved] == sorted([*range(4, STEPS + 1, 4), *EPOCH_ENDS[:2]])
    assert [step for step, index in saved if index == 0] == EPOCH_ENDS[:2]


def test_stopped_early_stays_stopped(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    whole = Run(tmp_path / "other.safetensors", patience=1).to_the_end()
    assert whole.loop.epoch == 3
    assert whole.selection.best_epoch == 2
    stopped(path, STEPS - 1, patience=1)
    assert Run(path, patience=1).to_the_end().result() == whole.result()


def test_parts_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    run = Run(path, stop=3)
    run.loop.parts = 2
    with pytest.raises(SystemExit):
        run.to_the_end()
    assert Run(path).to_the_end().loop.parts == 2


def test_a_resumed_training_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.safetensors"
    with caplog.at_level(logging.INFO):
        stopped(path, 3)
        Run(path).to_the_end()
    assert f"Stopped at step 3 of {STEPS}; run again to go on" in caplog.text
    assert f"Training goes on at step 3 of {STEPS}" in caplog.text


def test_other_conditions_start_anew(
    tmp_path: Path, unbroken: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.safetensors"
    stopped(path, 5, conditions={**CONDITIONS, "threads": 2, "precision": "bf16"})
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        assert Run(path).to_the_end().result() == unbroken
    assert len(caplog.records) == 1
    message = caplog.records[0].getMessage()
    assert "threads 2 → 1, precision bf16 → f32" in message
    assert "training starts anew" in message
    assert "device" not in message


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 200, -200, -1])
def test_truncated_state_starts_anew(
    length: int, tmp_path: Path, unbroken: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.safetensors"
    stopped(path, 5)
    path.write_bytes(path.read_bytes()[:length])
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        assert Run(path).to_the_end().result() == unbroken
    assert "broken state" in caplog.text


def test_a_file_that_is_no_state_starts_anew(tmp_path: Path, unbroken: tuple[Any, ...]) -> None:
    path = tmp_path / "state.safetensors"
    path.write_bytes(b"something else entirely")
    assert Run(path).to_the_end().result() == unbroken


def test_saving_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unbroken: tuple[Any, ...]) -> None:
    path = tmp_path / "state.safetensors"
    stopped(path, 3)
    before = path.read_bytes()

    def half(_: object, file: Path, *__: object) -> None:
        file.write_bytes(before[: len(before) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("regen.training.state.save_file", half)
        run = Run(path, stop=6)
        with pytest.raises(KeyboardInterrupt):
            run.to_the_end()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert Run(path).to_the_end().result() == unbroken


def test_the_state_holds_no_frozen_weights(tmp_path: Path) -> None:
    from safetensors import safe_open

    path = tmp_path / "state.safetensors"
    run = Run(path, stop=2)
    run.loop.job.network.first.bias.requires_grad_(False)  # type: ignore[union-attr, operator]
    with pytest.raises(SystemExit):
        run.to_the_end()
    with safe_open(path, "pt") as file:
        names = set(file.keys())
    assert "weights/first.weight" in names
    assert "weights/first.bias" not in names


def test_only_the_first_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    Run(path, every=1, writes=False).to_the_end()
    assert not path.exists()


@pytest.mark.parametrize("writes", [True, False])
def test_what_a_killed_process_left_is_swept(writes: bool, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    left = tmp_path / ".state.safetensors.abc.tmp"
    left.mkdir()
    Run(path, writes=writes).to_the_end()
    assert left.exists() != writes


def _heed(number: signal.Signals) -> None:
    with heeding_signals() as request:
        assert request.signal is None
        os.kill(os.getpid(), number)
        assert request.signal == number
        with pytest.raises(SystemExit) as ended:
            request(number, None)
        assert ended.value.code == 128 + number


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_remembered(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as too_late:
        _heed(number)
    assert too_late.value.code == 128 + number
    assert signal.getsignal(number) is before


def test_handlers_come_back_after_an_error() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ZeroDivisionError), heeding_signals():
        1 / (signal.getsignal(signal.SIGTERM) is before)
    assert signal.getsignal(signal.SIGTERM) is before


def test_signals_are_left_alone_in_other_threads() -> None:
    found = []

    def run() -> None:
        with heeding_signals() as request:
            found.append(request.signal)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [None]
