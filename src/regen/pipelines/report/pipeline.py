"""The stages ``site``: pages of one suite, and ``report``: pages and tables over all committed records."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.report.nodes import report_suite
from regen.pipelines.report.overall import report_all

OVERALL = "all"
"""Namespace of the pages over all committed records; they lie beside those of suites."""


def create_pipeline(suite: str, tasks: Iterable[str], examined: Iterable[str] = ()) -> Pipeline:
    """Draw the pages of one suite with its tasks, and with the cells among those of the suite that are examined."""
    return Pipeline(
        [
            Node(
                report_suite,
                inputs={
                    "suite": f"params:{suite}.suite",
                    "pages": f"params:{suite}.pages",
                    **{
                        f"{task}__{name}": f"{task}.{name}"
                        for task in tasks
                        for name in ("records", "analyses", "standing", "results", "comparison")
                    },
                    **{f"{cell.replace('.', '__')}__examination": f"{cell}.examination" for cell in examined},
                },
                outputs={"site": f"{suite}.site", "leaderboard": f"{suite}.leaderboard"},
                name="site",
                namespace=suite,
            )
        ]
    )


def create_overall_pipeline() -> Pipeline:
    """Draw the pages and tables over all committed records."""
    return Pipeline(
        [
            Node(
                report_all,
                inputs={
                    "committed": "committed_records",
                    "counted": "committed_outcomes",
                    "analysed": "committed_analyses",
                    "examined": "committed_examinations",
                    "machine": "params:machine",
                    "published": "published_results",
                    "project": "params:pages",
                    "statistics": "params:statistics",
                },
                outputs={
                    "site": f"{OVERALL}.site",
                    "leaderboard": f"{OVERALL}.leaderboard",
                    "readme": "readme_results",
                    "index": "docs_results",
                    "pages": "docs_task_results",
                },
                name="report",
                namespace=OVERALL,
            )
        ]
    )
