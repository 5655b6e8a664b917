"""Nodes of the stage ``import_encoder``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.encoder import ImportConfig
from regen.config.machine import Machine


def import_encoder(config: ImportConfig, machine: Machine) -> Callable[[Path], Any]:
    """Import a pretrained encoder when the folder that takes it is ready.

    Args:
        config: The encoder's files, where they can be had and how they are laid out.
        machine: Mirrors and state of this machine.

    Returns:
        A function that fills an empty folder.
    """
    from regen.encoders.importer import import_encoder as fill

    return partial(fill, config.spec, config.encoder, machine)
