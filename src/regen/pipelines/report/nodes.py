"""The node of the stage ``site``: pages of one suite."""

from functools import partial
from typing import Any

from regen.config.pages import PagesConfig
from regen.config.suite import SuiteSpec


def report_suite(suite: SuiteSpec, pages: PagesConfig, **outputs: Any) -> dict[str, Any]:
    """Make a suite's pages and leaderboard.

    Args:
        suite: The suite.
        pages: What pages say of its tasks.
        outputs: ``<task>__records``, ``<task>__analyses``, ``<task>__standing``, ``<task>__results``,
            ``<task>__comparison`` of each task, and ``<task>__<recipe>__examination`` of each cell that is examined.

    Returns:
        ``site`` (a function that fills an empty folder) and ``leaderboard`` (a table).
    """
    from regen.records.overlaps import with_overlaps  # here: Kedro imports this module when it starts
    from regen.records.table import leaderboard_table
    from regen.reporting.errors import cell_sections
    from regen.reporting.parts import joined, task_sections
    from regen.reporting.site import write_site
    from regen.reporting.trust import trust_by_cell

    records, analyses = (
        [one for name, value in outputs.items() if name.endswith(f"__{kind}") for one in value]
        for kind in ("records", "analyses")
    )
    records = with_overlaps(records, pages.overlaps)
    examinations = [value for name, value in outputs.items() if name.endswith("__examination")]
    standings = {name.removesuffix("__standing"): value for name, value in outputs.items() if "__standing" in name}
    parts: dict[str, Any] = {
        "standings": standings,
        "cell_sections": joined(cell_sections(records, analyses), trust_by_cell(records, examinations)),
        "task_sections": task_sections(records, standings, {}, {}),
    }
    return {
        "site": partial(write_site, records, suite.title, benchmarks=pages.benchmarks, **parts),
        "leaderboard": leaderboard_table(records, pages.benchmarks, standings),
    }
