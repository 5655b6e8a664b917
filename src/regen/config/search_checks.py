"""What a search space must hold before any work: every point that it can give is a valid option."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from regen.config.base import WrongValueError
from regen.config.recipe import Options
from regen.config.search import Categorical, Dimension, SearchSpec


def check_search(search: SearchSpec, cls: type[Options], given: Mapping[str, Any]) -> None:
    """Check a search against the options that it varies.

    Args:
        search: The search.
        cls: Options class of the estimator.
        given: The recipe's own options, with what a task sets over them.

    Raises:
        WrongValueError: A parameter is no option, the space holds a value that the options refuse, the recipe's own
            value lies outside, or the estimator lacks what the search asks for.
    """
    own = cls(**given).model_dump(mode="json")
    for name, dimension in search.space.items():
        path = ("search", "space", name)
        if name not in own or name == "encoder":
            known = ", ".join(key for key in own if key != "encoder" and not isinstance(own[key], list))
            raise WrongValueError(path, f"is no option that can be searched; known: {known}")
        for value in _corners(dimension):
            try:
                cls(**{**given, name: value})
            except ValidationError as error:
                text = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
                raise WrongValueError(path, f"the space holds {value!r}: {text}") from None
        if not dimension.holds(own[name]):
            raise WrongValueError(path, f"the recipe's own value is tried first, but the space lacks {own[name]!r}")
    for place, fixed in enumerate(search.fixed):
        for name in fixed.values:
            for other, choices in search.space[name].when.items():
                if {**own, **fixed.values}[other] not in choices:
                    at = ("search", "fixed", str(place), "values", name)
                    raise WrongValueError(at, f"is drawn only with {other} of {list(choices)}; give that, too")
    _check_estimator(search, cls)


def _corners(dimension: Dimension) -> Iterator[Any]:
    yield from dimension.choices if isinstance(dimension, Categorical) else (dimension.low, dimension.high)


def _check_estimator(search: SearchSpec, cls: type[Options]) -> None:
    if search.cost not in cls.costs:
        known = ", ".join(sorted(cls.costs))
        raise WrongValueError(("search", "cost"), f"found {search.cost}, expected for this estimator: {known}")
    if not cls.has_epochs and search.first_stage is not None:
        raise WrongValueError(("search", "first_stage"), "this estimator has no epochs to pause after")
    if not cls.has_epochs and search.pruner is not None and search.rungs == "epoch":
        raise WrongValueError(("search", "pruner"), "this estimator has no epochs; give several 'inner' fits or null")
