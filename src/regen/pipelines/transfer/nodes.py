"""Nodes of the stage ``transfer``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.derived import TransferConfig


def transfer(config: TransferConfig, model: Path, base: Path) -> Callable[[Path], Any]:
    """Make an encoder of a fitted cell when the folder that takes it is ready.

    Args:
        config: Which repeat of which cell.
        model: Folder of the cell's models.
        base: Folder of the encoder that they were fitted from.

    Returns:
        A function that fills an empty folder.
    """
    from regen.export.transfer import transfer as fill

    return partial(fill, config, model, base)
