"""From predictions to a record. A record holds no text of the data and nothing that two equal runs may differ in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pandas as pd

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig
from regen.config.recipe import estimator_modules
from regen.config.statistics import StatisticsConfig
from regen.lineage.closure import code_digest
from regen.records.interval import Scored, mean_interval
from regen.scoring.official import official_score
from regen.statistics.summary import summarise

SCHEMA = 1
_STAGE = "regen.pipelines.evaluate.nodes"
_ROWS = ("seen_in_train", "repeated", "unlabeled_in_test")
"""Lists of ids in a card, which a record leaves out."""


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
    used = dict.fromkeys([config.estimator, *(name for fact in facts for name in fact.get("estimators", ()))])
    modules = [_STAGE, *(module for name in used for module in estimator_modules(name))]
    modules += augmentation_modules(config.augmentation)
    return {
        "schema": SCHEMA,
        "cell": config.cell,
        "task": config.task,
        "recipe": config.recipe,
        "metric": config.metric,
        "config": config.model_dump(mode="json"),
        "card": {name: value for name, value in card.items() if name not in _ROWS},
        "hashes": {
            "config": config.digest,
            "code": code_digest(modules),
            "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        },
        "training": {
            "examples": _training_examples(config, card, facts),
            "train_on_dev": False,
            "document_context": bool(config.options.get("context") or facts[0].get("document_context")),
            "selection": config.selection,
            **_truncated(config, predictions, facts),
            "models": [dict(fact) for fact in facts],
        },
        "scores": {
            split: _score_split(config, split, predictions[predictions["split"] == split], card, statistics)
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
    train = fmean(fact["truncated_in_train"] for fact in facts[:: len(config.seeds)])  # one repeat of each fold
    return {"truncated": {"train": train, **shares}}


def _training_examples(config: CellConfig, card: Mapping[str, Any], facts: Sequence[Mapping[str, Any]]) -> int:
    """Count what one repeat learns from, the mean over repeats: a limit of tokens may leave out some of train."""
    sizes = [counts["examples"] for name, counts in card["splits"].items() if name.partition("_")[0] == "train"]
    share = fmean(fact.get("seen_share", 1) for fact in facts)
    return round(share * fmean(min(config.train_examples or size, size) for size in sizes))


def _score_split(
    config: CellConfig, split: str, rows: pd.DataFrame, card: Mapping[str, Any], statistics: StatisticsConfig
) -> dict[str, Any]:
    repeats, officials = [], []
    scored: dict[str, Scored] = {}
    keys = rows[["seed", "fold"]].drop_duplicates()
    for seed, fold in zip(keys["seed"].tolist(), keys["fold"].tolist(), strict=True):
        part = rows[(rows["seed"] == seed) & (rows["fold"] == fold)]
        tokens = _plain(part["tokens"]) if config.metric == "surface_macro_f1" else None
        official = official_score(config.metric, _plain(part["gold"]), _plain(part["pred"]), config.labels, tokens)
        officials.append(official)
        # Each fold has a dev set of its own; a test split is the same for all repeats.
        name = f"dev_{fold}" if split == "dev" and f"dev_{fold}" in card["splits"] else split
        scored.setdefault(name, Scored([], part)).officials.append(official)
        repeats.append({"seed": seed, "fold": fold, "value": official.value, **official.detail})
    return {
        **summarise([official.value for official in officials]),
        "interval": mean_interval(list(scored.values()), statistics),
        **_unseen(scored, card, statistics),
        "repeats": repeats,
    }


def _unseen(scored: Mapping[str, Scored], card: Mapping[str, Any], statistics: StatisticsConfig) -> dict[str, Any]:
    """Score the examples whose input stands neither in train nor earlier in the split; nothing if all, or none, do."""
    kept = {}
    for name, same in scored.items():
        again = [*card.get("seen_in_train", {}).get(name, ()), *card.get("repeated", {}).get(name, ())]
        kept[name] = ~same.examples["id"].isin(again).to_numpy()
    if all(rows.all() for rows in kept.values()) or not all(rows.any() for rows in kept.values()):
        return {}
    parts = [
        Scored(
            [replace(official, counts=official.counts[kept[name]]) for official in same.officials],
            same.examples[kept[name]],
        )
        for name, same in scored.items()
    ]
    officials = [official for part in parts for official in part.officials]
    values = [float(one.measure(one.counts.sum(axis=0, keepdims=True))[0]) for one in officials]
    examples = sum(int(rows.sum()) for rows in kept.values())
    return {"unseen": {"examples": examples, **summarise(values), "interval": mean_interval(parts, statistics)}}


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
