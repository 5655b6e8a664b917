"""A search: which settings are tried, how they are drawn, when a trial is stopped, and which one is picked."""

from math import isclose
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, field_validator, model_validator

from regen.config.base import Name, Spec, WrongValueError
from regen.config.task import Seeds

Count = Annotated[int, Field(ge=1)]
Value = bool | int | float | str | None
Cost = Literal["operations", "trained_parameters", "checkpoint_bytes"]
"""Costs that are the same each time. Seconds are reported and never optimised."""
LIKE = 1.01
"""Costs that differ by less than this factor are alike: a file of the same weights may be some bytes longer."""


class Parameter(Spec):
    """What all parameters of a space share.

    Attributes:
        when: Categorical parameter -> the choices with which this parameter is drawn; with others it keeps the
            recipe's own value.
    """

    when: dict[Name, tuple[Value, ...]] = Field(default_factory=dict)


class Float(Parameter):
    """A real number between two bounds, both included.

    Attributes:
        low: Least value.
        high: Largest value.
        log: Draw its logarithm evenly.
        step: Distance of the values that may be drawn; the grid needs it.
    """

    type: Literal["float"]
    low: FiniteFloat
    high: FiniteFloat
    log: bool = False
    step: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _bounds(self) -> "Float":
        _check_bounds(self.low, self.high, self.log)
        if self.step is not None and self.log:
            raise WrongValueError(("step",), "'step' and 'log' do not go together")
        if not self.holds(self.high):
            raise WrongValueError(("step",), f"must lead from 'low' to 'high' (found {self.step})")
        return self

    def points(self) -> list[Value] | None:
        """Give the values of a grid; ``None`` where there is no step."""
        if self.step is None:
            return None
        steps = round((self.high - self.low) / self.step)
        return [*(self.low + place * self.step for place in range(steps)), self.high]

    def holds(self, value: Any) -> bool:
        """Say whether a value could be drawn."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        places = (value - self.low) / self.step if self.step else 0.0
        return isclose(places, round(places), abs_tol=1e-9)


class Int(Parameter):
    """A whole number between two bounds, both included.

    Attributes:
        low: Least value.
        high: Largest value.
        log: Draw its logarithm evenly.
        step: Distance of the values that may be drawn.
    """

    type: Literal["int"]
    low: int
    high: int
    log: bool = False
    step: Count = 1

    @model_validator(mode="after")
    def _bounds(self) -> "Int":
        _check_bounds(self.low, self.high, self.log)
        if self.step != 1 and self.log:
            raise WrongValueError(("step",), "'step' and 'log' do not go together")
        if not self.holds(self.high):
            raise WrongValueError(("step",), f"must lead from 'low' to 'high' (found {self.step})")
        return self

    def points(self) -> list[Value]:
        """Give the values of a grid."""
        return list(range(self.low, self.high + 1, self.step))

    def holds(self, value: Any) -> bool:
        """Say whether a value could be drawn."""
        return not isinstance(value, bool) and isinstance(value, int) and value in self.points()


class Categorical(Parameter):
    """One of several choices.

    Attributes:
        choices: All of them.
    """

    type: Literal["categorical"]
    choices: Annotated[tuple[Value, ...], Field(min_length=2)]

    @field_validator("choices", mode="before")
    @classmethod
    def _scalars(cls, choices: Any) -> Any:
        wrong = [choice for choice in choices if isinstance(choice, list | dict)] if isinstance(choices, list) else []
        if wrong:
            raise ValueError(f"must be words, numbers, true, false or null; a list cannot be searched: {wrong[0]}")
        return choices

    @model_validator(mode="after")
    def _distinct(self) -> "Categorical":
        if any(choice in self.choices[:place] for place, choice in enumerate(self.choices)):  # Optuna takes true for 1
            raise WrongValueError(("choices",), f"must differ, found {list(self.choices)}")
        return self

    def points(self) -> list[Any]:
        """Give the values of a grid."""
        return list(self.choices)

    def holds(self, value: Any) -> bool:
        """Say whether a value could be drawn."""
        return any(_same(value, choice) for choice in self.choices)


Dimension = Annotated[Float | Int | Categorical, Field(discriminator="type")]


class Median(Spec):
    """Stops a trial whose best score so far is below the median of the finished trials at the same rung.

    Attributes:
        trials: Trials that must be finished before one is stopped.
        rung: No trial is stopped before this rung.
    """

    type: Literal["median"]
    trials: Annotated[int, Field(ge=1)] = 4
    rung: Count = 1


class Halving(Spec):
    """Successive halving, one trial after the other: at each rung only the best share of all scores there goes on.

    Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning" (ASHA), with the rungs named.

    Attributes:
        rungs: Rungs at which trials are compared, rising.
        reduction: One trial in this many goes on.
    """

    type: Literal["halving"]
    rungs: Annotated[tuple[Count, ...], Field(min_length=1)]
    reduction: Annotated[int, Field(ge=2)] = 2

    @model_validator(mode="after")
    def _rising(self) -> "Halving":
        if list(self.rungs) != sorted(set(self.rungs)):
            raise WrongValueError(("rungs",), f"must rise, found {list(self.rungs)}")
        return self


class Threshold(Spec):
    """Stops a trial whose score is below a fixed one.

    Attributes:
        lowest: Least score, between 0 and 1.
        rung: No trial is stopped before this rung.
    """

    type: Literal["threshold"]
    lowest: Annotated[float, Field(ge=0, le=1)]
    rung: Count = 1


class FixedTrial(Spec):
    """Settings that are tried whatever the sampler says: what a paper or another project published.

    Attributes:
        source: Where they come from.
        values: Parameter -> value; the others keep the recipe's own value.
    """

    source: Annotated[str, Field(min_length=1)]
    values: Annotated[dict[Name, Any], Field(min_length=1)]


class Inner(Spec):
    """What the score of a trial is a mean over.

    Attributes:
        seeds: One fit for each.
        folds: Cross-validate on train in this many parts instead of scoring on dev; for small sets.
    """

    seeds: Seeds = (0,)
    folds: Annotated[int, Field(ge=2)] | None = None


class FirstStage(Spec):
    """Trials pause after a part of their training, and only the best go on to the end. Exactly one limit is given.

    Attributes:
        epochs: Trials pause after this many epochs.
        tokens: Trials pause with the first batch that reaches this many tokens.
        top: So many go on.
    """

    epochs: Count | None = None
    tokens: Count | None = None
    top: Count = 3

    @model_validator(mode="after")
    def _one_limit(self) -> "FirstStage":
        if (self.epochs is None) == (self.tokens is None):
            raise ValueError("give exactly one of epochs and tokens")
        return self


class SearchSpec(Spec):
    """The key ``search`` of a recipe.

    Attributes:
        trials: Trials in all, those that failed for good among them; 0 for no search.
        seed: Seed of everything that is drawn.
        sampler: ``grid`` (every point of the space in order), ``random`` or ``tpe``.
        startup: For ``tpe``: trials that are drawn at random before it learns.
        pruner: When a trial is stopped early; ``null`` for never.
        objectives: ``[score]``, or ``[score, <cost>]`` to draw with both in mind.
        cost: What decides among trials of like score.
        pick: ``best``: the best mean score on dev; ``cheapest``: of the trials whose score lies within the interval of
            the best one's, the one of the least cost.
        inner: What the score of a trial is a mean over.
        first_stage: Trials pause there, and only the best go on; ``null`` for one stage.
        fixed: Trials that come first, after the recipe's own values.
        space: Option of the estimator -> what is drawn for it.
    """

    trials: Annotated[int, Field(ge=0)]
    seed: Annotated[int, Field(ge=0)] = 0
    sampler: Literal["grid", "random", "tpe"] = "tpe"
    startup: Count = 5
    pruner: Annotated[Median | Halving | Threshold, Field(discriminator="type")] | None = None
    objectives: tuple[Literal["score"]] | tuple[Literal["score"], Cost] = ("score",)
    cost: Cost = "checkpoint_bytes"
    pick: Literal["best", "cheapest"] = "cheapest"
    inner: Inner = Inner()
    first_stage: FirstStage | None = None
    fixed: tuple[FixedTrial, ...] = ()
    space: Annotated[dict[Name, Dimension], Field(min_length=1)]

    @model_validator(mode="after")
    def _branches(self) -> "SearchSpec":
        for name, dimension in self.space.items():
            for other, choices in dimension.when.items():
                path = ("space", name, "when", other)
                above = self.space.get(other)
                if not isinstance(above, Categorical):
                    raise WrongValueError(path, "is no categorical parameter of this space")
                if list(self.space).index(other) >= list(self.space).index(name):
                    raise WrongValueError(path, "must stand above what depends on it")
                wrong = [choice for choice in choices if not above.holds(choice)]
                if wrong or not choices:
                    raise WrongValueError(path, f"found {wrong or 'nothing'}, expected of {list(above.choices)}")
        return self

    @model_validator(mode="after")
    def _compatible(self) -> "SearchSpec":
        if len(self.objectives) > 1 and self.pruner is not None:
            raise WrongValueError(("pruner",), "only a single objective can stop trials; take objectives: [score]")
        if len(self.objectives) > 1 and self.objectives[1] != self.cost:
            raise WrongValueError(("cost",), f"found {self.cost}, expected the second objective, {self.objectives[1]}")
        if self.first_stage is not None and self.pruner is not None:
            raise WrongValueError(("pruner",), "does not go with 'first_stage', which stops trials itself")
        if self.first_stage is not None and len(self.objectives) > 1:
            raise WrongValueError(("first_stage",), "a trial that pauses has no cost yet; take objectives: [score]")
        if self.first_stage is not None and self.rungs == "fit":
            raise WrongValueError(("first_stage",), "needs one inner fit: one seed and no folds")
        return self

    @model_validator(mode="after")
    def _drawable(self) -> "SearchSpec":
        for name, dimension in self.space.items():
            if self.sampler == "grid" and dimension.points() is None:
                raise WrongValueError(("space", name), "a grid needs 'step', or type int or categorical")
        for place, fixed in enumerate(self.fixed):
            for name, value in fixed.values.items():
                path = ("fixed", str(place), "values", name)
                if name not in self.space:
                    raise WrongValueError(path, f"is no parameter of the space: {', '.join(self.space)}")
                if not self.space[name].holds(value):
                    raise WrongValueError(path, f"found {value!r}, which the space does not hold")
        return self

    @property
    def rungs(self) -> Literal["epoch", "fit"]:
        """What the rungs count: epochs of the one fit, or fits where a score is a mean over several."""
        return "epoch" if len(self.inner.seeds) == 1 and self.inner.folds is None else "fit"


def _check_bounds(low: float, high: float, log: bool) -> None:
    if not low < high:
        raise WrongValueError(("high",), f"must be above 'low' (found {low} and {high})")
    if log and low <= 0:
        raise WrongValueError(("low",), f"must be above 0 with 'log' (found {low})")


def _same(value: Any, choice: Any) -> bool:
    """Compare as YAML means it: ``true`` is not 1."""
    return type(value) is type(choice) and bool(value == choice)
