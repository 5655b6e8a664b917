"""Nodes of the stage ``prepare``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

from pathlib import Path
from typing import Any

from regen.config.task import PrepareConfig


def prepare(raw: Path, config: PrepareConfig) -> dict[str, Any]:
    """Read all splits of a task and describe them.

    Args:
        raw: Folder of the raw files.
        config: What the task's YAML says of reading them.

    Returns:
        Split name -> table of examples (with a column ``fold`` where it has folds), and ``card`` -> the data card.
    """
    from regen.tasks.card import make_card
    from regen.tasks.examples import join_folds, read_split, to_frame

    parts = {split: config.read.parts(split) for split in config.read.splits}
    readings = {name: read_split(raw, read, split) for split in parts for name, read in parts[split].items()}
    frames = {name: to_frame(reading) for name, reading in readings.items()}
    tables = {split: join_folds([frames[name] for name in parts[split]]) for split in parts}
    return {**tables, "card": make_card(config, raw, readings, frames)}
