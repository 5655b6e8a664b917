"""Rows of a data set that deserve a look, and rows whose input stands in train as well. Ids only, never texts."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from regen.config.task_types import TASK_TYPES, TaskType
from regen.tasks.examples import text_keys
from regen.tasks.reading import Reading

MOST_IDS = 20
"""The card names this many rows of a kind at the most; it counts them all."""


def odd_rows(frame: pd.DataFrame, reading: Reading, task_type: TaskType) -> dict[str, dict[str, Any]]:
    """Find odd rows.

    Args:
        frame: The examples of one split.
        reading: What the reader noticed: rows that it left out, tags that break the scheme and the like.
        task_type: Task type.

    Returns:
        Kind -> ``rows`` (how many) and ``ids`` (of the first ones, in the order of the split); found kinds alone.
        Beside what the reader noticed these are ``empty_texts`` (rows with an input that holds nothing but white space)
        and ``contradictions`` (rows whose input stands in the split with another answer as well).
    """
    facts = TASK_TYPES[task_type]
    found = {
        **reading.odd,
        "empty_texts": frame.loc[frame[list(facts.inputs)].map(_is_blank).any(axis=1), "id"].tolist(),
        "contradictions": _contradictions(frame, facts.gold),
    }
    return {kind: {"rows": len(ids), "ids": ids[:MOST_IDS]} for kind, ids in sorted(found.items()) if ids}


def seen_in_train(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Find the rows of other splits whose input stands in train, too; of a fold's dev, in train of the same fold.

    Args:
        frames: Split, or fold of a split (``train_0``) -> examples; train among them.

    Returns:
        Split or fold -> ids, in the order of the split; only splits that have such rows.
    """
    trains = {name: set(text_keys(frame)) for name, frame in frames.items() if name.partition("_")[0] == "train"}
    whole = set[str]().union(*trains.values())
    found = {}
    for split, frame in frames.items():
        if split not in trains:
            known = trains[split.replace("dev", "train", 1)] if split.partition("_")[0] == "dev" else whole
            found[split] = frame.loc[text_keys(frame).isin(known), "id"].tolist()
    return {split: ids for split, ids in found.items() if ids}


def repeated(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Find the rows of other splits than train whose input stands earlier in the same split.

    Args:
        frames: Split, or fold of a split (``dev_0``) -> examples.

    Returns:
        Split or fold -> ids, in the order of the split; only splits that have such rows.
    """
    found = {
        split: frame.loc[text_keys(frame).duplicated(), "id"].tolist()
        for split, frame in frames.items()
        if split.partition("_")[0] != "train"
    }
    return {split: ids for split, ids in found.items() if ids}


def unlabeled_in_test(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Find the rows of ``unlabeled`` whose input stands in a test split, too.

    Args:
        frames: Split, or fold of a split -> examples.

    Returns:
        Ids, in the order of the split; none where there is no such split.
    """
    if "unlabeled" not in frames:
        return []
    tests = [set(text_keys(frame)) for name, frame in frames.items() if name.partition("_")[0] == "test"]
    unlabeled = frames["unlabeled"]
    ids: list[str] = unlabeled.loc[text_keys(unlabeled).isin(set[str]().union(*tests)), "id"].tolist()
    return ids


def _is_blank(value: Any) -> bool:
    """Say whether a text, or each text of a list, holds nothing but white space; what is no text never is blank."""
    if isinstance(value, list):
        return all(map(_is_blank, value))
    return isinstance(value, str) and not value.strip()


def _contradictions(frame: pd.DataFrame, gold: str) -> list[str]:
    if frame[gold].isna().any():  # hidden
        return []
    answers = frame[gold].map(str).groupby(text_keys(frame)).transform("nunique")
    ids: list[str] = frame.loc[answers > 1, "id"].tolist()
    return ids
