"""The node of the stage ``report``: pages and tables over all committed records.

A module of its own: the pages of a suite, which DVC makes, do not depend on it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.machine import Machine
from regen.config.pages import PagesConfig
from regen.config.published import published_results
from regen.config.statistics import StatisticsConfig

Partitions = Mapping[str, Callable[[], Any]]
"""Path of each part -> function that loads it."""


def report_all(
    committed: Partitions,
    counted: Partitions,
    analysed: Partitions,
    examined: Partitions,
    machine: Machine,
    published: Any,
    project: PagesConfig,
    statistics: StatisticsConfig,
) -> dict[str, Any]:
    """Make the pages and tables over all committed records.

    Args:
        committed: Path -> function that loads the record.
        counted: The same of outcomes, as far as there are any.
        analysed: The same of analyses.
        examined: The same of examinations.
        machine: Where telemetry is.
        published: Task -> what others printed, as ``conf/base/published.yml`` has it.
        project: The project of now, for the tasks' benchmarks and the texts that they share, to find records that are
            stale, and the price of an hour.
        statistics: How intervals are made.

    Returns:
        ``site``, ``leaderboard``, the generated parts of README.md (``readme``) and docs/results.md (``index``), and
        ``pages``, a function that fills docs/results.

    Raises:
        UserError: Something in ``published`` is wrong.
    """
    from regen.records.overlaps import with_overlaps  # here: Kedro imports this module when it starts
    from regen.records.staleness import stale_records
    from regen.records.standing import task_standing
    from regen.records.table import leaderboard_table
    from regen.reporting.costs import read_costs
    from regen.reporting.markdown import readme_table, results_index, results_pages, write_pages
    from regen.reporting.order import by_task
    from regen.reporting.pareto import COSTS_ID
    from regen.reporting.parts import task_sections

    records = with_overlaps(_loaded(committed), project.overlaps)
    outcomes = {".".join(path.strip("/").split("/")): counted[path]() for path in sorted(counted)}
    standings = {task: task_standing(own, outcomes, statistics) for task, own in by_task(records).items()}
    costs = read_costs(machine.state.parent / "08_reporting" / "telemetry")
    # git does not hold what the samples cost: they are made on every machine.
    costs = {cell: cost for cell, cost in costs.items() if not cell.startswith("sample_")}
    others = published_results(published)
    stale = stale_records(records, project.cells, machine.project / "requirements.lock")
    parts = task_sections(records, standings, costs, others, project.price)
    # The Markdown pages have a table of costs of their own.
    printed = {task: [part for part in own if part.id != COSTS_ID] for task, own in parts.items()}
    return {
        "site": _site(
            records,
            project,
            machine,
            costs=costs,
            stale=stale,
            standings=standings,
            task_sections=parts,
            cell_sections=_cell_sections(records, analysed, examined),
        ),
        "leaderboard": leaderboard_table(records, project.benchmarks, standings, stale),
        "readme": readme_table(records, stale, standings),
        "index": results_index(records, standings),
        "pages": partial(write_pages, results_pages(records, costs, printed, project.price, stale)),
    }


def _loaded(partitions: Partitions) -> list[Any]:
    return [partitions[path]() for path in sorted(partitions)]


def _cell_sections(records: list[Any], analysed: Partitions, examined: Partitions) -> dict[str, Any]:
    from regen.reporting.errors import cell_sections
    from regen.reporting.parts import joined
    from regen.reporting.trust import trust_by_cell

    return joined(cell_sections(records, _loaded(analysed)), trust_by_cell(records, _loaded(examined)))


def _site(records: list[Any], project: PagesConfig, machine: Machine, **pages: Any) -> Callable[[Path], None]:
    """Give what fills the folder of the pages, with what ``write_site`` is told of all records."""
    from regen.records.versions import head_revision
    from regen.reporting.comparisons import rank_section
    from regen.reporting.site import write_site

    ranks = rank_section(pages["standings"])
    return partial(
        write_site,
        records,
        "All results",
        benchmarks=project.benchmarks,
        price=project.price,
        encoders=project.encoders,
        revision=head_revision(machine.project),
        overview_sections=[ranks] if ranks else [],
        **pages,
    )
