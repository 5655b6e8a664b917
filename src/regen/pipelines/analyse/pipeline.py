"""The stage ``analyse``: outcomes, errors and confidence of a cell. It trains nothing, so it may see train and test."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.analyse.nodes import analyse
from regen.pipelines.analyse.outcomes import count_outcomes
from regen.pipelines.analyse.page import show_examples


def create_pipeline(task: str, recipe: str, splits: Iterable[str]) -> Pipeline:
    """Draw the stage for one cell with the task's scored splits whose labels are public."""
    cell = f"{task}.{recipe}"
    return Pipeline(
        [
            Node(
                analyse,
                inputs={
                    "predictions": f"{cell}.predictions",
                    "record": f"{cell}.record",
                    "card": f"{task}.card",
                    "statistics": "params:statistics",
                    **{split: f"{task}.examples_{split}" for split in ("train", *splits)},
                },
                outputs=f"{cell}.analysis",
                name="analyse",
                namespace=cell,
            ),
            Node(
                count_outcomes,
                inputs={"predictions": f"{cell}.predictions", "record": f"{cell}.record"},
                outputs=f"{cell}.outcomes",
                name="count_outcomes",
                namespace=cell,
            ),
            Node(
                show_examples,
                inputs={
                    "predictions": f"{cell}.predictions",
                    "record": f"{cell}.record",
                    "dev": f"{task}.examples_dev",
                },
                outputs=f"{cell}.examples_page",
                name="show_examples",
                namespace=cell,
            ),
        ]
    )
