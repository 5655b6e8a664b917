"""Several workers share a study: none of its places is lost or taken twice, even if one of them is killed."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from optuna import Study
from optuna.trial import FrozenTrial, TrialState
from search_bench import Bench, Document, search_spec, states

from regen.search import workers
from regen.search.run import study_key
from regen.search.sampling import counts, is_finished, place_of
from regen.search.storage import open_storage, open_study

SPACE = {
    "c": {"type": "float", "low": 0.01, "high": 100.0, "log": True},
    "min_frequency": {"type": "int", "low": 1, "high": 4},
}
TRIALS = 50


@pytest.fixture
def linear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Two workers over the linear estimator."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    return Bench(tmp_path, {"min_frequency": 1}, {"search_workers": 2}, estimator="linear")


class Workers:
    """Remembers which workers were started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        start = workers._start

        def told(job: Path) -> "subprocess.Popen[bytes]":
            self.started.append(start(job))
            return self.started[-1]

        monkeypatch.setattr(workers, "_start", told)


def open_again(bench: Bench, **keys: Any) -> Study:
    """Open the bench's study beside its search."""
    search = search_spec(TRIALS, space=SPACE, **keys)
    key = study_key(bench.train, bench.dev, bench.config, search, bench.settings, None)
    return open_study(open_storage(bench.home / "state" / "search", bench.settings.study_url), key, search)


def check_whole(document: Document, trials: int = TRIALS) -> None:
    """Check that every place is there once, and that the document says how it came about."""
    assert document["workers"] == 2
    assert document["order"].startswith("several workers")
    assert [trial["number"] for trial in document["trials"]] == list(range(trials))
    assert states(document) == ["complete"] * trials
    sources = [trial["source"] for trial in document["trials"]]
    assert sources.count("recipe") == 1
    assert sources.count("sampled") == trials - 1
    drawn = [trial["values"]["c"] for trial in document["trials"]]
    assert len(set(drawn)) == trials


def kill_one(started: Workers, study: Callable[[], Study], after: int) -> list[FrozenTrial]:
    """Kill a worker in the midst of a trial, once so many trials ended; give the trials that were running."""
    while True:
        time.sleep(0.01)
        trials = study().get_trials(deepcopy=False)
        running = [trial for trial in trials if trial.state == TrialState.RUNNING]
        name = workers._name(started.started[0].pid) if started.started else ""
        if sum(map(is_finished, trials)) >= after and any(t.user_attrs.get("worker") == name for t in running):
            started.started[0].send_signal(signal.SIGKILL)
            return running


@pytest.mark.exhaustive
def test_fifty_trials_and_one_worker_killed(
    linear: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started = Workers(monkeypatch)
    opened = open_again(linear)
    killer = threading.Thread(target=kill_one, args=(started, lambda: opened, 10))
    killer.start()
    with caplog.at_level(logging.WARNING):
        document, _ = linear.run(search_spec(TRIALS, space=SPACE))
    killer.join()
    assert len(started.started) == 3
    assert started.started[0].returncode == -signal.SIGKILL
    assert "another takes its place" in caplog.text
    check_whole(document)
    names = {trial.user_attrs["worker"] for trial in opened.get_trials(deepcopy=False) if is_finished(trial)}
    assert len(names) >= 2
    places = [place_of(opened, trial) for trial in opened.get_trials(deepcopy=False) if is_finished(trial)]
    assert sorted(places) == list(range(TRIALS))


@pytest.mark.exhaustive
def test_two_workers_go_on_with_the_study_of_one(linear: Bench) -> None:
    two, linear.machine = linear.machine, {}
    few, _ = linear.run(search_spec(6, space=SPACE))
    assert (few["workers"], few["order"]) == (1, "the same each time")
    linear.machine = two
    more, _ = linear.run(search_spec(9, space=SPACE))
    check_whole(more, 9)
    assert more["trials"][:6] == few["trials"]


def test_the_last_trial_is_taken_over_too(linear: Bench) -> None:
    """All was killed in the midst of it: no place is free, and still somebody runs it."""
    opened = open_again(linear)
    opened.ask()
    document, _ = linear.run(search_spec(1, space=SPACE))
    check_whole(document, 1)
    first, again, *surplus = opened.get_trials()
    assert (first.state, again.state) == (TrialState.FAIL, TrialState.COMPLETE)
    assert again.user_attrs["again"] == first.number
    assert not any(map(counts, surplus))  # of a worker that asked while the other took over: they take no place


def test_a_worker_that_fails_by_itself_is_an_error(linear: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from regen.errors import UserError

    monkeypatch.setattr(workers, "_start", lambda _: subprocess.Popen(["false"]))
    with pytest.raises(UserError, match="a worker ended with status 1"):
        linear.run(search_spec(3, space=SPACE))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_workers_end_with_the_process_that_started_them(linear: Bench) -> None:
    """Else they would fight the next run for their trials."""
    script = linear.home / "parent.py"
    line = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {!r}]).pid, flush=True); input()"
    child = "import time; from regen.search.workers import _end_with_parent; _end_with_parent(); "
    child += "print('ready', flush=True); time.sleep(60)"
    script.write_text(line.format(child), encoding="utf-8")
    source = str(Path(workers.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "ready\n"  # the child's
        parent.kill()
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the worker lives on"
        time.sleep(0.1)


def test_a_later_run_with_one_worker_still_tells_of_several(linear: Bench) -> None:
    linear.run(search_spec(2, space=SPACE))
    linear.machine = {"search_workers": 1}
    document, _ = linear.run(search_spec(2, space=SPACE))
    check_whole(document, 2)
