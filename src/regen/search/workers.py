"""Several processes that share the trials of a study; one that dies leaves its trial to another."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from optuna import Study
from optuna.storages._heartbeat import is_heartbeat_enabled
from optuna.trial import TrialState

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.search import SearchSpec
from regen.errors import UserError
from regen.processes import environment
from regen.search.sampling import AGAIN, ERROR
from regen.search.space import Planned
from regen.search.storage import open_storage, open_study
from regen.search.study import WORKER, Worker, sweep
from regen.search.trials import Part, Runner

logger = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
"""Number of the request in <linux/prctl.h>."""
_POLL_SECONDS, _NAMED_SECONDS = 0.2, 2.0
"""How often workers are looked after, and the time in which a living one has written its name on its new trial."""


def run_in_processes(
    study: Study, runner: Runner, planned: Sequence[Planned], trials: int, machine: Machine, *, keep: int, pausing: bool
) -> None:
    """Run a study's trials in several processes of this machine.

    Args:
        study: The study; its storage is opened again in each process.
        runner: Runs trials.
        planned: Trials whose values are known.
        trials: Places of the study.
        machine: How many workers there are, and where the storage is.
        keep: Checkpoints of so many of the best trials stay.
        pausing: Whether trials pause after their first stage.

    Raises:
        UserError: A worker failed by itself: what it printed says why.
    """
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if machine.study_url is None:
            _free(study, trial.number)
    with TemporaryDirectory(prefix="regen-") as folder:
        job = Path(folder)
        _write_job(job, study, runner, planned, trials, machine, keep, pausing)
        workers = [_start(job) for _ in range(machine.search_workers)]
        before = signal.signal(signal.SIGTERM, lambda number, _: _stop(workers, number)) if _main_thread() else None
        try:
            _attend(study, workers, job)
        finally:
            _stop(workers, signal.SIGTERM)
            if _main_thread():
                signal.signal(signal.SIGTERM, before)


def _attend(study: Study, workers: list["subprocess.Popen[bytes]"], job: Path) -> None:
    """Wait for all workers; start another one for each that was killed."""
    while workers:
        time.sleep(_POLL_SECONDS)
        for worker in [worker for worker in workers if worker.poll() is not None]:
            workers.remove(worker)
            if worker.returncode:
                _free_all_of(study, worker.pid)
            if worker.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM):
                raise SystemExit(128 + signal.SIGTERM)
            if worker.returncode > 0:
                raise UserError(f"a worker ended with status {worker.returncode}; what it printed above says why")
            if worker.returncode < 0:
                logger.warning("A worker was killed (signal %d); another takes its place", -worker.returncode)
                workers.append(_start(job))


def _free_all_of(study: Study, pid: int) -> None:
    """Free what a dead worker ran: trials that carry its name, and in a journal those that nobody puts a name on."""
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    names: tuple[str | None, ...] = (_name(pid),)
    if any(WORKER not in trial.user_attrs for trial in running) and not is_heartbeat_enabled(study._storage):
        nameless = {trial.number for trial in running if WORKER not in trial.user_attrs}
        time.sleep(_NAMED_SECONDS)
        running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        running = [trial for trial in running if WORKER in trial.user_attrs or trial.number in nameless]
        names = (*names, None)
    for trial in running:
        if trial.user_attrs.get(WORKER) in names:
            _free(study, trial.number)


def _name(pid: int) -> str:
    """Name a worker, among those of all machines."""
    return f"{socket.gethostname()}:{pid}"


def _free(study: Study, number: int) -> None:
    """Take a trial from a dead worker: another runs it again, and goes on where it stood; twice is a failure."""
    trial = study.get_trials(deepcopy=False)[number]
    if AGAIN in trial.user_attrs:
        study._storage.set_trial_user_attr(trial._trial_id, ERROR, "its process was killed twice")
        study.tell(number, state=TrialState.FAIL)
        return
    study.enqueue_trial(dict(trial.params), user_attrs={AGAIN: number})  # first: its place is never free
    study.tell(number, state=TrialState.FAIL)


def _start(job: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "regen.search.workers", str(job)], env=environment())


def _stop(workers: Sequence["subprocess.Popen[bytes]"], number: int) -> None:
    for worker in workers:
        if worker.poll() is None:
            worker.send_signal(number)
    for worker in workers:
        worker.wait()


def _main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


def _write_job(
    job: Path,
    study: Study,
    runner: Runner,
    planned: Sequence[Planned],
    trials: int,
    machine: Machine,
    keep: int,
    pausing: bool,
) -> None:
    for number, part in enumerate(runner.parts):
        part.train.to_parquet(job / f"train-{number}.parquet")
        part.dev.to_parquet(job / f"dev-{number}.parquet")
    told = {
        "study": study.study_name,
        "seeds": [part.seed for part in runner.parts],
        "config": runner.config.model_dump(mode="json"),
        "search": runner.search.model_dump(mode="json"),
        "machine": machine.model_dump(mode="json"),
        "encoder": str(runner.encoder) if runner.encoder else None,
        "planned": [[trial.values, trial.source] for trial in planned],
        "trials": trials,
        "keep": keep,
        "pausing": pausing,
    }
    (job / "job.json").write_text(json.dumps(told), encoding="utf-8")


def work(job: Path) -> None:
    """Run trials of a job's study until all its places are taken."""
    told: dict[str, Any] = json.loads((job / "job.json").read_text(encoding="utf-8"))
    search, machine = SearchSpec.model_validate(told["search"]), Machine(**told["machine"])
    parts = [
        Part(pd.read_parquet(job / f"train-{n}.parquet"), pd.read_parquet(job / f"dev-{n}.parquet"), seed, {})
        for n, seed in enumerate(told["seeds"])
    ]
    encoder = Path(told["encoder"]) if told["encoder"] else None
    runner = Runner(parts, CellConfig(**told["config"]), machine, encoder, search)
    planned = [Planned(values, source) for values, source in told["planned"]]
    study = open_study(open_storage(machine.state / "search", machine.study_url), told["study"], search)
    name = _name(os.getpid())
    worker = Worker(study, runner, planned, told["trials"], alone=False, name=name, pausing=told["pausing"])
    worker.run(then=lambda done: sweep(done, machine.state / "fit", told["keep"]))


def _end_with_parent() -> None:
    """Have Linux send SIGTERM when the process that started this one dies, also by SIGKILL; a state is saved then."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    _end_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    work(Path(sys.argv[1]))
