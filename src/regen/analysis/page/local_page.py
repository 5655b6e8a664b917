"""Pages that hold texts of the data, for this machine alone: a lead, then lists of examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from regen.analysis.page.lines import Line
from regen.pages import page_environment


@dataclass(frozen=True)
class Shown:
    """An example on a page.

    Attributes:
        name: Its id.
        lines: Its lines, each with what stands above it.
        answer: What is said of its answer, if anything.
    """

    name: str
    lines: Sequence[tuple[str, Line]]
    answer: str = ""


@dataclass(frozen=True)
class ExampleList:
    """A list of a page.

    Attributes:
        id: Its anchor.
        title: Its heading.
        note: A sentence below that.
        shown: Its examples.
    """

    id: str
    title: str
    note: str
    shown: Sequence[Shown]


def write_local_page(
    folder: Path, *, title: str, lead: str, predicted: str, language: str, lists: Sequence[ExampleList]
) -> None:
    """Write ``index.html`` into an empty folder: all that it needs stands in it.

    Args:
        folder: The folder.
        title: Heading of the page.
        lead: What it shows.
        predicted: Whose answers are marked as predicted, in the legend.
        language: ISO 639-1 code of the data.
        lists: Lists of examples.
    """
    template = page_environment("regen.analysis.page").get_template("local_page.html")
    text = template.render(title=title, lead=lead, predicted=predicted, language=language, lists=lists)
    (folder / "index.html").write_bytes(text.encode())
