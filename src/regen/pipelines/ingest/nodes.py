"""Nodes of the stage ``ingest``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from regen.config.machine import Machine
from regen.config.task import IngestConfig
from regen.sources.fetch import fetch_files


def ingest(config: IngestConfig, machine: Machine) -> Callable[[Path], Any]:
    """Fetch a task's published files when the folder that takes them is ready.

    Args:
        config: The files and where they can be had.
        machine: Mirrors and state of this machine.

    Returns:
        A function that fills an empty folder with verified files.
    """
    return partial(_fetch, config, machine)


def _fetch(config: IngestConfig, machine: Machine, folder: Path) -> None:
    fetch_files(config.files, machine, folder, config.task)
