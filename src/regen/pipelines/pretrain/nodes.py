"""Nodes of the stage ``pretrain``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from regen.config.derived import PretrainConfig
from regen.config.machine import Machine


def pretrain(
    config: PretrainConfig, machine: Machine, base: Path, card: dict[str, Any], **splits: Any
) -> Callable[[Path], Any]:
    """Pretrain an encoder further.

    Args:
        config: How, and on which task's text.
        machine: Where a training keeps what it goes on from after it was killed.
        base: Folder of the encoder to start from.
        card: The task's data card, which names the unlabelled rows that stand in a test split, too.
        splits: Split name -> examples.

    Returns:
        A function that fills an empty folder.
    """
    from regen.pretraining.run import pretrain as train

    return train(config, machine, base, splits, card.get("unlabeled_in_test", []))
