"""The stage ``transfer``: the body of a fitted cell as an encoder."""

from kedro.pipeline import Node, Pipeline

from regen.pipelines.transfer.nodes import transfer


def create_pipeline(encoder: str, cell: str, base: str) -> Pipeline:
    """Draw the stage for one encoder; the cell that it comes from was fitted from another one, the base.

    It stands among the cells of that cell's task.
    """
    return Pipeline(
        [
            Node(
                transfer,
                inputs={"config": f"params:{encoder}.transfer", "model": f"{cell}.model", "base": f"{base}.encoder"},
                outputs=f"{encoder}.encoder",
                name="transfer",
                namespace=f"{cell.split('.', maxsplit=1)[0]}.{encoder}",
            )
        ]
    )
