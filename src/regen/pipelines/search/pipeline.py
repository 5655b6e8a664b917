"""The stage ``search``: the best settings from trials on dev. No edge leads here from a test split."""

from kedro.pipeline import Node, Pipeline

from regen.pipelines.search.nodes import draw, search

VIEWS = ("history", "parallel", "importance", "slice", "pareto", "rungs")


def create_pipeline(task: str, recipe: str, encoder: str | None = None) -> Pipeline:
    """Draw the stage for one cell, whose models may start from an encoder."""
    cell = f"{task}.{recipe}"
    found = {"trials": f"{cell}.trials", "best": f"{cell}.best"}
    return Pipeline(
        [
            Node(
                search,
                inputs={
                    "train": f"{task}.examples_train",
                    "dev": f"{task}.examples_dev",
                    "config": f"params:{cell}.config",
                    "space": f"params:{cell}.search",
                    "statistics": "params:statistics",
                    "machine": "params:machine",
                    **({"encoder": f"{encoder}.encoder"} if encoder else {}),
                },
                outputs=found,
                name="search",
                namespace=cell,
            ),
            Node(
                draw,
                inputs=found,
                outputs={view: f"{cell}.search_{view}" for view in VIEWS},
                name="draw",
                namespace=cell,
            ),
        ]
    )
