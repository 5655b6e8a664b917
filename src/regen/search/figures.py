"""Pictures of a study, from its document alone: equal documents give equal figures."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import optuna
import plotly.graph_objects as go
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import TrialState, create_trial

from regen.config.search import LIKE, Categorical, Dimension, SearchSpec
from regen.search.space import distribution, shown
from regen.search.storage import quiet

IMPORTANCE = "fANOVA, seed 0"
_LEAST_TRIALS = 4
"""Importance of fewer trials would say nothing."""
_SYMBOLS = {"complete": "circle", "pruned": "x", "paused": "diamond", "failed": "triangle-down"}
"""State of a trial -> how it is drawn."""
_PICKED = {"name": "picked", "marker": {"symbol": "circle-open", "size": 16, "line": {"width": 2}}}
_MOST_TICKS = 10
Document = Mapping[str, Any]


def study_figures(document: Document, best: Document) -> dict[str, go.Figure]:
    """Draw a study.

    Args:
        document: What was tried.
        best: What was picked.

    Returns:
        ``history``, ``parallel``, ``importance``, ``slice``, ``pareto`` and ``rungs``; a view without data is empty,
        with a title that says so.
    """
    search = SearchSpec.model_validate(document["search"])
    study = _study(document, search)
    score = f"score {f'in {search.inner.folds} folds' if search.inner.folds else 'on dev'} × 100"
    complete = [trial for trial in document["trials"] if trial["state"] == "complete"]
    drawn: dict[str, Callable[[], go.Figure]] = {
        "history": lambda: _history(document, best, score),
        "parallel": lambda: optuna.visualization.plot_parallel_coordinate(study, target_name="score × 100"),
        "importance": lambda: _importance(study, len(complete)),
        "slice": lambda: optuna.visualization.plot_slice(study, target_name=score),
        "pareto": lambda: _pareto(complete, best, search.cost, score),
        "rungs": lambda: _rungs(document, search.rungs, score),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return {name: _plain(draw()) for name, draw in drawn.items()}


def _study(document: Document, search: SearchSpec) -> Study:
    """Rebuild the study in memory, with the score × 100 as its only objective and trials numbered as they are here."""
    with quiet():
        study = optuna.create_study(direction="maximize", study_name=document["cell"])
    distributions: dict[str, BaseDistribution] = {name: distribution(part) for name, part in search.space.items()}
    for row in document["trials"]:
        complete = row["state"] == "complete"
        study.add_trial(
            create_trial(
                state=TrialState.COMPLETE if complete else TrialState.PRUNED,
                value=100 * row["score"] if complete else None,
                params={name: _inside(value, search.space[name]) for name, value in row["values"].items()},
                distributions={name: distributions[name] for name in row["values"]},
            )
        )
    return study


def _inside(value: Any, dimension: Dimension) -> Any:
    """Undo rounding: the last point of a grid may lie a hair above the upper bound, and Optuna refuses it."""
    return value if isinstance(dimension, Categorical) else min(value, dimension.high)


def _history(document: Document, best: Document, score: str) -> go.Figure:
    trials = document["trials"]
    seen = [_last_seen(trial) for trial in trials]
    low = min((height for height in seen if height is not None), default=0.0)
    points = [
        (trial["number"], 100 * (low if height is None else height)) for trial, height in zip(trials, seen, strict=True)
    ]
    figure = go.Figure()
    numbers = [trial["number"] for trial in trials]
    figure.add_scatter(x=numbers, y=_best_so_far(trials), mode="lines", name="best so far", line={"shape": "hv"})
    for state, symbol in _SYMBOLS.items():
        some = [trial["state"] == state for trial in trials]
        _add_trials(figure, trials, points, some, name=state, marker={"symbol": symbol, "size": 8})
    _add_trials(figure, trials, points, [trial["number"] == best["trial"] for trial in trials], **_PICKED)
    figure.update_layout(
        xaxis={"title": "trial", "dtick": -(-len(trials) // _MOST_TICKS)},
        yaxis_title=score,
        title=f"picked: trial {best['trial']}",
    )
    return figure


def _best_so_far(trials: Sequence[Document]) -> list[float | None]:
    line: list[float | None] = []
    reached: float | None = None
    for trial in trials:
        if trial["score"] is not None:
            reached = max(reached or 0.0, 100 * trial["score"])
        line.append(reached)
    return line


def _add_trials(
    figure: go.Figure,
    trials: Sequence[Document],
    points: Sequence[tuple[float, float]],
    some: Sequence[bool],
    **looks: Any,
) -> None:
    """Draw some of the trials, each at its point; no legend names what no trial is."""
    chosen = [(trial, point) for trial, point, wanted in zip(trials, points, some, strict=True) if wanted]
    if chosen:
        figure.add_scatter(
            x=[x for _, (x, _) in chosen],
            y=[y for _, (_, y) in chosen],
            mode="markers",
            text=[f"trial {trial['number']}: {shown(trial['values'])}" for trial, _ in chosen],
            **looks,
        )


def _last_seen(row: Document) -> float | None:
    """Give a trial's score, or the last one that was seen of it; ``None`` for one that failed before."""
    seen = [row["score"], row.get("first_stage"), *list(row["rungs"].values())[::-1]]
    return next((value for value in seen if value is not None), None)


def _importance(study: Study, complete: int) -> go.Figure:
    if complete < _LEAST_TRIALS:
        return _empty("too few complete trials for an importance")
    try:
        figure = optuna.visualization.plot_param_importances(
            study,
            evaluator=FanovaImportanceEvaluator(seed=0),
            target=lambda trial: trial.values[0],
            target_name="score",
        )
    except RuntimeError:  # scores or values are the same in all trials
        return _empty("nothing varies, so nothing is important")
    figure.update_layout(title=f"Importance for the score ({IMPORTANCE})")
    return figure


def _pareto(complete: Sequence[Document], best: Document, cost: str, score: str) -> go.Figure:
    rows = [row for row in complete if cost in row["costs"]]
    if not rows:
        return _empty(f"no trial states its {cost}")
    if max(row["costs"][cost] for row in rows) < LIKE * min(row["costs"][cost] for row in rows):
        return _empty(f"all trials have the same {cost.replace('_', ' ')}")
    points = [(row["costs"][cost], 100 * row["score"]) for row in rows]
    dominated = [any(_dominates(other, row, cost) for other in rows) for row in rows]
    figure = go.Figure()
    _add_trials(figure, rows, points, dominated, name="dominated", marker={"symbol": "x", "size": 8})
    front = [not worse for worse in dominated]
    _add_trials(figure, rows, points, front, name="Pareto front", marker={"symbol": "circle", "size": 9})
    _add_trials(figure, rows, points, [row["number"] == best["trial"] for row in rows], **_PICKED)
    figure.update_layout(
        xaxis={"title": cost.replace("_", " "), "exponentformat": "SI", "rangemode": "tozero"}, yaxis_title=score
    )
    return figure


def _dominates(other: Document, row: Document, cost: str) -> bool:
    costs = other["costs"][cost] - row["costs"][cost]
    scores = other["score"] - row["score"]
    return bool(costs <= 0 and scores >= 0 and (costs < 0 or scores > 0))


def _rungs(document: Document, unit: str, score: str) -> go.Figure:
    """Draw the scores at each rung and, below, how many trials reached it."""
    trials = [row for row in document["trials"] if row["rungs"]]
    if not trials:
        return _empty("no rungs")
    figure = go.Figure()
    rungs = sorted({int(rung) for row in trials for rung in row["rungs"]})
    reached = [sum(str(rung) in row["rungs"] for row in trials) for rung in rungs]
    figure.add_bar(x=rungs, y=reached, name="trials that reached it", text=reached, yaxis="y2", showlegend=False)
    for row in trials:
        found = sorted((int(rung), 100 * value) for rung, value in row["rungs"].items())
        figure.add_scatter(
            x=[rung for rung, _ in found],
            y=[value for _, value in found],
            mode="lines+markers",
            name=f"trial {row['number']} ({row['state']})",
            marker={"symbol": _SYMBOLS[row["state"]]},
            showlegend=False,
        )
    figure.update_layout(
        xaxis={"title": unit, "dtick": -(-len(rungs) // _MOST_TICKS), "anchor": "y2"},
        yaxis={"title": score, "domain": [0.4, 1]},
        yaxis2={"title": "trials", "domain": [0, 0.3], "rangemode": "tozero"},
    )
    return figure


def _empty(text: str) -> go.Figure:
    return go.Figure(layout={"title": text})


def _plain(figure: go.Figure) -> go.Figure:
    """Leave the colours to the page and to Kedro-Viz."""
    figure.update_layout(template="none")
    return figure
