"""A suite: a named list of cells."""

from typing import Annotated

from pydantic import Field

from regen.config.base import Spec

CellName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class SuiteSpec(Spec):
    """One YAML file in conf/base/suites.

    Attributes:
        title: One line for reports.
        cells: ``task.recipe`` names.
    """

    title: str
    cells: tuple[CellName, ...] = Field(min_length=1)
