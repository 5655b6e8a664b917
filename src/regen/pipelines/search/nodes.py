"""Nodes of the stage ``search``.

Libraries that take long to import, and our modules that need them, are imported inside the functions: Kedro imports
this module whenever it starts. For the same reason tables are hinted as ``Any``: Kedro resolves every hint of a node.
"""

from pathlib import Path
from typing import Any

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.search import SearchSpec
from regen.config.statistics import StatisticsConfig


def search(
    train: Any,
    dev: Any,
    config: CellConfig,
    space: SearchSpec,
    statistics: StatisticsConfig,
    machine: Machine,
    encoder: Path | None = None,
) -> dict[str, Any]:
    """Try settings and pick one.

    Args:
        train: Training examples.
        dev: Dev examples, which the trials are scored on.
        config: The cell's config before the search.
        space: The search.
        statistics: How the interval of the best trial is made.
        machine: Where studies and fits keep what they go on from, and how many workers there are.
        encoder: Folder of the encoder that the recipe names.

    Returns:
        ``trials`` (what was tried) and ``best`` (what was picked, and why).
    """
    from regen.search.run import run_search

    used = train.head(config.train_examples) if config.train_examples else train
    return run_search(used, dev, config, space, statistics, machine, encoder)


def draw(trials: dict[str, Any], best: dict[str, Any]) -> dict[str, Any]:
    """Draw a study: one Plotly figure for each view.

    Args:
        trials: What was tried.
        best: What was picked.

    Returns:
        ``history``, ``parallel``, ``importance``, ``slice``, ``pareto`` and ``rungs``; a view without data is empty.
    """
    from regen.search.figures import study_figures

    return study_figures(trials, best)
