"""Nodes of the stages ``site`` (one suite) and ``report`` (all committed records)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from regen.config.machine import Machine
from regen.config.published import published_results
from regen.config.suite import SuiteSpec
from regen.records.table import results_table
from regen.reporting.costs import read_costs
from regen.reporting.errors import cell_sections
from regen.reporting.markdown import readme_table, results_index, results_pages, write_pages
from regen.reporting.sections import Section
from regen.reporting.site import write_site


def report_suite(suite: SuiteSpec, benchmarks: Mapping[str, str], **outputs: Any) -> dict[str, Any]:
    """Make a suite's pages and leaderboard.

    Args:
        suite: The suite.
        benchmarks: Task -> group of tasks.
        outputs: ``<task>__records``, ``<task>__analyses``, ``<task>__results``, ``<task>__comparison`` of each task.

    Returns:
        ``site`` (a function that fills an empty folder) and ``leaderboard`` (a table).
    """
    records, analyses = (
        [one for name, value in outputs.items() if name.endswith(f"__{kind}") for one in value]
        for kind in ("records", "analyses")
    )
    parts = cell_sections(records, analyses)
    return {
        "site": partial(write_site, records, suite.title, benchmarks=benchmarks, cell_sections=parts),
        "leaderboard": results_table(records),
    }


def report_all(
    committed: Mapping[str, Callable[[], Any]],
    analysed: Mapping[str, Callable[[], Any]],
    machine: Machine,
    published: Any,
    benchmarks: Mapping[str, str],
) -> dict[str, Any]:
    """Make the pages and tables over all committed records.

    Args:
        committed: Path -> function that loads the record.
        analysed: The same of analyses, as far as there are any.
        machine: Where telemetry is.
        published: Task -> what others printed, as ``conf/base/published.yml`` has it.
        benchmarks: Task -> group of tasks.

    Returns:
        ``site``, ``leaderboard``, the generated parts of README.md (``readme``) and docs/results.md (``index``), and
        ``pages``, a function that fills docs/results.

    Raises:
        UserError: Something in ``published`` is wrong.
    """
    records = [committed[path]() for path in sorted(committed)]
    parts = cell_sections(records, [analysed[path]() for path in sorted(analysed)])
    costs = read_costs(machine.state.parent / "08_reporting" / "telemetry")
    # git does not hold what the samples cost: they are made on every machine.
    sections: dict[str, list[Section]] = {}
    costs = {cell: cost for cell, cost in costs.items() if not cell.startswith("sample_")}
    return {
        "site": partial(write_site, records, "All results", benchmarks=benchmarks, costs=costs, cell_sections=parts),
        "leaderboard": results_table(records),
        "readme": readme_table(records),
        "index": results_index(records),
        "pages": partial(write_pages, results_pages(records, costs, published_results(published), sections)),
    }
