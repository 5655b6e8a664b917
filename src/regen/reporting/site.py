"""A static site over records: opens from disk, asks no network, same records give the same bytes."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from regen.records.table import results_table
from regen.reporting.cells import cell_view
from regen.reporting.charts import comparison_chart
from regen.reporting.format import Record
from regen.reporting.leaderboard import leaderboard
from regen.reporting.order import by_task
from regen.reporting.sections import Section

Sections = Mapping[str, Sequence[Section]]


def write_site(
    records: Sequence[Record], title: str, folder: Path, *, cell_sections: Sections = MappingProxyType({})
) -> None:
    """Fill a folder with ``index.html``, ``leaderboard.csv`` and ``assets/``.

    Args:
        records: Records of any tasks, in any order; the pages do not depend on it.
        title: Title of the page.
        folder: An existing, empty folder.
        cell_sections: Cell -> further parts of its section.
    """
    records = sorted(records, key=lambda record: str(record["cell"]))
    _write(folder / "index.html", _page(records, title, cell_sections))
    _write(folder / "leaderboard.csv", results_table(records).to_csv(index=False, lineterminator="\n"))
    assets = folder / "assets"
    assets.mkdir()
    for name in ("style.css", "page.js"):
        (assets / name).write_bytes((files("regen.reporting") / "static" / name).read_bytes())
    from plotly.offline import get_plotlyjs  # here, since Kedro imports this module when it starts

    _write(assets / "plotly.min.js", get_plotlyjs())


def _page(records: Sequence[Record], title: str, cell_sections: Sections) -> str:
    tasks = [
        {
            "board": leaderboard(task, own),
            "chart": comparison_chart(task, own),
            "cells": [cell_view(record) for record in own],
            "sections": cell_sections,
        }
        for task, own in by_task(records).items()
    ]
    return _environment().get_template("index.html").render(title=title, tasks=tasks, cell_count=len(records))


def _environment() -> Environment:
    """Escape everything, refuse what is not there, and write JSON in one fixed way."""
    environment = Environment(
        loader=PackageLoader("regen.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    kwargs: dict[str, Any] = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
    environment.policies["json.dumps_kwargs"] = kwargs
    return environment


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
