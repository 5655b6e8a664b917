"""The stage ``pretrain``: an encoder pretrained further on the text of a task. No edge leads here from a test split."""

from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from regen.pipelines.pretrain.nodes import pretrain


def create_pipeline(encoder: str, task: str, splits: Iterable[str], base: str) -> Pipeline:
    """Draw the stage for one encoder, which another one becomes by learning from some splits of a task.

    It stands among the task's cells: a namespace of its own would cut that of the task in two.
    """
    return Pipeline(
        [
            Node(
                pretrain,
                inputs={
                    "config": f"params:{encoder}.pretraining",
                    "machine": "params:machine",
                    "base": f"{base}.encoder",
                    "card": f"{task}.card",
                    **{split: f"{task}.examples_{split}" for split in splits},
                },
                outputs=f"{encoder}.encoder",
                name="pretrain",
                namespace=f"{task}.{encoder}",
            )
        ]
    )
