"""When a trial is stopped early."""

from typing import Any

import pytest
from optuna import Study, create_study
from optuna.trial import TrialState, create_trial
from search_bench import Bench, search_spec, states

from regen.search.pruning import make_pruner
from regen.search.storage import quiet

FIXED = [{"source": "hand", "values": {"score": score}} for score in (0.3, 0.6, 0.8, 0.2)]
SPACE = {"score": {"type": "float", "low": 0.1, "high": 0.9}}


def stops(pruner: dict[str, Any], ended: list[tuple[TrialState, dict[int, float]]], now: dict[int, float]) -> bool:
    """Say whether a trial with these scores at its rungs stops, after others that ended."""
    with quiet():
        study: Study = create_study(direction="maximize", pruner=make_pruner(search_spec(pruner=pruner)))
    for state, rungs in ended:
        value = max(rungs.values()) if state == TrialState.COMPLETE else None
        study.add_trial(create_trial(state=state, value=value, intermediate_values=rungs))
    trial = study.ask()
    for rung, score in now.items():
        trial.report(score, rung)
    return trial.should_prune()


DONE, CUT, BROKEN = TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL
HALVING = {"type": "halving", "rungs": [2, 4], "reduction": 2}


@pytest.mark.parametrize(
    ("ended", "now", "stop"),
    [
        ([], {2: 0.1}, False),  # the first to reach a rung
        ([(DONE, {2: 0.5})], {2: 0.4}, True),  # 1 of 2 goes on
        ([(DONE, {2: 0.5})], {2: 0.5}, False),  # equals are not better
        ([(DONE, {2: 0.5}), (CUT, {2: 0.3})], {2: 0.4}, False),  # 2 of 3, rounded up
        ([(DONE, {2: 0.5}), (CUT, {2: 0.6})], {2: 0.4}, True),
        ([(DONE, {2: 0.5}), (CUT, {1: 0.6})], {2: 0.4}, True),  # who did not come as far does not count
        ([(DONE, {2: 0.5}), (BROKEN, {2: 0.1})], {2: 0.4}, True),  # nor one that failed
        ([(DONE, {1: 0.5, 2: 0.5, 3: 0.5})], {2: 0.6, 3: 0.0}, False),  # 3 is no rung
        ([(DONE, {2: 0.1, 4: 0.5})], {2: 0.2, 4: 0.4}, True),
    ],
)
def test_halving(ended: list[Any], now: dict[int, float], stop: bool) -> None:
    assert stops(HALVING, ended, now) is stop


def test_another_share_goes_on() -> None:
    ended = [(DONE, {2: score}) for score in (0.9, 0.8, 0.7, 0.6, 0.5)]
    assert not stops({**HALVING, "reduction": 3}, ended, {2: 0.85})
    assert stops({**HALVING, "reduction": 3}, ended, {2: 0.75})


def test_median() -> None:
    ended = [(DONE, {1: score, 2: score}) for score in (0.2, 0.4, 0.6)]
    pruner = {"type": "median", "trials": 3}
    assert stops(pruner, ended, {1: 0.3})
    assert not stops(pruner, ended, {1: 0.4})
    assert not stops({**pruner, "trials": 4}, ended, {1: 0.3})
    assert stops(pruner, [*ended, (CUT, {1: 0.0})], {1: 0.3})  # only complete trials make the median


@pytest.mark.parametrize("pruner", [{"type": "median", "trials": 1}, {"type": "threshold", "lowest": 0.5}])
def test_no_trial_is_stopped_before_the_rung(pruner: dict[str, Any]) -> None:
    ended = [(DONE, {1: 0.9, 2: 0.9, 3: 0.9})]
    assert stops(pruner, ended, {1: 0.1})
    assert not stops({**pruner, "rung": 3}, ended, {1: 0.1})
    assert not stops({**pruner, "rung": 3}, ended, {1: 0.1, 2: 0.1})
    assert stops({**pruner, "rung": 3}, ended, {1: 0.1, 2: 0.1, 3: 0.1})


def test_threshold() -> None:
    assert stops({"type": "threshold", "lowest": 0.5}, [], {1: 0.49})
    assert not stops({"type": "threshold", "lowest": 0.5}, [], {1: 0.5})


def test_never() -> None:
    with quiet():
        assert not create_study(pruner=make_pruner(search_spec())).ask().should_prune()


def test_a_search_stops_the_poor_ones(bench: Bench) -> None:
    pruner = {"type": "halving", "rungs": [1, 2], "reduction": 2}
    document, best = bench.run(search_spec(5, space=SPACE, fixed=FIXED, pruner=pruner, pick="best"))
    assert states(document) == ["complete", "pruned", "complete", "complete", "pruned"]
    assert [list(row["rungs"]) for row in document["trials"]] == [["1", "2", "3"], ["1"], *[["1", "2", "3"]] * 2, ["1"]]
    assert [row["tokens"] for row in document["trials"]] == [300, 100, 300, 300, 100]
    assert document["trials"][1]["score"] is None
    assert best["trial"] == 3
    assert len(bench.folders) == 1
