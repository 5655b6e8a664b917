"""The page itself: counts, then the examples that the one cell alone has right, then those of the other."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader

from regen.disagreements.find import Record, Sides, right_alone, sides_of
from regen.pages import page_environment

MOST = 200
"""Examples on the page; half of them for each cell, where each has so many."""


def write_page(
    records: Sequence[Record], predictions: Sequence[pd.DataFrame], dev: pd.DataFrame, folder: Path
) -> dict[str, int]:
    """Write ``index.html`` into an empty folder: all that it needs stands in it.

    Args:
        records: Records of the two cells.
        predictions: Their predictions.
        dev: Examples of dev, of all folds.
        folder: The folder.

    Returns:
        ``both``, ``one``, ``other`` and ``neither``: how many examples of dev are right.

    Raises:
        UserError: Predictions and examples do not go together.
    """
    sides, config = sides_of(records, predictions, dev), records[0]["config"]
    counts = counted(sides)
    mine = min(counts["one"], max(MOST // 2, MOST - counts["other"]))
    context = {
        "cells": [record["cell"] for record in records],
        "language": config["language"],
        "counts": counts,
        "examples": sum(counts.values()),
        "folds": len(sides),
        "lists": [right_alone(config, sides, 0, mine), right_alone(config, sides, 1, MOST - mine)],
    }
    text = _environment().get_template("disagreements.html").render(context)
    (folder / "index.html").write_bytes(text.encode())
    return counts


def counted(sides: Sequence[Sides]) -> dict[str, int]:
    """Count the examples that both cells, the one, the other, or neither has right."""
    one, other = (pd.concat([pd.Series(fold.right[which]) for fold in sides], ignore_index=True) for which in (0, 1))
    found = {"both": one & other, "one": one & ~other, "other": ~one & other, "neither": ~one & ~other}
    return {name: int(values.sum()) for name, values in found.items()}


def _environment() -> Environment:
    """Set up the template, beside those of the page of examples, whose style it shares."""
    environment = page_environment("regen.disagreements")
    environment.loader = ChoiceLoader([PackageLoader("regen.disagreements"), PackageLoader("regen.analysis.page")])
    return environment
