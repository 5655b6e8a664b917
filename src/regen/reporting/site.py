"""A static site over records: opens from disk, asks no network, same records give the same bytes."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment

from regen.config.costs import Price
from regen.config.pages import EncoderNote
from regen.config.statistics import StatisticsConfig
from regen.pages import page_environment
from regen.records.standing import Standing, task_standing
from regen.records.table import leaderboard_table
from regen.reporting.ages import age, age_note
from regen.reporting.cells import Cell, cell_view
from regen.reporting.charts import Chart, comparison_chart
from regen.reporting.costs import Costs
from regen.reporting.format import Record
from regen.reporting.languages import Translation, translation
from regen.reporting.leaderboard import Leaderboard, Stale, leaderboard
from regen.reporting.order import by_task
from regen.reporting.overview import overview
from regen.reporting.sections import Section

Sections = Mapping[str, Sequence[Section]]
"""Task or cell -> further parts of its page, in their order."""
_STATIC = ("style.css", "page.js", "charts.js", "table.js")


def write_site(
    records: Sequence[Record],
    title: str,
    folder: Path,
    *,
    benchmarks: Mapping[str, str] = MappingProxyType({}),
    costs: Costs = MappingProxyType({}),
    price: Price | None = None,
    stale: Stale = MappingProxyType({}),
    standings: Mapping[str, Standing] = MappingProxyType({}),
    encoders: Mapping[str, EncoderNote] = MappingProxyType({}),
    revision: str | None = None,
    overview_sections: Sequence[Section] = (),
    task_sections: Sections = MappingProxyType({}),
    cell_sections: Sections = MappingProxyType({}),
) -> None:
    """Fill a folder with pages.

    These are ``index.html``, ``tasks/<task>.html``, ``cells/<task>/<recipe>.html`` with the record beside it as JSON,
    ``leaderboard.csv``, and ``assets/`` that all pages share.

    Args:
        records: Records of any tasks, in any order; the pages do not depend on it.
        title: Title of the site.
        folder: An existing, empty folder.
        benchmarks: Task -> group of tasks; what it lacks stands under a dash.
        costs: What cells cost, as far as it is known.
        price: What an hour of the machine costs; ``None`` for no prices.
        stale: Cell -> what has changed since its record was made: keys of its config, ``code``, ``lock``.
        standings: Task -> how its cells stand to each other; where it is not known, intervals that overlap are ties.
        encoders: Encoder -> what is known of it.
        revision: Git revision at which the pages are made; None where it is not to be shown.
        overview_sections: Further parts of the first page.
        task_sections: Task -> further parts of its page.
        cell_sections: Cell -> further parts of its page.
    """
    environment = _environment(translation())
    tasks = by_task(sorted(records, key=lambda record: str(record["cell"])))
    stand = {task: standings.get(task) or task_standing(own, {}, StatisticsConfig()) for task, own in tasks.items()}
    boards = {task: (leaderboard(task, own, stand[task]["leaders"], stale), own) for task, own in tasks.items()}
    shared = {"title": title, "revision": revision}
    view = overview(boards, benchmarks, costs)
    _write(
        folder / "index.html",
        _render(environment, "index.html", "", shared, {"view": view, "own_title": "", "sections": overview_sections}),
    )
    for task, (board, own) in boards.items():
        page = _task_page(board, comparison_chart(task, own), task_sections.get(task, ()))
        _write(folder / "tasks" / f"{task}.html", _render(environment, "task.html", "../", shared, page))
        for record in own:
            cell = cell_view(record, stale.get(record["cell"], ()), costs, price, encoders)
            page = _cell_page(cell, cell_sections.get(record["cell"], ()))
            path = folder / "cells" / task / f"{record['recipe']}.html"
            _write(path, _render(environment, "cell.html", "../../", shared, page))
            _write(path.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
    _write(folder / "leaderboard.csv", _table(tasks, benchmarks, stand, stale))
    _write_assets(folder / "assets")


def _task_page(board: Leaderboard, chart: Chart, sections: Sequence[Section]) -> dict[str, Any]:
    parts = [("leaderboard", "Leaderboard"), *((part.id, part.title) for part in sections)]
    parts += [("data", "Data")] if board.data else []
    return {"own_title": board.task, "board": board, "chart": chart, "sections": sections, "parts": parts}


def _cell_page(cell: Cell, sections: Sequence[Section]) -> dict[str, Any]:
    parts = [("scores", "Scores"), *((part.id, part.title) for part in sections)]
    parts += [("training", "Training")] if cell.curves else []
    parts += [("search", "Search")] if cell.search else []
    parts += [("data", "Data"), ("again", "Record, and how it is made again"), ("settings", "Settings")]
    return {"own_title": cell.name, "cell": cell, "sections": sections, "parts": parts}


def _render(
    environment: Environment, template: str, root: str, shared: Mapping[str, Any], page: Mapping[str, Any]
) -> str:
    """Fill in a template; ``number`` counts the tables of the page, whose ids need to differ."""
    number = count(1)
    return environment.get_template(template).render(shared, root=root, number=lambda: next(number), **page)


def _table(
    tasks: Mapping[str, Sequence[Record]],
    benchmarks: Mapping[str, str],
    standings: Mapping[str, Standing],
    stale: Stale,
) -> str:
    records = sorted((record for own in tasks.values() for record in own), key=lambda record: str(record["cell"]))
    return str(leaderboard_table(records, benchmarks, standings, stale).to_csv(index=False, lineterminator="\n"))


def _write_assets(folder: Path) -> None:
    from plotly.offline import get_plotlyjs  # here, since Kedro imports this module when it starts

    for name in _STATIC:
        _write(folder / name, (files("regen.reporting") / "static" / name).read_text(encoding="utf-8"))
    _write(folder / "plotly.min.js", get_plotlyjs())


def _environment(words: Translation) -> Environment:
    """Escape everything, refuse what is not there, and write JSON in one fixed way."""
    environment = page_environment("regen.reporting")
    kwargs: dict[str, Any] = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
    environment.policies["json.dumps_kwargs"] = kwargs
    environment.filters["t"] = words.both
    environment.filters["age"] = age
    environment.globals["age_note"] = age_note
    environment.filters["zh"] = lambda text: words.chinese(text) or text
    environment.filters["drawn"] = lambda chart: {**chart.figure, "zh": words.of_figure(chart.figure)}
    return environment


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
