"""The trials of one study, one after the other in this process, until all its places are taken."""

import gc
import logging
import shutil
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import optuna
from optuna import Study, Trial
from optuna.exceptions import ExperimentalWarning
from optuna.storages import fail_stale_trials
from optuna.trial import FrozenTrial, TrialState
from pydantic import ValidationError

from regen.config.search import SearchSpec
from regen.errors import UserError
from regen.search.sampling import ERROR, StudySampler, is_finished, place_of
from regen.search.space import Planned, Values, shown, suggest
from regen.search.storage import quiet
from regen.search.trials import Outcome, Runner

logger = logging.getLogger(__name__)
_ATTEMPTS = 2
_WAIT_SECONDS = 1.0
FOLDERS, PAUSED, WORKER = "folders", "paused", "worker"
"""User attributes of a trial: where its fits are kept, that it paused after its first stage, and who runs it."""


class GoneWrongError(Exception):
    """A trial failed for good; the study goes on."""


class SurplusError(Exception):
    """All places were taken while this trial began."""


class PausedError(Exception):
    """The first stage of a trial ended."""

    def __init__(self, score: float, tokens: int) -> None:
        """Take what is known there."""
        super().__init__()
        self.score, self.tokens = score, tokens


class Worker:
    """Runs trials of a study, alone or beside others."""

    def __init__(
        self,
        study: Study,
        runner: Runner,
        planned: Sequence[Planned],
        trials: int,
        *,
        alone: bool,
        name: str = "",
        pausing: bool = False,
    ) -> None:
        """Take the study and what runs its trials.

        Args:
            study: The study.
            runner: Runs trials.
            planned: Trials whose values are known.
            trials: Places of the study.
            alone: Whether no other worker runs trials of this study.
            name: Name of this worker.
            pausing: Whether trials pause after their first stage.
        """
        self._study, self._runner, self._trials, self._alone = study, runner, trials, alone
        self._planned, self._name, self._pausing = planned, name, pausing
        self._search: SearchSpec = runner.search
        study.sampler = StudySampler(self._search, planned, alone=alone)

    def run(self, then: Callable[[Study], None] = lambda _: None) -> None:
        """Run trials until all places are taken for good; ``then`` is called after each."""
        if self._alone:
            for trial in self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
                self._study.tell(trial.number, state=TrialState.FAIL)  # it was interrupted and takes no place
        finished = sum(map(is_finished, self._study.get_trials(deepcopy=False)))
        if finished:
            told = "%s: %d finished trials stay; %d to go"
            logger.info(told, self._runner.cell, min(finished, self._trials), max(0, self._trials - finished))
        while True:
            trials = self._study.get_trials(deepcopy=False)
            if sum(map(is_finished, trials)) >= self._trials:
                return
            if not self._alone and sum(map(_takes_place, trials)) >= self._trials:
                time.sleep(_WAIT_SECONDS)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ExperimentalWarning)
                    fail_stale_trials(self._study)  # nothing without heartbeats
                continue
            with quiet():
                self._study.optimize(self._objective, n_trials=1, catch=(GoneWrongError, SurplusError))
            then(self._study)

    def _objective(self, trial: Trial) -> tuple[float, ...]:
        frozen = self._frozen(trial)
        place = place_of(self._study, frozen)
        if place >= self._trials:
            raise SurplusError
        trial.set_user_attr(WORKER, self._name)
        fixed = self._planned[place] if place < len(self._planned) else None
        values = suggest(trial, self._search.space)
        trial.set_user_attr("source", fixed.source if fixed and fixed.values == values else "sampled")
        told = "%s trial %d (%d of %d): %s"
        logger.info(told, self._runner.cell, place, place + 1, self._trials, shown(values))
        outcome = self._attempted(trial, values)
        scores = ", ".join(f"{100 * score:.2f}" for score in outcome.scores)
        of = f" ({scores})" if len(outcome.scores) > 1 else ""
        logger.info("%s trial %d: %.2f%s", self._runner.cell, place, 100 * outcome.score, of)
        costs = [float(outcome.costs[name]) for name in self._search.objectives[1:]]
        return (outcome.score, *costs)

    def _attempted(self, trial: Trial, values: Values) -> Outcome:
        """Run a trial; what fails is tried once more, then written down."""
        for attempt in range(1, _ATTEMPTS + 1):
            gc.collect()
            try:
                return self._once(trial, values)
            except optuna.TrialPruned:
                self._note(trial, values)
                logger.info("%s: stopped early", self._runner.cell)
                raise
            except (ArithmeticError, ValidationError, UserError) as error:  # the same each time
                if isinstance(error.__cause__, OSError):
                    raise  # a full disk is no fault of the trial: it goes on when there is room again
                self._give_up(trial, values, error)
            except Exception as error:
                if attempt == _ATTEMPTS:
                    self._give_up(trial, values, error)
                logger.warning("%s: trial failed and is tried once more: %s", self._runner.cell, _line(error))
        raise AssertionError("not reached")

    def _once(self, trial: Trial, values: Values) -> Outcome:
        reported = set(self._frozen(trial).intermediate_values)
        pause = self._search.first_stage if self._pausing else None
        single = len(self._search.objectives) == 1

        def told(rung: int, score: float, tokens: int) -> None:
            if pause is not None and (tokens >= pause.tokens if pause.tokens else rung >= (pause.epochs or 0)):
                raise PausedError(score, tokens)
            if rung in reported:
                return
            reported.add(rung)
            if tokens:
                trial.set_user_attr("tokens", tokens)
            if single:
                trial.report(score, rung)
                if trial.should_prune():
                    raise optuna.TrialPruned

        try:
            outcome = self._runner.run(values, told, pause.tokens if pause else None)
        except PausedError as at:
            self._note(trial, values)
            trial.set_user_attr(PAUSED, True)
            trial.set_user_attr("tokens", at.tokens)
            return Outcome([at.score], at.tokens, {}, [])
        self._note(trial, values)
        trial.set_user_attr("scores", outcome.scores)
        trial.set_user_attr("costs", outcome.costs)
        if outcome.tokens:
            trial.set_user_attr("tokens", outcome.tokens)
        return outcome

    def _frozen(self, trial: Trial) -> FrozenTrial:
        return self._study._storage.get_trial(trial._trial_id)

    def _note(self, trial: Trial, values: Values) -> None:
        trial.set_user_attr(FOLDERS, self._runner.folders(values))

    def _give_up(self, trial: Trial, values: Values, error: Exception) -> None:
        if not isinstance(error, ValidationError):
            self._note(trial, values)
        trial.set_user_attr(ERROR, _line(error))
        logger.warning("%s: trial failed: %s", self._runner.cell, _line(error))
        raise GoneWrongError from error


def _takes_place(trial: FrozenTrial) -> bool:
    return is_finished(trial) or trial.state == TrialState.RUNNING  # one that waits is for whoever asks


def _line(error: Exception) -> str:
    """Give an error in one line, without what differs from run to run."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def sweep(study: Study, state: Path, keep: int) -> None:
    """Remove what ended trials keep on the disk, but for the best ones: no loser's checkpoint stays.

    Args:
        study: The study.
        state: Folder of the fits' states.
        keep: So many of the best stay.
    """
    ended = [trial for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()]
    best = sorted((trial for trial in ended if trial.state == TrialState.COMPLETE), key=rank)[:keep]
    kept = {name for trial in best for name in trial.user_attrs.get(FOLDERS, ())}
    for trial in ended:
        for name in trial.user_attrs.get(FOLDERS, ()):
            if name not in kept:
                shutil.rmtree(state / name, ignore_errors=True)


def rank(trial: FrozenTrial) -> tuple[float, int]:
    """Order trials: the best score first, of equals the earlier one."""
    return -trial.values[0], trial.number
