"""A whole search: its stages, its workers, what they found, and the pick."""

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout
from optuna import Study
from optuna.trial import TrialState

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.recipe import estimator_modules
from regen.config.search import SearchSpec
from regen.config.statistics import StatisticsConfig
from regen.errors import UserError
from regen.estimators.augmented import augmentation_key
from regen.estimators.repeats import file_digest, table_digest
from regen.lineage.closure import code_digest
from regen.processes import cores
from regen.search.outcome import WORKERS, Document, best_trial, interval_of, pick, write_trials
from regen.search.sampling import finished_trials
from regen.search.space import Planned, planned_trials
from regen.search.storage import close_storage, open_storage, open_study
from regen.search.study import PAUSED, Worker, rank, sweep
from regen.search.trials import Runner, inner_parts
from regen.search.workers import run_in_processes

logger = logging.getLogger(__name__)
_CODE = "regen.search.run"


def run_search(
    train: pd.DataFrame,
    dev: pd.DataFrame,
    config: CellConfig,
    search: SearchSpec,
    statistics: StatisticsConfig,
    machine: Machine,
    encoder: Path | None,
) -> dict[str, Document]:
    """Search, or go on with a search that was interrupted.

    Args:
        train: Training examples.
        dev: Dev examples.
        config: The cell's config before the search.
        search: The search.
        statistics: How the interval of the best trial is made.
        machine: Where studies and fits keep their state, and how many workers there are.
        encoder: Folder of the encoder that the recipe names.

    Returns:
        ``trials`` and ``best``.

    Raises:
        UserError: No trial ended with a score, another process searches the same, or the database cannot be opened.
    """
    key = study_key(train, dev, config, search, machine, encoder)
    config = _divided(config, machine)
    runner = Runner(inner_parts(search, train, dev), config, machine, encoder, search)
    planned = planned_trials(search, config.options)
    storage = open_storage(machine.state / "search", machine.study_url)
    with _alone_on_this_machine(machine.state / "search" / f"{key}.lock", config.cell):
        studies = [open_study(storage, key, search)]
        trials = min(search.trials, len(planned)) if search.sampler == "grid" else search.trials
        _run(
            studies[0],
            runner,
            planned,
            trials,
            machine,
            keep=search.first_stage.top if search.first_stage else 1,
            pausing=search.first_stage is not None,
        )
        if search.first_stage is not None:
            ended = finished_trials(studies[0], trials)
            best = sorted((trial for trial in ended if trial.state == TrialState.COMPLETE), key=rank)
            paused = [trial for trial in best[: search.first_stage.top] if trial.user_attrs.get(PAUSED)]
            further = [Planned(dict(trial.params), "first stage") for trial in paused]
            if further:  # none where all ended before they would have paused
                name = f"{key}-{_digest([trial.values for trial in further])}"
                studies.append(open_study(storage, name, search))
                _run(studies[1], runner, further, len(further), machine, keep=1, pausing=False)
    document = write_trials(studies, search, config.cell, trials)
    close_storage(storage)
    if not any(trial["state"] == "complete" for trial in document["trials"]):
        errors = {trial["error"] for trial in document["trials"] if "error" in trial}
        told = "; ".join(sorted(errors)) or "the pruner stopped all of them"
        raise UserError(f"cell {config.cell}: no trial ended with a score: {told}")
    officials = runner.officials(best_trial(document)["values"])
    interval = interval_of(officials, runner.parts, statistics)
    best_found = pick(document, search, interval)
    scores = [100 * best_found["score"], 100 * best_found["best"]["score"]]
    told = "%s: trial %d was picked (%.2f; best: trial %d, %.2f): %s"
    numbers = best_found["trial"], scores[0], best_found["best"]["trial"], scores[1]
    logger.info(told, config.cell, *numbers, best_found["rule"])
    return {"trials": document, "best": best_found}


def study_key(
    train: pd.DataFrame,
    dev: pd.DataFrame,
    config: CellConfig,
    search: SearchSpec,
    machine: Machine,
    encoder: Path | None,
) -> str:
    """Name a study by all that decides its trials but their number: raised, it keeps those that are finished."""
    told = {
        "config": config.model_dump(mode="json", exclude={"seeds", "selection"}),
        "search": search.model_dump(mode="json", exclude={"trials", "pick", "cost"}),
        "train": table_digest(train),
        "dev": table_digest(dev),
        "code": code_digest([_CODE, *estimator_modules(config.estimator), *augmentation_modules(config.augmentation)]),
        "lock": file_digest(machine.project / "requirements.lock"),
        "encoder": file_digest(encoder / "encoder.json") if encoder else None,
        **augmentation_key(config, machine),
    }
    return f"{config.cell}-{_digest(told)}"


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _run(
    study: Study, runner: Runner, planned: Sequence[Planned], trials: int, machine: Machine, keep: int, pausing: bool
) -> None:
    state = machine.state / "fit"
    if len(finished_trials(study, trials)) < trials:
        shared = max(machine.search_workers, 2 if machine.study_url else 1)  # other machines may take part
        study.set_user_attr(WORKERS, max(study.user_attrs.get(WORKERS, 1), shared))
    if machine.search_workers > 1:
        run_in_processes(study, runner, planned, trials, machine, keep=keep, pausing=pausing)
        sweep(study, state, keep)
        return
    worker = Worker(
        study, runner, planned, trials, alone=machine.study_url is None, name=str(os.getpid()), pausing=pausing
    )
    worker.run(then=lambda done: sweep(done, state, keep))


def _divided(config: CellConfig, machine: Machine) -> CellConfig:
    """Give each worker its share of the cores, where the recipe leaves the threads open."""
    if machine.search_workers == 1 or config.options.get("threads", 1) is not None:
        return config
    return config.with_options({"threads": max(1, cores() // machine.search_workers)})


@contextmanager
def _alone_on_this_machine(path: Path, cell: str) -> Iterator[None]:
    """Refuse a second process that would run the same study: it would take this one's trial for interrupted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(f"cell {cell}: another process on this machine searches it; wait for it or stop it") from None
    try:
        yield
    finally:
        lock.release()
