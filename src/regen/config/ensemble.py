"""What an ensemble needs of the recipes that it names, and what its cell takes over from theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.config.base import Spec, WrongValueError
from regen.config.cell import CellConfig
from regen.config.recipe import RecipeSpec, options_class
from regen.errors import UserError

ENSEMBLE = "ensemble"
"""Name of the estimator."""
_CHOSEN = "members chosen on dev"


class EnsembleConfig(Spec):
    """What a stage needs to find the members of an ensemble.

    Attributes:
        cell: The ensemble's ``task.recipe``.
        folds: Official folds of the task; 1 where it has none.
        members: Configs of the members' cells.
    """

    cell: str
    folds: int
    members: tuple[CellConfig, ...]


def check_members(recipe: RecipeSpec, members: Sequence[str], recipes: Mapping[str, RecipeSpec]) -> None:
    """Check the recipes that an ensemble names, apart from any task.

    Args:
        recipe: The ensemble.
        members: The names.
        recipes: All recipes.

    Raises:
        WrongValueError: No recipe is named, one does not exist or is an ensemble too, or the ensemble has a search,
            a limit of examples or augmentation.
    """
    if not members:
        raise WrongValueError(("options", "members"), "found none, expected the names of recipes; name one or more")
    for place, name in enumerate(members):
        path = ("options", "members", str(place))
        if name not in recipes:
            raise WrongValueError(path, f"there is no recipe '{name}'; known: {', '.join(sorted(recipes))}")
        if recipes[name].estimator == ENSEMBLE:
            raise WrongValueError(path, f"'{name}' is an ensemble; name the recipes that it joins")
    if recipe.search is not None:
        raise WrongValueError(("search",), "an ensemble has nothing to search; take the key out")
    for key in ("train_examples", "augmentation"):
        if getattr(recipe, key) is not None:
            raise WrongValueError((key,), "an ensemble learns from no examples; take the key out")


def ensemble_config(config: CellConfig, members: Sequence[CellConfig]) -> CellConfig:
    """Give the effective config of an ensemble: with the training examples of the member that has most.

    Args:
        config: What recipe and task say.
        members: Configs of the members' cells.

    Raises:
        UserError: A member gives no probabilities on this task type, or the ensemble has several seeds.
    """
    if len(config.seeds) != 1:
        seeds = ", ".join(map(str, config.seeds))
        raise UserError(f"cell {config.cell}: found seeds {seeds}, expected one: an ensemble has one repeat")
    for member in members:
        options = options_class(member.estimator)(**member.options)
        if config.task_type != "tagging" and not options.gives_probabilities(config.task_type):
            raise UserError(
                f"cell {config.cell}: member '{member.recipe}': estimator '{member.estimator}' gives no probability of "
                f"every label in type {config.task_type}; take another recipe"
            )
    limits = [member.train_examples for member in members]
    changes: dict[str, Any] = {"train_examples": None if None in limits else max(limit or 0 for limit in limits)}
    if config.selection == RecipeSpec.model_fields["selection"].default:
        changes["selection"] = _CHOSEN
    return config.model_copy(update=changes)
