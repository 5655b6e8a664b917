"""What a study found, written down so that equal studies give equal files, and the pick."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from regen.config.search import LIKE, SearchSpec
from regen.config.statistics import StatisticsConfig
from regen.records.interval import Scored, mean_interval
from regen.scoring.official import Official
from regen.search.sampling import ERROR, finished_trials
from regen.search.study import PAUSED
from regen.search.trials import Part

_STATES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}
Document = dict[str, Any]
WORKERS = "workers"
"""User attribute of a study: the most workers that ran its trials at a time."""


def write_trials(studies: Sequence[Study], search: SearchSpec, cell: str, most: int) -> Document:
    """Write down the trials of a search: numbers counted anew, no times, no trace of what was interrupted.

    Args:
        studies: The study; after it, where there are two stages, that of the trials that went on.
        search: The search.
        cell: Name of the cell.
        most: Places of the study.

    Returns:
        ``search`` (its settings), ``trials``, ``tokens`` trained on in all, and ``order``.
    """
    trials = [_row(number, trial) for number, trial in enumerate(finished_trials(studies[0], most))]
    workers = max(study.user_attrs.get(WORKERS, 1) for study in studies)
    for study in studies[1:]:
        _add_second_stage(trials, study)
    known = [trial["tokens"] for trial in trials if trial["tokens"] is not None]
    return {
        "cell": cell,
        "search": search.model_dump(mode="json"),
        "workers": workers,
        "order": "the same each time" if workers == 1 else "several workers: trials may differ from run to run",
        "tokens": sum(known) if known else None,
        "trials": trials,
    }


def _row(number: int, trial: FrozenTrial) -> Document:
    attrs = trial.user_attrs
    paused = attrs.get(PAUSED, False)
    complete = trial.state == TrialState.COMPLETE
    row: Document = {
        "number": number,
        "state": "paused" if paused else _STATES[trial.state],
        "source": attrs.get("source", "sampled"),
        "values": dict(trial.params),
        "score": trial.values[0] if complete else None,
        "scores": attrs.get("scores", []),
        "rungs": {str(rung): score for rung, score in sorted(trial.intermediate_values.items())},
        "tokens": attrs.get("tokens"),
        "costs": attrs.get("costs", {}),
    }
    if paused:
        row |= {"score": None, "first_stage": trial.values[0]}
    if trial.state == TrialState.FAIL:
        row["error"] = attrs[ERROR]
    return row


def _add_second_stage(trials: list[Document], study: Study) -> None:
    """Put what trials that went on found into their rows."""
    for trial in finished_trials(study, len(trials)):
        row = next(row for row in trials if row["state"] == "paused" and row["values"] == dict(trial.params))
        found = _row(row["number"], trial)
        row |= {key: found[key] for key in ("state", "score", "scores", "rungs", "tokens", "costs")}
        if "error" in found:
            row["error"] = found["error"]


def pick(document: Mapping[str, Any], search: SearchSpec, interval: tuple[float, float]) -> Document:
    """Pick a trial by the search's rule.

    Args:
        document: What :func:`write_trials` gave, with at least one complete trial.
        search: The search.
        interval: Bounds for the score of the best trial.

    Returns:
        The trial, its values, why it was picked, and what the record says of the selection.
    """
    complete = [trial for trial in document["trials"] if trial["state"] == "complete"]
    best = best_trial(document)
    rule, chosen = "best mean score on dev", best
    if search.pick == "cheapest":
        low = interval[0]
        rule = f"least {search.cost} among trials whose mean score on dev lies within the interval of the best"
        within = [trial for trial in complete if trial["score"] >= low and search.cost in trial["costs"]]
        most = LIKE * min(trial["costs"][search.cost] for trial in within)
        alike = [trial for trial in within if trial["costs"][search.cost] <= most]
        chosen = min(alike, key=lambda trial: (-trial["score"], trial["number"]))
    if search.inner.folds:
        rule = rule.replace("on dev", f"in {search.inner.folds} folds of train")
    own = next((trial for trial in complete if trial["source"] == "recipe"), None)
    return {
        "trial": chosen["number"],
        "values": chosen["values"],
        "score": chosen["score"],
        "costs": chosen["costs"],
        "best": {"trial": best["number"], "score": best["score"], "low": interval[0], "high": interval[1]},
        "recipe": None if own is None else {"score": own["score"], "costs": own["costs"]},
        "rule": rule,
        "selection": f"{rule}, of {len(document['trials'])} trials; best epoch on dev"
        if any(trial["rungs"] for trial in complete) and search.rungs == "epoch"
        else f"{rule}, of {len(document['trials'])} trials",
    }


def best_trial(document: Mapping[str, Any]) -> Document:
    """Give the complete trial of the best score; of equals the earlier one."""
    complete = [trial for trial in document["trials"] if trial["state"] == "complete"]
    found: Document = min(complete, key=lambda trial: (-trial["score"], trial["number"]))
    return found


def interval_of(
    officials: Sequence[Official], parts: Sequence[Part], statistics: StatisticsConfig
) -> tuple[float, float]:
    """Give the bootstrap interval of a trial's mean score, as records have it.

    Args:
        officials: Of each inner fit.
        parts: What each fit was scored on: the same examples, or, for each seed, all folds, which are pooled.
        statistics: How intervals are made.
    """
    pooled, seeds = [], [part.seed for part in parts]
    for seed in dict.fromkeys(seeds):
        own = [official for official, of in zip(officials, seeds, strict=True) if of == seed]
        pooled.append(replace(own[0], counts=np.concatenate([official.counts for official in own])))
    examples = pd.concat([part.dev for part in parts if part.seed == seeds[0]])
    found = mean_interval([Scored(pooled, examples)], statistics)
    return float(found["low"]), float(found["high"])
