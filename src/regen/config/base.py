"""What all specs share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""Name of a task, recipe, encoder or suite: it becomes a folder, a Kedro namespace and a DVC stage, so no dot."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class WrongValueError(ValueError):
    """A value that does not fit the rest of its spec.

    Attributes:
        path: The keys that lead to it from the spec that raises this, so that the message can name its line.
    """

    def __init__(self, path: tuple[str, ...], text: str) -> None:
        super().__init__(text)
        self.path = path


class Spec(BaseModel):
    """Base of every spec: unknown keys are errors, and an instance never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
