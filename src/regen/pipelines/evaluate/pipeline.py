"""The stage ``evaluate``: predictions, scores, a record and submissions. No earlier stage reads test splits."""

from collections.abc import Collection, Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.evaluate.nodes import ENCODER, predict, score
from regen.pipelines.evaluate.submission import submit


def create_pipeline(
    task: str,
    recipe: str,
    splits: Iterable[str],
    encoder: str | None = None,
    *,
    encoders: Iterable[str] = (),
    searched: bool = False,
    submitted: Collection[str] = (),
) -> Pipeline:
    """Draw the stage for one cell with the task's scored splits.

    Its models may start from an encoder (those of an ensemble from several), its settings may come from a search, and a
    board may take files for some of the splits.
    """
    cell = f"{task}.{recipe}"
    config = f"params:{cell}.config"
    return Pipeline(
        [
            Node(
                predict,
                inputs={
                    "model": f"{cell}.model",
                    "config": config,
                    **({"encoder": f"{encoder}.encoder"} if encoder else {}),
                    **{f"{ENCODER}{name}": f"{name}.encoder" for name in encoders},
                    **{split: f"{task}.examples_{split}" for split in splits},
                },
                outputs=f"{cell}.predictions",
                name="predict",
                namespace=cell,
            ),
            Node(
                score,
                inputs={
                    "model": f"{cell}.model",
                    "predictions": f"{cell}.predictions",
                    "card": f"{task}.card",
                    "config": config,
                    "statistics": "params:statistics",
                    "machine": "params:machine",
                    **({"trials": f"{cell}.trials", "best": f"{cell}.best"} if searched else {}),
                },
                outputs={name: f"{cell}.{name}" for name in ("record", "metrics", "confusion")},
                name="score",
                namespace=cell,
            ),
            *(
                [
                    Node(
                        submit,
                        inputs={
                            "predictions": f"{cell}.predictions",
                            "record": f"{cell}.record",
                            "submission": f"params:{task}.submission",
                            **{split: f"{task}.examples_{split}" for split in submitted},
                        },
                        outputs=f"{cell}.submission",
                        name="submit",
                        namespace=cell,
                    )
                ]
                if submitted
                else []
            ),
        ]
    )
