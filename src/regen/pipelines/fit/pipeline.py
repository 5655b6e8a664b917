"""The stage ``fit``: a model from train and dev. No edge leads here from a test split."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.fit.ensemble import MODEL, join
from regen.pipelines.fit.nodes import fit


def create_pipeline(task: str, recipe: str, encoder: str | None = None, *, searched: bool = False) -> Pipeline:
    """Draw the stage for one cell; its models may start from an encoder, its settings may come from a search."""
    cell = f"{task}.{recipe}"
    return Pipeline(
        [
            Node(
                fit,
                inputs={
                    "train": f"{task}.examples_train",
                    "dev": f"{task}.examples_dev",
                    "config": f"params:{cell}.config",
                    "machine": "params:machine",
                    **({"encoder": f"{encoder}.encoder"} if encoder else {}),
                    **({"best": f"{cell}.best"} if searched else {}),
                },
                outputs=f"{cell}.model",
                name="fit",
                namespace=cell,
            )
        ]
    )


def create_ensemble_pipeline(task: str, recipe: str, members: Iterable[str]) -> Pipeline:
    """Draw the stage for an ensemble: no examples lead to it, only the models of its members."""
    cell = f"{task}.{recipe}"
    return Pipeline(
        [
            Node(
                join,
                inputs={
                    "config": f"params:{cell}.config",
                    "members": f"params:{cell}.members",
                    **{f"{MODEL}{member}": f"{task}.{member}.model" for member in members},
                },
                outputs=f"{cell}.model",
                name="fit",
                namespace=cell,
            )
        ]
    )
