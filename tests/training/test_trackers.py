import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from watched_training import EPOCHS, STEPS_PER_EPOCH, train, weights

from regen.config.machine import Telemetry
from regen.errors import UserError
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.trackers import TensorBoard, Tracking, WeightsAndBiases, chosen_trackers

STEPS = EPOCHS * STEPS_PER_EPOCH


class Book:
    """Remembers points as a tracker does that hides what a restart does again."""

    def __init__(self) -> None:
        self.points: list[tuple[int, dict[str, float]]] = []
        self.begun: list[int] = []
        self.closed = 0

    def begin(self, step: int) -> None:
        self.begun.append(step)
        self.points = [point for point in self.points if point[0] <= step]

    def add(self, step: int, values: dict[str, float]) -> None:
        self.points.append((step, values))

    def close(self) -> None:
        self.closed += 1

    def curve(self, name: str) -> dict[int, float]:
        return {step: values[name] for step, values in self.points if name in values}


class Losses(Plugin):
    """Notes the loss of each step."""

    def __init__(self) -> None:
        self.each: list[float] = []
        self._before = 0.0

    def on_step(self, loop: Loop) -> None:
        before = 0.0 if loop.index == 1 else self._before
        self._before = float(loop.losses)
        self.each.append(self._before - before)


def test_points_are_means_of_the_steps_since_the_point_before() -> None:
    book, losses = Book(), Losses()
    train([losses, Tracking([book], every=4)])
    parts = {4: (0, 4), 5: (4, 5), 8: (5, 8), 10: (8, 10), 12: (10, 12), 15: (12, 15)}
    expected = {step: sum(losses.each[start:end]) / (end - start) for step, (start, end) in parts.items()}
    assert book.curve("train/loss") == pytest.approx(expected)
    assert book.curve("train/learning_rate")[4] == pytest.approx(0.05 * (STEPS - 3) / STEPS)
    assert list(book.curve("dev/score")) == list(book.curve("dev/loss")) == [5, 10, 15]
    assert book.curve("dev/score")[15] > 0.8
    assert (book.begun, book.closed) == ([0], 1)


@pytest.mark.parametrize("stop", [5, 7, 8, 12])
def test_a_resumed_training_goes_on_with_the_curves(tmp_path: Path, stop: int) -> None:
    whole, book, state = Book(), Book(), tmp_path / "state.safetensors"
    train([Tracking([whole], every=4)])
    with pytest.raises(SystemExit):
        train([Tracking([book], every=4)], state, stop=stop)
    train([Tracking([book], every=4)], state)
    assert book.begun == [0, stop]
    assert [step for step, _ in book.points] == [step for step, _ in whole.points]
    for name in ("train/loss", "dev/loss", "dev/score"):
        assert book.curve(name) == whole.curve(name)


def test_a_tracker_that_is_chosen_after_a_restart_draws_from_there(tmp_path: Path) -> None:
    whole, book, state = Book(), Book(), tmp_path / "state.safetensors"
    train([Tracking([whole], every=100)])
    with pytest.raises(SystemExit):
        train([Tracking([])], state, stop=7)
    train([Tracking([book], every=100)], state)
    assert book.points == [(step, values) for step, values in whole.points if step > 7]


def test_trackers_change_no_weights() -> None:
    assert weights(train([Tracking([Book(), Book()], every=1)])) == weights(train([])) == weights(train([Tracking([])]))


def test_a_training_that_was_done_already_draws_nothing() -> None:
    book = Book()
    Tracking([book]).on_end(SimpleNamespace())  # type: ignore[arg-type]
    assert (book.begun, book.closed) == ([], 0)


@pytest.mark.parametrize("library", ["tensorboard", "wandb"])
def test_a_missing_library_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UserError) as caught:
        chosen_trackers(Telemetry(**{library: True}), tmp_path, "a.x", 0)
    assert str(caught.value) == (
        f"conf/*/machine.yml: telemetry.{library}: is true, but '{library}' is not installed; "
        f"run 'pip install {library}', or set it to false"
    )


def test_nothing_is_chosen_at_first(tmp_path: Path) -> None:
    assert chosen_trackers(Telemetry(), tmp_path, "a.x", 0) == []


class Calls:
    """Stands for a library's object and notes what is called."""

    def __init__(self, calls: list[Any], name: str) -> None:
        self._calls, self._name = calls, name

    def __getattr__(self, method: str) -> Any:
        return lambda *values, **named: self._calls.append((method, *values, *named.items()))


def fake(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, name, module)


def test_tensorboard_hides_later_points_and_writes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def writer(folder: str, purge_step: int) -> Calls:
        calls.append((folder, purge_step))
        return Calls(calls, "writer")

    fake(monkeypatch, "tensorboard")
    fake(monkeypatch, "torch.utils.tensorboard", SummaryWriter=writer)
    (tracker,) = chosen_trackers(Telemetry(tensorboard=True), tmp_path, "a.x", 3)
    tracker.begin(40)
    tracker.add(60, {"train/loss": 0.5})
    tracker.close()
    folder = str(tmp_path / "tensorboard" / "s3")
    assert calls == [(folder, 41), ("add_scalar", "train/loss", 0.5, 60), ("flush",), ("close",)]


class LibraryError(Exception):
    """Stands for ``wandb.errors.Error``."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Weights & Biases that starts no program: what it was called with."""
    calls: list[Any] = []

    def init(**told: Any) -> Calls:
        if told["project"] in calls:
            raise LibraryError("no API key\nconfigured")
        calls.append(told)
        return Calls(calls, "run")

    fake(monkeypatch, "wandb", init=init, Settings=dict, errors=SimpleNamespace(Error=LibraryError))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    return calls


def test_wandb_is_offline_and_quiet(tmp_path: Path, runs: list[Any]) -> None:
    (tracker,) = chosen_trackers(Telemetry(wandb=True), tmp_path, "a.x seed 3", 3)
    tracker.begin(0)
    tracker.add(20, {"train/loss": 0.5})
    tracker.close()
    told, *others = runs
    assert (told["project"], told["name"], told["dir"]) == ("regen", "a.x seed 3", tmp_path)
    assert (told["mode"], told["resume"]) == ("offline", None)
    assert told["settings"] == {"console": "off", "silent": True, "disable_git": True, "x_disable_stats": True}
    point = ("log", {"train/loss": 0.5, "step": 20})
    assert others == [("define_metric", "*", ("step_metric", "step")), point, ("finish",)]


def test_wandb_goes_on_under_the_same_id(tmp_path: Path, runs: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    for step in (0, 40, 0):
        WeightsAndBiases(tmp_path, "a.x", 3).begin(step)
    WeightsAndBiases(tmp_path, "a.x", 4).begin(40)  # there is no id to go on under
    first, resumed, anew, other = (call for call in runs if isinstance(call, dict))
    assert first["id"] == resumed["id"]
    assert len({first["id"], anew["id"], other["id"]}) == 3
    assert [told["mode"] for told in (first, resumed)] == ["online", "online"]
    assert [told["resume"] for told in (first, resumed, anew)] == [None, "allow", None]


def test_what_wandb_refuses_is_one_line(tmp_path: Path, runs: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    runs.append("regen")
    said = "^WANDB_MODE=online: no API key configured; unset it for offline mode, or run 'wandb login'$"
    with pytest.raises(UserError, match=said):
        WeightsAndBiases(tmp_path, "a.x", 3).begin(0)


def test_real_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    state = tmp_path / "state.safetensors"
    plain = train([])
    with pytest.raises(SystemExit):
        train([Tracking([TensorBoard(tmp_path / "s0")], every=2)], state, stop=7)
    assert weights(train([Tracking([TensorBoard(tmp_path / "s0")], every=2)], state)) == weights(plain)
    found = EventAccumulator(str(tmp_path / "s0"))
    found.Reload()
    assert [event.step for event in found.Scalars("train/loss")] == [2, 4, 5, 6, 8, 10, 12, 14, 15]
    assert [event.step for event in found.Scalars("dev/score")] == [5, 10, 15]


def test_real_wandb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "cache"))
    watched = train([Tracking([WeightsAndBiases(tmp_path, "a.x", 0)], every=2)])
    assert weights(watched) == weights(train([]))
    (run,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    assert run.stat().st_size > 0
    assert (tmp_path / "wandb" / "s0.id").read_text(encoding="utf-8") in run.name
