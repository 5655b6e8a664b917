"""Outcomes: additive counts of what each repeat of a cell got right, without any text, so that cells can be paired."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regen.config.task_types import Metric
from regen.scoring.official import official_score
from regen.statistics.measures import accuracy, macro_f1, micro_f1
from regen.statistics.units import documents_of, unit_sums

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Measure = Callable[[Ints], NDArray[np.float64]]

MEASURES: Mapping[Metric, Measure] = {
    "accuracy": accuracy,
    "exact_match": accuracy,
    "span_f1": micro_f1,
    "strict_relation_f1": micro_f1,
    "surface_macro_f1": macro_f1,
}
"""Official metric -> what gives it from summed counts."""
_KEYS = ["split", "seed", "fold"]


def outcome_table(record: Mapping[str, Any], predictions: "pd.DataFrame") -> "pd.DataFrame":
    """Count what each repeat got right.

    Args:
        record: The cell's record.
        predictions: What the stage ``evaluate`` predicted.

    Returns:
        ``split``, ``seed``, ``fold``, ``unit`` and ``c0``, ``c1``, …: the counts that the official metric is made of, a
        row for each unit of each repeat on each labelled split. A unit is a document where a split has several, an
        example otherwise: what a bootstrap draws. Units are numbered in the order of the data, or of the documents'
        names, so that those of two cells go together.
    """
    import pandas as pd

    labelled = predictions[predictions["split"].isin(list(record["scores"]))]
    tables = []
    for (split, seed, fold), rows in labelled.groupby(_KEYS, sort=False, observed=True):
        units = _units(record, rows)
        counts = {f"c{place}": column.astype(np.int32) for place, column in enumerate(units.T)}
        tables.append(
            pd.DataFrame({"split": split, "seed": seed, "fold": fold, "unit": np.arange(len(units)), **counts})
        )
    table = pd.concat(tables, ignore_index=True)
    return table.astype({"split": "category", "seed": "int32", "fold": "int32", "unit": "int32"})


def _units(record: Mapping[str, Any], rows: "pd.DataFrame") -> Ints:
    """Score one repeat on one split: counts of shape (units, k)."""
    tokens = [list(value) for value in rows["tokens"]] if record["metric"] == "surface_macro_f1" else None
    gold, pred = (
        [value if isinstance(value, str) else list(value) for value in rows[side]] for side in ("gold", "pred")
    )
    counts = official_score(record["metric"], gold, pred, record["config"]["labels"], tokens).counts
    return unit_sums(counts, documents_of(rows))


def repeats_of(table: "pd.DataFrame", split: str) -> dict[int, Ints]:
    """Give a cell's counts on one split: for each set of examples, those of its repeats.

    Args:
        table: A cell's outcomes.
        split: A labelled split.

    Returns:
        Fold -> counts of shape (repeats, units, k), where folds have a split of their own; 0 -> counts of all repeats
        where they share it. Empty where the cell has no such split.
    """
    rows = table[table["split"] == split]
    columns = [name for name in table.columns if name not in (*_KEYS, "unit")]
    own = split == "dev"  # official folds draw train and dev; they share all test sets
    folds: dict[int, list[Ints]] = {}
    for fold, seed in sorted(set(zip(rows["fold"].tolist(), rows["seed"].tolist(), strict=True))):
        part = rows[(rows["fold"] == fold) & (rows["seed"] == seed)].sort_values("unit")
        folds.setdefault(fold if own else 0, []).append(part[columns].to_numpy(np.int64))
    return {fold: np.stack(parts) for fold, parts in folds.items()}


def comparable(one: Mapping[str, Any], other: Mapping[str, Any], split: str) -> bool:
    """Say whether two records were scored on the same examples of a split with the same metric."""
    return (
        split in one["scores"]
        and split in other["scores"]
        and all(one[key] == other[key] for key in ("task", "metric"))
        and one["config"]["task_version"] == other["config"]["task_version"]
        and one["card"]["files"] == other["card"]["files"]
    )
