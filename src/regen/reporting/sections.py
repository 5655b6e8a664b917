"""Parts of a page that several modules give, each in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from regen.reporting.charts import Chart
from regen.reporting.grids import Grid


@dataclass(frozen=True)
class Section:
    """A part of a task's or a cell's page with a heading of its own.

    Attributes:
        id: Its anchor on the page: lower case words, joined by hyphens.
        title: Its heading.
        grids: Tables.
        charts: Heading of a figure -> figure.
        notes: Sentences below the heading: what was measured, how, and what it does not say.
    """

    id: str
    title: str
    grids: Sequence[Grid] = ()
    charts: Sequence[tuple[str, Chart]] = ()
    notes: Sequence[str] = ()
