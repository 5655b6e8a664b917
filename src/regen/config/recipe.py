"""A recipe: how a model is made."""

from importlib import import_module
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regen.config.augmentation import Augmentation
from regen.config.base import Name, Spec
from regen.config.search import Cost, SearchSpec
from regen.config.task import Seeds
from regen.config.task_types import TaskType

Assignment = Literal["greedy", "exact", "none"]
"""How choices are dealt to the examples of a group, such as the blanks of a ChID line: each choice at most once, the
highest score first (``greedy``, as in CLUE's baseline) or with the highest sum (``exact``); or all on their own."""


class Options(Spec):
    """Base of an estimator's options; each estimator package has a subclass of this name in its ``options`` module.

    Attributes:
        task_types: Task types that the estimator suits.
        of_labels: Task types in which its models give the probability of every label, if the options allow.
        costs: Costs that its models state, for searches that weigh them.
        has_epochs: Whether a fit is told of after each epoch, so that a search can stop or pause it.
    """

    task_types: ClassVar[frozenset[TaskType]]
    of_labels: ClassVar[frozenset[TaskType]] = frozenset()
    costs: ClassVar[frozenset[Cost]] = frozenset({"checkpoint_bytes"})
    has_epochs: ClassVar[bool] = False

    def gives_probabilities(self, task_type: TaskType) -> bool:
        """Say whether models with these options give the probability of every label."""
        return task_type in self.of_labels


class RecipeSpec(Spec):
    """One YAML file in conf/base/recipes, after ``extends`` was merged.

    Attributes:
        title: One line for reports.
        extends: The recipe whose keys this one starts from.
        estimator: Name of a package in ``regen.estimators``.
        seeds: One repeat per seed (and official fold).
        train_examples: Use only the first n training examples; ``null`` means all.
        selection: How the settings were chosen; every score carries it.
        augmentation: Further training examples, made out of those of train; ``null`` for none.
        options: Options of the estimator; its own ``Options`` class says which.
        search: A search over options, before the fit; ``null`` for none.
    """

    title: str
    extends: Name | None = None
    estimator: Name
    seeds: Seeds = (0,)
    train_examples: Annotated[int, Field(ge=1)] | None = None
    selection: str = "none: one fixed setting"
    augmentation: Augmentation | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    search: SearchSpec | None = None

    @property
    def searches(self) -> bool:
        """Whether there is anything to search."""
        return self.search is not None and self.search.trials > 0


def estimator_modules(estimator: str) -> tuple[str, str]:
    """Modules that an estimator consists of, beside what they import: its options and its model."""
    return f"regen.estimators.{estimator}.options", f"regen.estimators.{estimator}.model"


def options_class(estimator: str) -> type[Options]:
    """The options class of an estimator.

    Raises:
        ModuleNotFoundError: There is no such estimator.
    """
    cls: type[Options] = import_module(estimator_modules(estimator)[0]).Options
    return cls
