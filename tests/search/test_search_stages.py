"""Trials that pause after a part of their training, of which the best go on."""

from pathlib import Path

import pytest
from paced_estimator import PacedModel
from search_bench import Bench, bytes_of, fits, search_spec, states

from regen.estimators.base import Resources
from regen.estimators.repeats import fit_repeat

SCORES = (0.3, 0.9, 0.6, 0.8)
FIXED = [{"source": "hand", "values": {"score": score}} for score in SCORES]
SPACE = {"score": {"type": "float", "low": 0.1, "high": 0.9}}


@pytest.mark.parametrize("limit", [{"epochs": 1}, {"tokens": 100}, {"tokens": 30}])
def test_the_best_go_on_where_they_paused(bench: Bench, limit: dict[str, int]) -> None:
    document, best = bench.run(search_spec(5, space=SPACE, fixed=FIXED, first_stage={**limit, "top": 2}))
    assert fits() == [*((score, 0) for score in (0.5, *SCORES)), (0.9, 1), (0.8, 1)]
    assert states(document) == ["paused", "paused", "complete", "paused", "complete"]
    assert [row["score"] for row in document["trials"]] == [None, None, 0.9, None, 0.8]
    assert [row["first_stage"] for row in document["trials"]] == [0.15, 0.1, 0.3, 0.2, 0.25]
    assert [row["tokens"] for row in document["trials"]] == [100, 100, 300, 100, 300]
    assert document["tokens"] == 900
    assert [row["source"] for row in document["trials"]] == ["recipe", *["hand"] * 4]
    assert best["trial"] == 2
    assert best["values"] == {"score": 0.9}
    assert len(bench.folders) == 1


def test_those_that_went_on_end_as_unbroken_ones(bench: Bench, tmp_path: Path) -> None:
    search = search_spec(3, space=SPACE, fixed=FIXED[:2], first_stage={"epochs": 2, "top": 1})
    _, best = bench.run(search)
    config, fresh = bench.config.with_options(best["values"]), Bench(tmp_path / "fresh").settings
    unbroken = fit_repeat(bench.train, bench.dev, config, 0, fresh, Resources())
    assert isinstance(unbroken, Path)
    (kept,) = (bench.home / "state" / "fit").glob("*/model")
    for name in ("model.json", "weights.bin", "facts.json"):
        assert (kept / name).read_bytes() == (unbroken / name).read_bytes()


def test_interrupted_in_the_second_stage(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = search_spec(5, space=SPACE, fixed=FIXED, first_stage={"epochs": 1, "top": 2})
    unbroken = Bench(tmp_path / "unbroken").run(search)
    PacedModel.calls.clear()

    def stop(_: object, epoch: int) -> None:
        if epoch == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PacedModel, "watch", staticmethod(stop))
        with pytest.raises(KeyboardInterrupt):
            bench.run(search)
    assert bytes_of(*bench.run(search)) == bytes_of(*unbroken)
    assert fits()[-3:] == [(0.9, 1), (0.9, 2), (0.8, 1)]


def test_a_trial_that_ends_before_it_would_pause(bench: Bench) -> None:
    space = {**SPACE, "epochs": {"type": "int", "low": 1, "high": 3}}
    fixed = [
        {"source": "short", "values": {"score": 0.7, "epochs": 1}},
        {"source": "long", "values": {"score": 0.9, "epochs": 3}},
    ]
    stage = {"epochs": 2, "top": 2}
    document, best = bench.run(search_spec(3, space=space, fixed=fixed, first_stage=stage, pick="best"))
    assert states(document) == ["paused", "complete", "complete"]
    assert best["score"] == 0.9


def test_all_end_before_they_would_pause(bench: Bench) -> None:
    document, _ = bench.run(search_spec(3, space=SPACE, first_stage={"tokens": 10**6, "top": 2}))
    assert states(document) == ["complete"] * 3
    assert len(PacedModel.calls) == 3


def test_a_trial_that_fails_in_the_second_stage(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.options = {"kind": "fails"}

    def fail(options: object) -> None:
        if getattr(options, "score", 0) == 0.9:
            raise ArithmeticError("nan")

    monkeypatch.setattr(PacedModel, "fail", staticmethod(fail))
    document, best = bench.run(search_spec(5, space=SPACE, fixed=FIXED, first_stage={"epochs": 1, "top": 2}))
    assert states(document) == ["paused", "paused", "failed", "paused", "complete"]
    assert document["trials"][2]["error"] == "ArithmeticError: nan"
    assert best["trial"] == 4
