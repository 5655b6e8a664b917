"""A suite: a named list of cells."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from regen.config.base import Spec, WrongValueError

CellName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class SuiteSpec(Spec):
    """One YAML file in conf/base/suites.

    Attributes:
        title: One line for reports.
        cells: ``task.recipe`` names.
        examined: Those of the cells whose model is examined: robustness, bias slices, attributions.
    """

    title: str
    cells: tuple[CellName, ...] = Field(min_length=1)
    examined: tuple[CellName, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> "SuiteSpec":
        for place, cell in enumerate(self.examined):
            if cell not in self.cells:
                raise WrongValueError(("examined", str(place)), f"'{cell}' is none of the suite's cells; add it there")
        return self

    @field_validator("cells", "examined")
    @classmethod
    def _once(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({cell for cell in cells if cells.count(cell) > 1})
        if twice:
            raise ValueError(f"found {', '.join(twice)} twice; name each cell once")
        return cells
