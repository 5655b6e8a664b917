"""Tables of records."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from regen.records.order import is_floor
from regen.records.selections import chosen_on

if TYPE_CHECKING:
    import pandas as pd


def results_table(records: Iterable[Mapping[str, Any]]) -> "pd.DataFrame":
    """Give one row per cell and scored split, best first within a task and split; scores are × 100.

    No number stands alone: with it come the split, the number of repeats, sd, interval, training examples, the
    selection rule, and the difference to the majority baseline of the same task.
    """
    import pandas as pd  # here, since Kedro imports this module when it starts

    records = list(records)
    floors = {
        (record["task"], split): scores["mean"]
        for record in records
        if is_floor(record)
        for split, scores in record["scores"].items()
    }
    rows = [_row(record, split, floors) for record in records for split in record["scores"]]
    table = pd.DataFrame(rows)
    return table.sort_values(
        ["task", "split", "score"], ascending=[True, True, False], kind="stable", ignore_index=True
    )


def leaderboard_table(
    records: Iterable[Mapping[str, Any]],
    benchmarks: Mapping[str, str] = MappingProxyType({}),
    standings: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    stale: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> "pd.DataFrame":
    """Give the rows of `results_table` with what tells them apart outside of the report's pages.

    Args:
        records: Records of any tasks.
        benchmarks: Task -> group of tasks.
        standings: Task -> how its cells stand to each other.
        stale: Cell -> what has changed since its record was made.

    Returns:
        Further columns: ``benchmark``, ``mark`` (``best``, ``tie``, ``tie?``), ``chosen_on`` (tasks that share texts
        and on which the settings were chosen, so that the cell is not marked as the best), ``stale`` (what changed),
        and ``config``, the sha256 of the config that the record was made with; empty where there is nothing to say.
    """
    records = list(records)
    chosen = {record["cell"]: ", ".join(chosen_on(record)) or None for record in records}
    hashes = {record["cell"]: record["hashes"]["config"] for record in records}
    table = results_table(records)
    cells = [f"{task}.{recipe}" for task, recipe in zip(table["task"], table["recipe"], strict=True)]
    leaders = {task: standing["leaders"] for task, standing in standings.items()}
    table.insert(0, "benchmark", [benchmarks.get(task) for task in table["task"]])
    marks = [
        leaders.get(task, {}).get(split, {}).get(cell)
        for task, split, cell in zip(table["task"], table["split"], cells, strict=True)
    ]
    table["mark"] = [None if mark == "best" and chosen[cell] else mark for mark, cell in zip(marks, cells, strict=True)]
    table["chosen_on"] = [chosen[cell] for cell in cells]
    table["stale"] = [", ".join(stale.get(cell, ())) or None for cell in cells]
    table["config"] = [hashes[cell] for cell in cells]
    return table


def _row(record: Mapping[str, Any], split: str, floors: Mapping[tuple[str, str], float]) -> dict[str, Any]:
    scores = record["scores"][split]
    floor = floors.get((record["task"], split))
    return {
        "task": record["task"],
        "recipe": record["recipe"],
        "split": split,
        "metric": record["metric"],
        "score": round(100 * scores["mean"], 2),
        "low": round(100 * scores["interval"]["low"], 2),
        "high": round(100 * scores["interval"]["high"], 2),
        "repeats": scores["n"],
        "sd": None if scores["sd"] is None else round(100 * scores["sd"], 2),
        "over_majority": None if floor is None else round(100 * (scores["mean"] - floor), 2),
        "train_examples": record["training"]["examples"],
        "train_on_dev": record["training"]["train_on_dev"],
        "document_context": record["training"]["document_context"],
        "selection": record["training"]["selection"],
    }
