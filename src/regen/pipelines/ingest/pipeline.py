"""The stage ``ingest``: published files, fetched and verified."""

from kedro.pipeline import Node, Pipeline

from regen.pipelines.ingest.nodes import ingest


def create_pipeline(task: str) -> Pipeline:
    """Draw the stage for one task."""
    return Pipeline(
        [
            Node(
                ingest,
                inputs={"config": f"params:{task}.files", "machine": "params:machine"},
                outputs=f"{task}.raw",
                name="ingest",
                namespace=task,
            )
        ]
    )
