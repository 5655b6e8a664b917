"""How the cells of one task stand to each other: differences to the best on dev, leaders of each split, ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from regen.config.statistics import StatisticsConfig
from regen.records.agreement import agreements
from regen.records.comparison import Comparison, Outcomes, Record, compare_all, tested_difference
from regen.statistics.paired import holm

Mark = Literal["best", "tie"]
Standing = Mapping[str, Any]
"""What `task_standing` gives; ready for JSON."""


def task_standing(records: Sequence[Record], outcomes: Outcomes, how: StatisticsConfig) -> dict[str, Any]:
    """Compare the cells of one task.

    Args:
        records: The task's records, in any order.
        outcomes: Cell -> outcomes, of as many as there are.
        how: Resamples, level and seed of intervals; the level decides what can be told apart.

    Returns:
        ``against``: the best cell on dev of those with outcomes, ``None`` for fewer than two; ``differences``: those of
        the others to it on each split; ``agreements``: which of the two is right on how many units of dev; ``leaders``:
        split -> cell -> ``best`` or ``tie``; ``ranks``: cell -> rank on dev; ``level``.
    """
    splits = sorted({split for record in records for split in record["scores"]})
    paired = [record for record in records if record["cell"] in outcomes and "dev" in record["scores"]]
    several = len(paired) > 1
    best = max(paired, key=lambda record: (record["scores"]["dev"]["mean"], record["cell"])) if several else None
    made = [found for split in splits if best for found in compare_all(paired, best, outcomes, split, how)]
    return {
        "against": best["cell"] if best else None,
        "differences": [asdict(found) for found in made],
        "agreements": [asdict(found) for found in agreements(paired, best, outcomes)] if best else [],
        "leaders": {split: leaders(records, outcomes, split, how) for split in splits},
        "ranks": ranks(paired, outcomes, how),
        "level": how.level,
    }


def leaders(records: Sequence[Record], outcomes: Outcomes, split: str, how: StatisticsConfig) -> dict[str, Mark]:
    """Mark the best cell of a split, or all that cannot be told apart from it.

    Cells on the same examples are told apart by a paired test, corrected for the number of cells (Holm); others, and
    those without outcomes, by whether their intervals overlap.

    Returns:
        Cell -> ``best`` for a cell that is better than every other; otherwise ``tie`` for the one with the highest
        score and for those that cannot be told apart from it. Nothing if fewer than two cells have a score.
    """
    scored = [record for record in records if split in record["scores"]]
    if len(scored) < 2:  # noqa: PLR2004
        return {}
    best = max(scored, key=lambda record: (record["scores"][split]["mean"], record["cell"]))
    compared = {found.cell: found for found in compare_all(scored, best, outcomes, split, how)}
    tied = [record["cell"] for record in scored if _alike(best, record, split, compared.get(record["cell"]), how.level)]
    return {best["cell"]: "best"} if tied == [best["cell"]] else dict.fromkeys(tied, "tie")


def ranks(records: Sequence[Record], outcomes: Outcomes, how: StatisticsConfig) -> dict[str, int]:
    """Rank cells of one task on dev, those that cannot be told apart alike; empty where no two compare.

    Returns:
        Cell -> 1 + the number of cells that are significantly better, by paired tests of all pairs (Holm).
    """
    pairs = [(one, other) for place, one in enumerate(records) for other in records[place + 1 :]]
    tested = [(pair, found) for pair in pairs if (found := tested_difference(*pair, outcomes, "dev", how.seed))]
    found_ranks = dict.fromkeys((record["cell"] for record in records), 1) if tested else {}
    adjusted = holm([p for _, (_, p) in tested])
    for ((one, other), (difference, _)), p in zip(tested, adjusted, strict=True):
        if p < 1 - how.level:
            found_ranks[(one if difference < 0 else other)["cell"]] += 1
    return found_ranks


def _alike(best: Record, other: Record, split: str, found: Comparison | None, level: float) -> bool:
    if other is best:
        return True
    if found is not None:
        return not found.tells_apart(level)
    a, b = best["scores"][split]["interval"], other["scores"][split]["interval"]
    return bool(a["low"] <= b["high"] and b["low"] <= a["high"])
