"""In which order tasks, cells and splits stand, and what the majority baseline scores."""

from collections.abc import Sequence

from regen.records.order import is_floor, place
from regen.reporting.format import Record


def by_task(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Group records by task: real tasks before the samples; in a task, the best on dev first (see `place`).

    Dev orders, not test: an order by test would choose by test.
    """
    names = sorted({record["task"] for record in records}, key=lambda task: (task.startswith("sample_"), task))
    return {name: sorted((r for r in records if r["task"] == name), key=lambda r: place(r, "dev")) for name in names}


def splits_of(records: Sequence[Record]) -> list[str]:
    """Give the splits that records score or hide: dev, test, then further test sets by name."""
    names = {split for record in records for split in record["config"]["splits"]}
    return sorted(names, key=lambda split: (split != "dev", split != "test", split))


def floors(records: Sequence[Record]) -> dict[str, float]:
    """Give what the majority baseline of one task scores: split -> official metric as a fraction of 1."""
    baselines = [record["scores"] for record in records if is_floor(record)]
    return {split: scores["mean"] for splits in baselines for split, scores in splits.items()}


def over_floor(record: Record, split: str, floor: dict[str, float]) -> float | None:
    """Give a score minus the majority baseline's on the same split; None where either is missing."""
    if split not in floor or split not in record["scores"]:
        return None
    return float(record["scores"][split]["mean"] - floor[split])


def at_floor(record: Record, split: str, floor: dict[str, float]) -> bool:
    """Say whether a cell scores no higher than the majority baseline, so that it may have learnt nothing."""
    over = over_floor(record, split, floor)
    return over is not None and over <= 0 and not is_floor(record)
