"""Trials that fail are outcomes: they are written down, and the study goes on."""

from typing import Any

import pytest
from paced_estimator import PacedModel, PacedOptions
from search_bench import SPACE, Bench, search_spec, states

from regen.errors import UserError

KINDS = {**SPACE, "kind": {"type": "categorical", "choices": ["plain", "other", "fails"]}}
FIXED = [{"source": "hand", "values": {"kind": "fails", "score": 0.8}}]


def failing(monkeypatch: pytest.MonkeyPatch, *errors: BaseException) -> None:
    """Let fits of kind ``fails`` end with these errors, one after the other; then no more."""
    left = list(errors)

    def fail(_: PacedOptions) -> None:
        if left:
            raise left.pop(0)

    monkeypatch.setattr(PacedModel, "fail", staticmethod(fail))


def run(bench: Bench, trials: int = 3, **keys: Any) -> list[dict[str, Any]]:
    """Search with a second trial that fails; give the rows."""
    rows: list[dict[str, Any]] = bench.run(search_spec(trials, space=KINDS, fixed=FIXED, **keys))[0]["trials"]
    return rows


def test_what_fails_once_is_tried_again_where_it_stood(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("for a moment"))
    rows = run(bench, 2)
    assert [(row["state"], row["score"]) for row in rows] == [("complete", 0.5), ("complete", 0.8)]
    assert [call.epoch for call in PacedModel.calls] == [0, 0, 1]
    assert list(rows[1]["rungs"]) == ["1", "2", "3"]


def test_what_fails_twice_is_written_down_and_the_study_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("first"), RuntimeError("second\nline"))
    rows = run(bench)
    assert [row["state"] for row in rows] == ["complete", "failed", "complete"]
    assert rows[1]["error"] == "RuntimeError: second"
    assert rows[1]["score"] is None
    assert rows[1]["source"] == "hand"
    assert "error" not in rows[0] | rows[2]
    assert bench.run(search_spec(3, space=KINDS, fixed=FIXED))[0]["trials"] == rows


def test_memory_that_runs_out_is_an_outcome(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    failing(monkeypatch, *[torch.OutOfMemoryError("out of memory") for _ in range(2)])
    rows = run(bench)
    assert [row["state"] for row in rows] == ["complete", "failed", "complete"]
    assert rows[1]["error"] == "OutOfMemoryError: out of memory"


def test_a_loss_that_is_no_number_is_not_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from regen.training.reporting import NotFiniteError

    failing(monkeypatch, NotFiniteError("train_loss is nan after epoch 2"))
    rows = run(bench)
    assert rows[1]["error"] == "NotFiniteError: train_loss is nan after epoch 2"
    assert len(PacedModel.calls) == 3


def test_a_failed_trial_leaves_nothing_on_the_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ArithmeticError("nan"))
    _, best = bench.run(search_spec(2, space=KINDS, fixed=FIXED))
    assert best["trial"] == 0
    assert len(bench.folders) == 1


def test_values_that_do_not_go_together_are_an_outcome(bench: Bench) -> None:
    search = search_spec(2, fixed=[{"source": "hand", "values": {"score": 0.8}}])
    whole = PacedOptions.__init__

    def refuses(self: PacedOptions, **keys: Any) -> None:
        whole(self, **keys, **({"unknown": 1} if keys.get("score") == 0.8 else {}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PacedOptions, "__init__", refuses)
        document, _ = bench.run(search)
    assert states(document) == ["complete", "failed"]
    assert document["trials"][1]["error"] == "unknown: Extra inputs are not permitted"


def test_no_trial_with_a_score_is_an_error_of_one_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.options = {"kind": "fails"}
    failing(monkeypatch, *[ArithmeticError("nan")] * 2)
    with pytest.raises(UserError) as caught:
        bench.run(search_spec(2))
    assert str(caught.value) == "cell made_up.paced: no trial ended with a score: ArithmeticError: nan"


def test_no_trial_above_the_threshold_is_an_error_of_one_line(bench: Bench) -> None:
    with pytest.raises(UserError) as caught:
        bench.run(search_spec(2, pruner={"type": "threshold", "lowest": 0.95}))
    assert str(caught.value) == "cell made_up.paced: no trial ended with a score: the pruner stopped all of them"


def test_an_interrupt_is_no_outcome(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for stop in (KeyboardInterrupt(), SystemExit(143)):
        failing(monkeypatch, stop)
        with pytest.raises(type(stop)):
            run(bench)
    rows = run(bench)
    assert [row["state"] for row in rows] == ["complete"] * 3
    assert rows[1]["source"] == "hand"
    epochs = [call.epoch for call in PacedModel.calls if call.options.kind == "fails" and call.options.score == 0.8]
    assert epochs == [0, 1, 1]


def test_a_full_disk_is_no_outcome(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full = UserError("the disk is full")
    full.__cause__ = OSError(28, "No space left on device")
    failing(monkeypatch, full)
    with pytest.raises(UserError, match="the disk is full"):
        run(bench)
    assert [row["state"] for row in run(bench)] == ["complete"] * 3, "the trial goes on once there is room"


def test_a_second_process_on_the_same_study_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def beside(*_: object) -> None:
        bench.run(search_spec(1))

    monkeypatch.setattr(PacedModel, "watch", staticmethod(beside))
    with pytest.raises(UserError, match=r"no trial ended with a score: UserError: cell .*: another process"):
        bench.run(search_spec(1))
