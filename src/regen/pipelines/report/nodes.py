"""Nodes of the stages ``site`` (one suite) and ``report`` (all committed records)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from regen.config.machine import Machine
from regen.config.published import published_results
from regen.config.suite import SuiteSpec
from regen.records.table import results_table
from regen.reporting.costs import read_costs
from regen.reporting.markdown import readme_table, results_page
from regen.reporting.site import write_site
from regen.reporting.trust import trust_by_cell


def report_suite(suite: SuiteSpec, **outputs: Any) -> dict[str, Any]:
    """Make a suite's pages and leaderboard.

    Args:
        suite: The suite.
        outputs: ``<task>__records``, ``<task>__results``, ``<task>__comparison`` of each task, and
            ``<task>__<recipe>__examination`` of each cell that is examined.

    Returns:
        ``site`` (a function that fills an empty folder) and ``leaderboard`` (a table).
    """
    records = [record for name, value in outputs.items() if name.endswith("__records") for record in value]
    trust = trust_by_cell(records, [value for name, value in outputs.items() if name.endswith("__examination")])
    return {
        "site": partial(write_site, records, suite.title, cell_sections=trust),
        "leaderboard": results_table(records),
    }


def report_all(
    committed: Mapping[str, Callable[[], Any]],
    examinations: Mapping[str, Callable[[], Any]],
    machine: Machine,
    published: Any,
) -> dict[str, Any]:
    """Make the pages and tables over all committed records.

    Args:
        committed: Path -> function that loads the record.
        examinations: Path -> function that loads the examination of a cell.
        machine: Where telemetry is.
        published: Task -> what others printed, as ``conf/base/published.yml`` has it.

    Returns:
        ``site``, ``leaderboard``, and the generated parts of README.md and docs/results.md.

    Raises:
        UserError: Something in ``published`` is wrong.
    """
    records = [committed[path]() for path in sorted(committed)]
    trust = trust_by_cell(records, [examinations[path]() for path in sorted(examinations)])
    costs = read_costs(machine.state.parent / "08_reporting" / "telemetry")
    # git does not hold what the samples cost: they are made on every machine.
    costs = {cell: cost for cell, cost in costs.items() if not cell.startswith("sample_")}
    return {
        "site": partial(write_site, records, "All results", cell_sections=trust),
        "leaderboard": results_table(records),
        "readme": readme_table(records),
        "page": results_page(records, costs, published_results(published)),
    }
