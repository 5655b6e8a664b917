"""The stage ``import_encoder``: pretrained encoders as folders that plain transformers loads."""

from kedro.pipeline import Node, Pipeline

from regen.pipelines.import_encoder.nodes import import_encoder


def create_pipeline(encoder: str) -> Pipeline:
    """Draw the stage for one encoder."""
    return Pipeline(
        [
            Node(
                import_encoder,
                inputs={"config": f"params:{encoder}.encoder_files", "machine": "params:machine"},
                outputs=f"{encoder}.encoder",
                name="import_encoder",
                namespace=encoder,
            )
        ]
    )
