"""Nodes of the stage ``ingest``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.files import FileSpec
from regen.config.machine import Machine
from regen.sources.fetch import fetch_files


def ingest(files: tuple[FileSpec, ...], machine: Machine) -> Callable[[Path], Any]:
    """Fetch a task's published files when the folder that takes them is ready.

    Args:
        files: The files and where they can be had.
        machine: Mirrors and state of this machine.

    Returns:
        A function that fills an empty folder with verified files.
    """
    return partial(fetch_files, files, machine)
