"""The page itself: counts, then the examples that the one cell alone has right, then those of the other."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from regen.analysis.page.local_page import ExampleList, write_local_page
from regen.disagreements.find import Record, Sides, right_alone, sides_of

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
    lists = [right_alone(config, sides, 0, mine), right_alone(config, sides, 1, MOST - mine)]
    cells, total = [record["cell"] for record in records], {name: f"{count:,}" for name, count in counts.items()}
    folds = f" in each of {len(sides)} folds" if len(sides) > 1 else ""
    write_local_page(
        folder,
        title=f"Where {cells[0]} and {cells[1]} differ on dev",
        lead=f"A is {cells[0]}, B is {cells[1]}; the first repeat of each{folds}. Of {sum(counts.values()):,} examples "
        f"both have {total['both']} right, A alone {total['one']}, B alone {total['other']}, neither "
        f"{total['neither']}. An example is right where everything is that the official metric counts: the answer, or "
        "every span or relation.",
        predicted="answer of A or of B",
        language=config["language"],
        lists=[
            ExampleList(
                "one",
                "Only A is right",
                f"The first {len(lists[0])} of {total['one']} examples. Gold is marked by what B has of it; what else "
                "differs stands twice, as A and as B have it.",
                lists[0],
            ),
            ExampleList(
                "other",
                "Only B is right",
                f"The first {len(lists[1])} of {total['other']} examples. Gold is marked by what A has of it.",
                lists[1],
            ),
        ],
    )
    return counts


def counted(sides: Sequence[Sides]) -> dict[str, int]:
    """Count the examples that both cells, the one, the other, or neither has right."""
    one, other = (pd.concat([pd.Series(fold.right[which]) for fold in sides], ignore_index=True) for which in (0, 1))
    found = {"both": one & other, "one": one & ~other, "other": ~one & other, "neither": ~one & ~other}
    return {name: int(values.sum()) for name, values in found.items()}
