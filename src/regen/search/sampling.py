"""A sampler that repeats itself: made anew for each trial, and seeded by the trial's place in the study."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from regen.config.search import SearchSpec
from regen.search.space import Planned

ERROR = "error"
"""User attribute of a trial that failed for good; one that failed without it was interrupted and does not count."""
AGAIN = "again"
"""User attribute of a trial that takes the place of one whose worker died: the number of that one."""


class StudySampler(BaseSampler):
    """Gives planned trials their values and lets Optuna's samplers draw the others.

    Optuna does not keep a sampler's random state. A sampler that is seeded by (seed of the study, place of the trial)
    draws the same after a restart. With one worker the place is the number of trials before this one that count;
    several workers ask at the same time, so each uses the trial's number, which is its alone.
    """

    def __init__(self, search: SearchSpec, planned: Sequence[Planned], *, alone: bool) -> None:
        """Take the search, the trials whose values are known, and whether this is the only worker."""
        self._search, self._planned, self._alone = search, planned, alone
        self._inner: BaseSampler = RandomSampler(seed=0)
        self._fixed: dict[str, Any] | None = None

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Settle what gives the values of this trial."""
        place = place_of(study, trial)
        self._fixed = self._planned[place].values if place < len(self._planned) else None
        index = place if self._alone else trial.number
        seed = int(np.random.SeedSequence([self._search.seed, index]).generate_state(1)[0])
        self._inner = _sampler(self._search, seed)
        self._inner.before_trial(study, trial)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Give the parameters that are drawn together."""
        return {} if self._fixed is not None else self._inner.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Draw them."""
        return {} if self._fixed is not None else self._inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Give the planned value, or draw one alone."""
        if self._fixed is not None:
            return self._fixed[param_name]
        return self._inner.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None) -> None:
        """Hand on the end of a trial."""
        self._inner.after_trial(study, trial, state, values)


def place_of(study: Study, trial: FrozenTrial) -> int:
    """Count the trials before this one that count: all but those that were interrupted.

    A trial that was taken from a dead worker keeps its place, so that those after it keep theirs.
    """
    trials = study.get_trials(deepcopy=False)
    kept = {_original(other) for other in trials if counts(other)}
    number = _original(trial)
    before = [other for other in trials if other.number < (trial.number if number is None else number)]
    return sum(_original(other) is None and (counts(other) or other.number in kept) for other in before)


def _original(trial: FrozenTrial) -> int | None:
    """Give the number of the trial that this one runs again; Optuna's own attribute is that of databases."""
    number: int | None = trial.user_attrs.get(AGAIN, trial.system_attrs.get("failed_trial"))
    return number


def counts(trial: FrozenTrial) -> bool:
    """Say whether a trial takes one of the study's places."""
    return trial.state != TrialState.FAIL or ERROR in trial.user_attrs


def is_finished(trial: FrozenTrial) -> bool:
    """Say whether a trial takes one of the study's places for good."""
    return trial.state.is_finished() and counts(trial)


def finished_trials(study: Study, most: int) -> list[FrozenTrial]:
    """Give the first trials that take a place for good; where ``trials`` was lowered, later ones do not count."""
    return [trial for trial in study.get_trials(deepcopy=False) if is_finished(trial)][:most]


def _sampler(search: SearchSpec, seed: int) -> BaseSampler:
    if search.sampler != "tpe":
        return RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # of 'group', which conditional spaces need
        return TPESampler(seed=seed, n_startup_trials=search.startup, multivariate=True, group=True)
