"""What the report's pages say that no record holds."""

from pydantic import Field

from regen.config.base import Spec
from regen.config.cell import CellConfig


class PagesConfig(Spec):
    """The project of now, beside records that may be older.

    Attributes:
        benchmarks: Task -> group of tasks.
        cells: Cell -> its effective config, to find records that are stale; empty where all records are new.
    """

    benchmarks: dict[str, str]
    cells: dict[str, CellConfig] = Field(default_factory=dict)
