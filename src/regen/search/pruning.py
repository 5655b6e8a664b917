"""When a trial is stopped early. What decides are scores of trials that ended: equal studies decide alike."""

from math import ceil
from typing import Any

from optuna import Study
from optuna.pruners import BasePruner, MedianPruner, NopPruner, ThresholdPruner
from optuna.trial import FrozenTrial, TrialState

from regen.config.search import Halving, Median, SearchSpec


class RungPruner(BasePruner):
    """Asynchronous successive halving with named rungs (Li et al. 2020, algorithm 2).

    At a rung a trial goes on if it is among the best ``1/reduction`` of all trials that ended and came as far,
    itself included; the first to reach a rung goes on.
    """

    def __init__(self, rungs: tuple[int, ...], reduction: int) -> None:
        """Take the rungs and the share that goes on."""
        self._rungs, self._reduction = rungs, reduction

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Say whether a trial stops at the rung that it reported last."""
        rung = trial.last_step
        if rung not in self._rungs:
            return False
        score = trial.intermediate_values[rung]
        ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
        scores = [other.intermediate_values[rung] for other in ended if rung in other.intermediate_values]
        better = sum(other > score for other in scores)
        return better >= ceil((len(scores) + 1) / self._reduction)


def make_pruner(search: SearchSpec) -> BasePruner:
    """Give the pruner that a search names."""
    pruner = search.pruner
    if pruner is None:
        return NopPruner()
    if isinstance(pruner, Halving):
        return RungPruner(pruner.rungs, pruner.reduction)
    if isinstance(pruner, Median):
        options: dict[str, Any] = {"n_startup_trials": pruner.trials, "n_warmup_steps": pruner.rung}
        return MedianPruner(**options)
    return ThresholdPruner(lower=pruner.lowest, n_warmup_steps=pruner.rung)
