"""The node of the stage ``report``: pages and tables over all committed records.

A module of its own: the pages of a suite, which DVC makes, do not depend on it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from regen.config.load import Specs
from regen.config.machine import Machine
from regen.config.published import published_results
from regen.config.statistics import StatisticsConfig


def report_all(
    committed: Mapping[str, Callable[[], Any]],
    counted: Mapping[str, Callable[[], Any]],
    analysed: Mapping[str, Callable[[], Any]],
    examined: Mapping[str, Callable[[], Any]],
    machine: Machine,
    published: Any,
    specs: Specs,
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
        specs: All specs, for the tasks' benchmarks and to find records that are stale.
        statistics: How intervals are made.

    Returns:
        ``site``, ``leaderboard``, the generated parts of README.md (``readme``) and docs/results.md (``index``), and
        ``pages``, a function that fills docs/results.

    Raises:
        UserError: Something in ``published`` is wrong.
    """
    from regen.records.staleness import stale_records  # here: Kedro imports this module when it starts
    from regen.records.standing import task_standing
    from regen.records.table import results_table
    from regen.records.versions import head_revision
    from regen.reporting.comparisons import rank_section
    from regen.reporting.costs import read_costs
    from regen.reporting.errors import cell_sections
    from regen.reporting.markdown import readme_table, results_index, results_pages, write_pages
    from regen.reporting.order import by_task
    from regen.reporting.parts import joined, task_sections
    from regen.reporting.site import write_site
    from regen.reporting.trust import trust_by_cell

    records = [committed[path]() for path in sorted(committed)]
    outcomes = {".".join(path.strip("/").split("/")): counted[path]() for path in sorted(counted)}
    standings = {task: task_standing(own, outcomes, statistics) for task, own in by_task(records).items()}
    costs = read_costs(machine.state.parent / "08_reporting" / "telemetry")
    # git does not hold what the samples cost: they are made on every machine.
    costs = {cell: cost for cell, cost in costs.items() if not cell.startswith("sample_")}
    others = published_results(published)
    ranks = rank_section(standings)
    site: dict[str, Any] = {
        "benchmarks": {task: spec.benchmark for task, spec in specs.tasks.items()},
        "costs": costs,
        "stale": stale_records(records, specs, machine.project / "requirements.lock"),
        "standings": standings,
        "revision": head_revision(machine.project),
        "overview_sections": [ranks] if ranks else [],
        "task_sections": task_sections(records, standings, costs, others),
        "cell_sections": joined(
            cell_sections(records, [analysed[path]() for path in sorted(analysed)]),
            trust_by_cell(records, [examined[path]() for path in sorted(examined)]),
        ),
    }
    pages = results_pages(records, costs, task_sections(records, standings, {}, others))
    return {
        "site": partial(write_site, records, "All results", **site),
        "leaderboard": results_table(records),
        "readme": readme_table(records),
        "index": results_index(records),
        "pages": partial(write_pages, pages),
    }
