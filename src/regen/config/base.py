"""What all specs share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Name of a task, recipe, encoder or suite: it becomes a folder, a Kedro namespace and a DVC stage, so it holds no dot."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Spec(BaseModel):
    """Base of every spec: unknown keys are errors, and an instance never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
