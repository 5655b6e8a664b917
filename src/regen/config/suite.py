"""A suite: a named list of cells."""

from typing import Annotated

from pydantic import Field, field_validator

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

    @field_validator("cells")
    @classmethod
    def _once(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({cell for cell in cells if cells.count(cell) > 1})
        if twice:
            raise ValueError(f"found {', '.join(twice)} twice; name each cell once")
        return cells
