"""Options of the linear model."""

from typing import Annotated

from pydantic import Field, model_validator

from regen.config.recipe import Assignment
from regen.config.recipe import Options as Base

Range = tuple[Annotated[int, Field(ge=1, le=10)], Annotated[int, Field(ge=1, le=10)]]


class Options(Base):
    """What the linear model sees and how it is trained.

    Attributes:
        words: Shortest and longest word n-gram; ``null`` for none. Chinese is segmented with jieba's dictionary.
        characters: Shortest and longest character n-gram; ``null`` for none.
        min_frequency: n-grams of fewer training texts are left out.
        c: Inverse strength of the L2 penalty of the logistic regression.
        balanced: Weigh classes by their inverse frequency.
        iterations: Most iterations of L-BFGS.
        assignment: For multiple choice, how choices are dealt to the examples of a group.
    """

    task_types = frozenset({"classification", "coreference", "keyword_match", "multiple_choice", "pair_classification"})
    of_labels = task_types

    words: Range | None = (1, 2)
    characters: Range | None = (1, 3)
    min_frequency: Annotated[int, Field(ge=1)] = 1
    c: Annotated[float, Field(gt=0)] = 1.0
    balanced: bool = False
    iterations: Annotated[int, Field(ge=1)] = 1000
    assignment: Assignment = "greedy"

    @model_validator(mode="after")
    def _some_features(self) -> "Options":
        if self.words is None and self.characters is None:
            raise ValueError("give 'words' or 'characters'")
        for name in ("words", "characters"):
            bounds = getattr(self, name)
            if bounds and bounds[0] > bounds[1]:
                raise ValueError(f"'{name}' must be [shortest, longest]")
        return self
