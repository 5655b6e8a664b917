"""The stage ``gather``: the cells of one task side by side.

It reads more than it needs: what no node of a namespace reads is drawn outside of its box in Kedro-Viz.
"""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.gather.nodes import gather


def create_pipeline(task: str, recipes: Iterable[str]) -> Pipeline:
    """Draw the stage for one task with the recipes that suites run on it."""
    return Pipeline(
        [
            Node(
                gather,
                inputs={
                    "statistics": "params:statistics",
                    **{
                        f"{recipe}__{name}": f"{task}.{recipe}.{name}"
                        for recipe in recipes
                        for name in ("record", "metrics", "confusion", "outcomes", "analysis")
                    },
                },
                outputs={
                    name: f"{task}.{name}" for name in ("records", "analyses", "standing", "results", "comparison")
                },
                name="gather",
                namespace=task,
            )
        ]
    )
