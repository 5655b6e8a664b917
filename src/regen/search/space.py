"""From a space to values: those that are fixed beforehand, the points of a grid, and what a sampler draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from optuna import Trial
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from regen.config.search import Categorical, Dimension, Float, SearchSpec

Values = dict[str, Any]
"""Parameter -> value; parameters of branches that were not taken are missing."""


@dataclass(frozen=True)
class Planned:
    """A trial whose values are known beforehand.

    Attributes:
        values: Its values.
        source: Where they come from.
    """

    values: Values
    source: str


def planned_trials(search: SearchSpec, own: Mapping[str, Any]) -> list[Planned]:
    """Give the trials that come first, each once: the recipe's own values, fixed ones, and all points of a grid.

    Args:
        search: The search.
        own: Options of the cell before the search.
    """
    planned = [Planned(active(search.space, own), "recipe")]
    planned += [Planned(active(search.space, {**own, **fixed.values}), fixed.source) for fixed in search.fixed]
    if search.sampler == "grid":
        planned += [Planned(values, "grid") for values in grid(search.space)]
    once: list[Planned] = []
    for trial in planned:
        if all(trial.values != other.values for other in once):
            once.append(trial)
    return once


def active(space: Mapping[str, Dimension], values: Mapping[str, Any]) -> Values:
    """Give the values of those parameters whose branch is taken, in the order of the space."""
    taken: Values = {}
    for name, dimension in space.items():
        if _is_active(dimension, taken):
            taken[name] = values[name]
    return taken


def grid(space: Mapping[str, Dimension]) -> list[Values]:
    """Give all points, the last parameter fastest; a branch that is not taken adds none."""
    points = product(*(dimension.points() or [] for dimension in space.values()))
    found: list[Values] = []
    for point in points:
        values = active(space, dict(zip(space, point, strict=True)))
        if values not in found:
            found.append(values)
    return found


def suggest(trial: Trial, space: Mapping[str, Dimension]) -> Values:
    """Draw values, branch by branch."""
    taken: Values = {}
    for name, dimension in space.items():
        if not _is_active(dimension, taken):
            continue
        if isinstance(dimension, Categorical):
            taken[name] = trial.suggest_categorical(name, dimension.choices)
            continue
        low, high, step, log = dimension.low, dimension.high, dimension.step, dimension.log
        if isinstance(dimension, Float):
            taken[name] = trial.suggest_float(name, low, high, step=step, log=log)
        else:
            taken[name] = trial.suggest_int(name, int(low), int(high), step=int(step or 1), log=log)
    return taken


def distribution(dimension: Dimension) -> BaseDistribution:
    """Give Optuna's name for a dimension."""
    if isinstance(dimension, Categorical):
        return CategoricalDistribution(dimension.choices)
    if isinstance(dimension, Float):
        return FloatDistribution(dimension.low, dimension.high, step=dimension.step, log=dimension.log)
    return IntDistribution(dimension.low, dimension.high, step=dimension.step, log=dimension.log)


def shown(values: Values) -> str:
    """Give values in one line."""
    parts = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in values.values())
    return ", ".join(f"{name} {part}" for name, part in zip(values, parts, strict=True))


def _is_active(dimension: Dimension, taken: Mapping[str, Any]) -> bool:
    return all(name in taken and _among(taken[name], choices) for name, choices in dimension.when.items())


def _among(value: Any, choices: Sequence[Any]) -> bool:
    return any(type(value) is type(choice) and value == choice for choice in choices)
