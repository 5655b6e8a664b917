"""The stage ``examine``: robustness, bias slices and attributions of cells that a suite wants examined."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.examine.nodes import ENCODER, examine


def create_pipeline(
    task: str,
    recipe: str,
    encoder: str | None = None,
    *,
    encoders: Iterable[str] = (),
    swapped: bool = False,
    explained: bool = False,
) -> Pipeline:
    """Draw the stage for one cell.

    Its models may start from an encoder (those of an ensemble from several), mentions of train may take the place of
    others, and something may explain its answers.
    """
    cell = f"{task}.{recipe}"
    return Pipeline(
        [
            Node(
                examine,
                inputs={
                    "model": f"{cell}.model",
                    "config": f"params:{cell}.config",
                    "attribution": f"params:{cell}.attribution",
                    "statistics": "params:statistics",
                    "dev": f"{task}.examples_dev",
                    **({"train": f"{task}.examples_train"} if swapped else {}),
                    **({"encoder": f"{encoder}.encoder"} if encoder else {}),
                    **{f"{ENCODER}{name}": f"{name}.encoder" for name in encoders},
                },
                outputs={
                    "examination": f"{cell}.examination",
                    **({"attributions": f"{cell}.attributions"} if explained else {}),
                },
                name="examine",
                namespace=cell,
            )
        ]
    )
