"""The stage ``prepare``: typed examples and a data card."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.prepare.nodes import prepare


def create_pipeline(task: str, splits: Iterable[str]) -> Pipeline:
    """Draw the stage for one task with its splits."""
    return Pipeline(
        [
            Node(
                prepare,
                inputs={"raw": f"{task}.raw", "config": f"params:{task}.read"},
                outputs={"card": f"{task}.card", **{split: f"{task}.examples_{split}" for split in splits}},
                name="prepare",
                namespace=task,
            )
        ]
    )
