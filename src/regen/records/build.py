"""From predictions to a record. A record holds no text of the data and nothing that two equal runs may differ in."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.cell import CellConfig
from regen.config.recipe import estimator_modules
from regen.config.statistics import StatisticsConfig
from regen.lineage.closure import code_digest
from regen.records.interval import mean_interval
from regen.scoring.official import Official, official_score
from regen.statistics.summary import summarise

SCHEMA = 1
_STAGE = "regen.pipelines.evaluate.nodes"


def build_record(
    config: CellConfig,
    card: Mapping[str, Any],
    predictions: pd.DataFrame,
    facts: Sequence[Mapping[str, Any]],
    statistics: StatisticsConfig,
    lock: Path,
) -> dict[str, Any]:
    """Score a cell and write down what the numbers rest on.

    Args:
        config: The cell's effective config.
        card: The task's data card.
        predictions: Rows with ``seed``, ``fold``, ``split``, ``id``, ``gold``, ``pred`` (and ``document``, ``tokens``,
            ``truncated``).
        facts: What each repeat's model says of itself.
        statistics: How intervals are made.
        lock: The runtime's lock file.

    Returns:
        The record, ready for JSON.
    """
    # The code whose change makes DVC run this stage again, but for the datasets that only load and save; what earlier
    # stages did shows in their outputs.
    modules = [_STAGE, *estimator_modules(config.estimator)]
    train = card["splits"]["train"]["examples"]
    seen = card.get("seen_in_train", {})
    return {
        "schema": SCHEMA,
        "cell": config.cell,
        "task": config.task,
        "recipe": config.recipe,
        "metric": config.metric,
        "config": config.model_dump(mode="json"),
        "card": {name: value for name, value in card.items() if name != "seen_in_train"},
        "hashes": {
            "config": config.digest,
            "code": code_digest(modules),
            "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        },
        "training": {
            "examples": min(config.train_examples or train, train),
            "train_on_dev": False,
            "document_context": bool(config.options.get("context", False)),
            "selection": config.selection,
            **_truncated(config, predictions, facts),
            "models": [dict(fact) for fact in facts],
        },
        "scores": {
            split: _score_split(config, predictions[predictions["split"] == split], seen.get(split, ()), statistics)
            for split, labelled in config.splits.items()
            if labelled
        },
    }


def _truncated(
    config: CellConfig, predictions: pd.DataFrame, facts: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, float]]:
    """Give the share of examples whose input was cut, of each split; nothing for models that say nothing of it."""
    if "truncated_in_train" not in facts[0]:
        return {}
    cut = predictions["truncated"] if "truncated" in predictions else pd.Series(False, index=predictions.index)
    shares = {split: float(cut[predictions["split"] == split].mean()) for split in config.splits}
    return {"truncated": {"train": facts[0]["truncated_in_train"], **shares}}


def _score_split(
    config: CellConfig, rows: pd.DataFrame, seen: Collection[str], statistics: StatisticsConfig
) -> dict[str, Any]:
    repeats, officials = [], []
    keys = rows[["seed", "fold"]].drop_duplicates()
    for seed, fold in zip(keys["seed"].tolist(), keys["fold"].tolist(), strict=True):
        part = rows[(rows["seed"] == seed) & (rows["fold"] == fold)]
        tokens = _plain(part["tokens"]) if config.metric == "surface_macro_f1" else None
        official = official_score(config.metric, _plain(part["gold"]), _plain(part["pred"]), config.labels, tokens)
        officials.append(official)
        repeats.append({"seed": seed, "fold": fold, "value": official.value, **official.detail})
    first = rows[(rows["seed"] == rows["seed"].iloc[0]) & (rows["fold"] == rows["fold"].iloc[0])]
    return {
        **summarise([official.value for official in officials]),
        "interval": mean_interval(officials, first, statistics),
        **_unseen(officials, first, seen, statistics),
        "repeats": repeats,
    }


def _unseen(
    officials: Sequence[Official], examples: pd.DataFrame, seen: Collection[str], statistics: StatisticsConfig
) -> dict[str, Any]:
    """Score the examples whose input does not stand in train; nothing where these are all, or none."""
    kept = ~examples["id"].isin(list(seen)).to_numpy()
    if kept.all() or not kept.any():
        return {}
    parts = [replace(official, counts=official.counts[kept]) for official in officials]
    values = [float(part.measure(part.counts.sum(axis=0, keepdims=True))[0]) for part in parts]
    interval = mean_interval(parts, examples[kept], statistics)
    return {"unseen": {"examples": int(kept.sum()), **summarise(values), "interval": interval}}


def _plain(values: "pd.Series[Any]") -> list[Any]:
    """Labels as they are, tags as lists."""
    return [value if isinstance(value, str) else list(value) for value in values]


def headline(record: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Give the numbers that ``dvc metrics diff`` compares: split -> official metric and the bounds of its interval."""
    return {
        split: {
            record["metric"]: round(scores["mean"], 6),
            "low": round(scores["interval"]["low"], 6),
            "high": round(scores["interval"]["high"], 6),
        }
        for split, scores in record["scores"].items()
    }
