"""Synthetic records, to see how pages fare with many: no results of anything, and never shown as such."""

from typing import Any

from made_records import make_record, make_search

TITLE = "Synthetic cells: no results"
RECIPES = ("majority", "linear", "crf", "tuned", "searched")
_LABELS = 60
_EPOCHS = 10


def synthetic_records(cells: int, repeats: int) -> list[dict[str, Any]]:
    """Make records of tasks with five cells each, all with labels, confusions and unseen scores.

    Args:
        cells: Number of cells.
        repeats: Repeats of each.
    """
    return [_record(number, repeats) for number in range(cells)]


def _record(number: int, repeats: int) -> dict[str, Any]:
    task, recipe = f"synthetic_{number // len(RECIPES):03}", RECIPES[number % len(RECIPES)]
    values = [(30 + number % 50 + repeat) / 100 for repeat in range(repeats)]
    record = make_record(
        f"{task}.{recipe}",
        values,
        values[::-1],
        labels=[f"合成标签{label}" for label in range(2 + number % _LABELS)],
        tagging=number % 2 == 0,
        half=0.02,
    )
    if recipe in ("tuned", "searched"):
        rows = [{"epoch": n, "train_loss": 1 / n, "dev_loss": 2 / n, "dev_score": values[0]} for n in range(1, _EPOCHS)]
        record["training"]["models"] = [{"steps": 12, "history": rows} for _ in values]
    return record | ({"search": make_search(record["cell"])} if recipe == "searched" else {})
