"""Options of the overlap baseline."""

from typing import Annotated

from pydantic import Field, model_validator

from regen.config.recipe import Options as Base

Length = Annotated[int, Field(ge=1, le=10)]


class Options(Base):
    """What clauses and questions are compared by.

    Attributes:
        characters: Shortest and longest character n-gram.
    """

    task_types = frozenset({"span_qa"})

    characters: tuple[Length, Length] = (1, 2)

    @model_validator(mode="after")
    def _in_order(self) -> "Options":
        if self.characters[0] > self.characters[1]:
            raise ValueError("'characters' must be [shortest, longest]")
        return self
