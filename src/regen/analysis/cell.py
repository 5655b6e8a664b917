"""The analysis of a cell: counts and measures of groups of examples, without their text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.analysis.answers import answer_parts
from regen.analysis.bins import Bins
from regen.analysis.calibration import binary_temperature, calibration, has_probability, scaled
from regen.analysis.features import features
from regen.analysis.labels import label_parts
from regen.analysis.measures import Documents, measured, placed, shares
from regen.analysis.parts import Background, Breakdown, Errors, Parts, Rows
from regen.analysis.relations import relation_parts
from regen.analysis.repeat import first_repeat, fold_of, right_answers, split_rows
from regen.analysis.spans import span_parts
from regen.config.statistics import StatisticsConfig
from regen.statistics.units import documents_of

SCHEMA = 1
_MOST_CONFUSIONS = 20
_BINARY = 2
_LABEL_OF_A_SET = ("classification", "coreference", "keyword_match", "pair_classification")
"""Task types whose answer is one label of the set, so that two labels have two logits."""

_PARTS: dict[str, Callable[[Rows, Background], Parts]] = {
    "tagging": span_parts,
    "relation_extraction": relation_parts,
    "span_qa": answer_parts,
}
"""Task types whose answers are no labels -> what compares them."""


def analyse_cell(
    record: Mapping[str, Any],
    card: Mapping[str, Any],
    predictions: pd.DataFrame,
    splits: Mapping[str, pd.DataFrame],
    statistics: StatisticsConfig,
) -> dict[str, Any]:
    """Analyse the errors and the confidence of a cell's first repeat.

    Args:
        record: The cell's record.
        card: The task's data card, which knows whose input stands in train.
        predictions: Its predictions.
        splits: Train and every split with public labels -> examples.
        statistics: How intervals are made.

    Returns:
        The analysis, ready for JSON. Of each split ``examples``; ``errors``: of each thing that is counted its kinds
        with ``gold`` and ``predicted`` numbers and their shares; ``confusions``, most frequent first, and how many
        errors they leave out; ``breakdowns``: name -> groups, as :func:`regen.analysis.measures.measured` gives them.
        Beside the splits ``calibration``, where scores are probabilities, and ``temperature``, where it can be fitted.

    Raises:
        UserError: Predictions and examples do not go together.
    """
    config = record["config"]
    seed, fold = first_repeat(predictions)
    background = Background(
        train=fold_of(splits["train"], fold),
        taught=config["train_examples"],
        labels=config["labels"],
        surfaces=config["metric"] == "surface_macro_f1",
    )
    rows = {split: split_rows(config, predictions, split, fold_of(splits[split], fold)) for split in record["scores"]}
    return {
        "schema": SCHEMA,
        "cell": record["cell"],
        "repeat": {"seed": seed, "fold": fold},
        "interval": {"level": statistics.level, "resamples": statistics.resamples},
        "splits": {
            split: _analyse_split(config, own, background, _seen(card, split, fold), statistics)
            for split, own in rows.items()
        },
        **_calibrate(config, rows, statistics),
    }


def _seen(card: Mapping[str, Any], split: str, fold: int) -> list[str]:
    """Give the ids of a split whose input stands in train; each fold has a dev set of its own."""
    own = f"{split}_{fold}"
    ids: list[str] = card["seen_in_train"].get(own if own in card["splits"] else split, [])
    return ids


def _analyse_split(
    config: Mapping[str, Any],
    rows: Rows,
    background: Background,
    seen: Sequence[str],
    statistics: StatisticsConfig,
) -> dict[str, Any]:
    documents = documents_of(rows.examples)
    parts = _PARTS.get(config["task_type"], label_parts)(rows, background)
    breakdowns = {**parts.breakdowns, **_of_inputs(config, rows, background, parts), **_by_seen(rows, parts, seen)}
    return {
        "examples": len(rows.examples),
        "errors": {name: _shares(errors, documents, statistics) for name, errors in parts.errors.items()},
        "confusions": _most_frequent(parts.confusions),
        "breakdowns": {
            name: measured(each.names, each.counts, each.scale, documents, statistics)
            for name, each in breakdowns.items()
        },
    }


def _of_inputs(config: Mapping[str, Any], rows: Rows, background: Background, parts: Parts) -> dict[str, Breakdown]:
    """Part examples by lengths and overlap of their input."""
    frames = (rows.examples, background.train)
    own, train = (features(config["task_type"], config["language"], frame) for frame in frames)
    found = {}
    for name, values in own.items():
        bins = Bins.of(train[name])
        counts = placed(parts.counts, bins.places(values), len(bins.names))
        found[name] = Breakdown(bins.names, counts, parts.scale)
    return found


def _by_seen(rows: Rows, parts: Parts, seen: Sequence[str]) -> dict[str, Breakdown]:
    """Part examples by whether their input stands in train; nothing where none does."""
    if not seen:
        return {}
    groups = (~rows.examples["id"].isin(list(seen)).to_numpy()).astype(np.int64)
    return {"seen": Breakdown(("in train", "not in train"), placed(parts.counts, groups, 2), parts.scale)}


def _shares(errors: Errors, documents: Documents, statistics: StatisticsConfig) -> list[dict[str, Any]]:
    """Give the number of each kind, and its share of all, among gold and among predicted things."""
    sides = ("gold", "predicted")
    totals = errors.counts.sum(axis=0).tolist()
    found = zip(errors.kinds, totals, shares(errors.counts, documents, statistics), strict=True)
    return [
        {"kind": kind}
        | dict(zip(sides, numbers, strict=False))  # a question has one side
        | dict(zip((f"of_{side}" for side in sides), triples, strict=False))
        for kind, numbers, triples in found
    ]


def _most_frequent(confusions: list[tuple[str, str, int]]) -> dict[str, Any]:
    ordered = sorted(confusions, key=lambda row: (-row[2], row[0], row[1]))
    return {
        "most": [list(row) for row in ordered[:_MOST_CONFUSIONS]],
        "left_out": sum(row[2] for row in ordered[_MOST_CONFUSIONS:]),
    }


def _calibrate(config: Mapping[str, Any], rows: Mapping[str, Rows], statistics: StatisticsConfig) -> dict[str, Any]:
    """Compare confidence with accuracy on each split; fit a temperature on dev and apply it to the others."""
    if not has_probability(config["estimator"], config["task_type"]):
        return {}
    right = {split: right_answers(config["task_type"], own) for split, own in rows.items()}

    def of(split: str, scores: NDArray[np.float64]) -> dict[str, Any]:
        return calibration(scores, right[split], documents_of(rows[split].examples), statistics)

    found: dict[str, Any] = {"calibration": {split: of(split, own.scores) for split, own in rows.items()}}
    if len(config["labels"]) == _BINARY and config["task_type"] in _LABEL_OF_A_SET:
        temperature = binary_temperature(rows["dev"].scores, right["dev"])
        if temperature is not None:
            others = {split: scaled(own.scores, temperature) for split, own in rows.items() if split != "dev"}
            after = {split: of(split, scores) for split, scores in others.items()}
            found["temperature"] = {"value": temperature, "after": after}
    return found
