import io
import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from watched_training import HARDWARE, Tiny, train, weights

from regen.config.machine import Telemetry
from regen.training import views
from regen.training.batches import Batch, Plan
from regen.training.device import Hardware
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.trackers import Tracking
from regen.training.views import Progress, operations_per_token, training_figures, watching

BATCHES = [
    Batch(np.arange(2), 8, 12),
    Batch(np.arange(4), 4, 16),
    Batch(np.arange(1), 16, 10),
    Batch(np.arange(1), 4, 4),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _peak(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that multiplies 1,000 numbers in a second, and holds little."""
    monkeypatch.setattr(views, "matrix_peak", lambda *told: {("cpu", torch.float32, 1): 1000.0}[told])
    monkeypatch.setattr(views, "peak_memory", lambda device: {"cpu": 34_560_000}[device])


def loop(step: int, seconds: float = 2.0) -> Any:
    plan = Plan([BATCHES[:3], BATCHES[3:]])
    return SimpleNamespace(job=SimpleNamespace(plan=plan), step=step, seconds=seconds)


def test_figures_by_hand() -> None:
    operations = operations_per_token(nn.Linear(2, 3))  # 6 weights: 36 operations for each of 26 tokens in 2 s
    assert training_figures(loop(3), 1, HARDWARE, operations) == {
        "first_step": 1,
        "steps": 2,
        "seconds": 2.0,
        "tokens": 26,
        "tokens_per_second": 13.0,
        "padding": round(1 - 26 / 32, 4),
        "operations_per_second": 468,
        "peak_operations_per_second": 1000,
        "peak_share": 0.468,
        "training_memory_bytes": 0,
        "peak_memory_bytes": 34_560_000,
        "hardware": HARDWARE.told(),
    }


def test_processes_add_up() -> None:
    shared = Hardware("cpu", "any", "f32", threads=1, processes=4)
    figures = training_figures(loop(3), 1, shared, 36)
    assert (figures["peak_operations_per_second"], figures["peak_share"]) == (4000, 0.117)


def test_no_peak_where_nothing_is_to_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "matrix_peak", None)  # not even measured
    figures = training_figures(loop(4), 0, HARDWARE)
    assert (figures["operations_per_second"], figures["peak_share"]) == (0, None)
    assert figures["padding"] == round(1 - 42 / 52, 4)


def test_operations_of_matrices_but_embeddings() -> None:
    body = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 2))
    assert operations_per_token(body) == 6 * (32 + 16)
    body[0].requires_grad_(False)
    body[1].requires_grad_(False)
    assert operations_per_token(body) == 2 * 32 + 6 * 16
    assert operations_per_token(body, kept=True) == 6 * 16  # computed before the training
    assert operations_per_token(body, kept=True, again=True) == 8 * 16
    body[1].requires_grad_(True)
    body[3].requires_grad_(False)
    assert operations_per_token(body) == 6 * 32 + 4 * 16
    body.requires_grad_(False)
    assert (operations_per_token(body), operations_per_token(body, kept=True)) == (2 * (32 + 16), 0)
    assert operations_per_token(body, below=True) == 4 * (32 + 16)
    assert operations_per_token(body, below=True, again=True) == 6 * (32 + 16)


def test_nothing_on_standard_error_but_a_line_in_the_log(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="regen"):
        train([Progress("a.x seed 0", HARDWARE, 6)])
    assert capsys.readouterr().err == ""
    (line,) = caplog.messages
    assert line.startswith("a.x seed 0: 15 steps in ")
    assert ", 25.0% padding, " in line
    assert line.endswith("% of the machine's matrix peak, peak memory 35 MB")


def test_memory_of_training_is_that_before_dev_is_first_predicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = [10]

    class Predicting(Plugin):
        def on_epoch(self, loop: Loop) -> None:
            taken.append(50 * loop.epoch)

    monkeypatch.setattr(views, "peak_memory", lambda _: max(taken))
    train([Predicting(), Progress("a.x seed 0", HARDWARE, report=tmp_path / "s0.json")])
    told = json.loads((tmp_path / "s0.json").read_text("utf-8"))
    assert (told["training_memory_bytes"], told["peak_memory_bytes"]) == (10, 150)


def test_no_share_of_a_peak_in_the_line_without_a_body(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="regen"):
        train([Progress("a.x", HARDWARE)])
    assert "matrix peak" not in caplog.text


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(views, "_BETWEEN_LOSSES", 4)
    train([Progress("a.x seed 0", HARDWARE)])
    last = terminal.getvalue().rpartition("\r")[2]
    assert last.startswith("a.x seed 0: 100%")
    assert "15/15" in last
    assert "loss=0." in last
    assert "lr=" in last


def test_a_resumed_training_counts_its_own_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, state = tmp_path / "views" / "s0.json", tmp_path / "state.safetensors"
    with pytest.raises(SystemExit):
        train([Progress("a.x", HARDWARE, 0, report)], state, stop=7)
    assert not report.exists()
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train([Progress("a.x", HARDWARE, 0, report)], state)
    figures = json.loads(report.read_text(encoding="utf-8"))
    assert (figures["first_step"], figures["steps"], figures["tokens"]) == (7, 8, 240)
    assert "\ra.x:  47%" in terminal.getvalue()
    assert " 15/15 " in terminal.getvalue()


def test_a_training_that_was_done_already_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="regen"):
        Progress("a.x", HARDWARE).on_end(loop(4))
    assert not caplog.messages


def test_figures_that_cannot_be_written_are_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "views").write_text("a file", encoding="utf-8")
    train([Progress("a.x", HARDWARE, 0, tmp_path / "views" / "s0.json")])
    assert "s0.json: telemetry not written" in caplog.text


def test_watching_gives_two_plugins_whatever_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regen.training.trackers.find_spec", lambda _: object())
    both = Telemetry(tensorboard=True, wandb=True)
    for folder, telemetry in ((None, Telemetry()), (None, both), (tmp_path, both)):
        plugins = watching("a.x", HARDWARE, operations_per_token(Tiny().body), 3, folder, telemetry)
        assert [type(plugin) for plugin in plugins] == [Progress, Tracking]
    assert not list(tmp_path.iterdir())


def test_watching_changes_no_weights_and_writes_beside_the_results(tmp_path: Path) -> None:
    plain = train([])
    watched = train(watching("a.x seed 3", HARDWARE, operations_per_token(Tiny().body), 3, tmp_path, Telemetry()))
    assert weights(watched) == weights(plain)
    assert [path.name for path in tmp_path.iterdir()] == ["s3.json"]
    figures = json.loads((tmp_path / "s3.json").read_text(encoding="utf-8"))
    assert figures["operations_per_second"] > 0
