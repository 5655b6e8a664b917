"""The data card: what a task's splits hold, checked against the published counts. It holds no text of the data."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regen.config.task import PrepareConfig, ReadSpec
from regen.config.task_types import TaskType
from regen.errors import UserError
from regen.scoring.annotations import parse_annotation
from regen.tasks.examples import text_keys
from regen.tasks.odd_rows import odd_rows, repeated, seen_in_train, unlabeled_in_test
from regen.tasks.reading import Reading


def make_card(
    config: PrepareConfig, raw: Path, readings: Mapping[str, Reading], frames: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    """Count what the splits hold.

    Args:
        config: The task.
        raw: Folder of the raw files, whose hashes the card carries.
        readings: Split, or fold of a split (``train_0``) -> what the reader noticed.
        frames: The same -> examples.

    Returns:
        ``files`` (sha256 each), ``splits`` (counts, labels, lengths, duplicates, odd rows of each split or fold),
        ``shared_texts`` (number of distinct inputs that two splits have in common; of train and dev within each fold)
        and ``seen_in_train`` and ``repeated`` (split or fold -> ids of the rows whose input stands in train, too, or
        earlier in the split; records leave both out).
        Where there are such rows, ``unlabeled_in_test`` (ids of those of ``unlabeled``; records leave it out, too).
        Where there are folds, ``texts_in_several_folds`` (number of distinct inputs, for train and dev); where it is
        known of, ``overlaps_with`` (task -> what it shares).

    Raises:
        UserError: A count differs from the published one.
    """
    names = sorted({file for split in config.read.splits for file in config.read.files_of(split)})
    card: dict[str, Any] = {
        "task": config.task,
        "type": config.type,
        "labels": list(config.read.labels),
        "files": {name: hashlib.sha256((raw / name).read_bytes()).hexdigest() for name in names},
        "splits": {split: _describe(frame, readings[split], config.type) for split, frame in frames.items()},
        **_overlaps(config.read, frames),
        "seen_in_train": seen_in_train(frames),
        "repeated": repeated(frames),
    }
    if scored := unlabeled_in_test(frames):
        card["unlabeled_in_test"] = scored
    if config.overlaps_with:
        card["overlaps_with"] = dict(config.overlaps_with)
    _check_counts(config, card["splits"])
    return card


def _describe(frame: pd.DataFrame, reading: Reading, task_type: TaskType) -> dict[str, Any]:
    keys = text_keys(frame)
    described: dict[str, Any] = {
        "examples": len(frame),
        "dropped": dict(sorted(reading.dropped.items())),
        "repeated_texts": int(keys.duplicated().sum()),
        "odd_rows": odd_rows(frame, reading, task_type),
    }
    if "annotation" in frame:
        return described | _describe_relations(frame, reading)
    if "tokens" in frame:
        return described | _describe_tagging(frame, reading)
    if "choices" in frame:
        return described | _describe_choices(frame)
    if "context" in frame:
        return described | _describe_passages(frame, reading)
    lengths = (frame["text"] if "text" in frame else frame["text_a"] + frame["text_b"]).str.len()
    described |= {"characters": int(lengths.sum()), "length_in_characters": _lengths(lengths)}
    if "keywords" in frame:
        described["keywords_per_example"] = _lengths(frame["keywords"].map(len))
    if frame["label"].notna().all():
        described["label_counts"] = _counts(frame["label"])
    return described


def _describe_tagging(frame: pd.DataFrame, reading: Reading) -> dict[str, Any]:
    lengths = frame["tokens"].map(len)
    described = {
        "documents": int(frame["document"].nunique()),
        "tokens": int(lengths.sum()),
        "length_in_tokens": _lengths(lengths),
    }
    if frame["tags"].isna().any():
        return described
    begins = pd.Series([tag[2:] for tags in frame["tags"] for tag in tags if tag.startswith("B-")], dtype=str)
    described |= {
        "spans": len(begins),
        "label_counts": _counts(begins),
        "irregular_tags": reading.irregular_tags,
    }
    if reading.overlapping_spans:
        described["overlapping_spans"] = reading.overlapping_spans
    return described


def _describe_choices(frame: pd.DataFrame) -> dict[str, Any]:
    described: dict[str, Any] = {"documents": int(frame["document"].nunique())}
    if "question" in frame:
        described["question_length_in_characters"] = _lengths(frame["question"].str.len())
    described |= {
        "context_length_in_characters": _lengths(frame["context"].str.len()),
        "choices": _counts(frame["choices"].map(len)),
        "choice_length_in_characters": _lengths(frame["choices"].explode().str.len()),
    }
    if frame["label"].notna().all():
        described["label_counts"] = _counts(frame["label"])
    return described


def _describe_passages(frame: pd.DataFrame, reading: Reading) -> dict[str, Any]:
    passages = frame["context"].drop_duplicates()
    described = {
        "documents": int(frame["document"].nunique()),
        "passages": len(passages),
        "context_length_in_characters": _lengths(passages.str.len()),
        "question_length_in_characters": _lengths(frame["question"].str.len()),
    }
    if frame["answers"].isna().any():
        return described
    answers = frame["answers"].explode()
    return described | {
        "answers": len(answers),
        "answer_length_in_characters": _lengths(answers.str.len()),
        "shifted_answers": reading.shifted_answers,
        "unlocated_answers": reading.unlocated_answers,
    }


def _describe_relations(frame: pd.DataFrame, reading: Reading) -> dict[str, Any]:
    lengths = frame["tokens"].map(len)
    described: dict[str, Any] = {"tokens": int(lengths.sum()), "length_in_tokens": _lengths(lengths)}
    if frame["annotation"].isna().any():
        return described
    annotations = frame["annotation"].map(parse_annotation)
    entities = [entity.type for annotation in annotations for entity in annotation.entities]
    relations = [relation.type for annotation in annotations for relation in annotation.relations]
    return described | {
        "entities": len(entities),
        "relations": len(relations),
        "label_counts": _counts(pd.Series(entities + relations, dtype=str)),
        **({"irregular_tags": reading.irregular_tags} if reading.irregular_tags else {}),
    }


def _counts(values: "pd.Series[Any]") -> dict[str, int]:
    return {str(label): int(count) for label, count in values.value_counts().sort_index().items()}


def _lengths(values: "pd.Series[int]") -> dict[str, float]:
    low, median, high, top = np.percentile(values, [0, 50, 95, 100])
    return {"min": int(low), "median": float(median), "p95": float(high), "max": int(top)}


def _overlaps(read: ReadSpec, frames: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, int]]:
    """Count distinct inputs that splits share. No model learns from one fold and is scored on dev of another."""
    texts = {name: set(text_keys(frame)) for name, frame in frames.items()}
    names = {split: list(read.parts(split)) for split in read.splits}
    whole = {split: set[str]().union(*(texts[name] for name in names[split])) for split in names}
    shared: dict[str, int] = {}
    for a, b in combinations(names, 2):
        if len(names[a]) > 1 and len(names[b]) > 1:
            shared |= {f"{c}+{d}": len(texts[c] & texts[d]) for c, d in zip(names[a], names[b], strict=True)}
        else:
            shared[f"{a}+{b}"] = len(whole[a] & whole[b])
    if read.folds is None:
        return {"shared_texts": shared}
    folds = {split: Counter(text for name in names[split] for text in texts[name]) for split in ("train", "dev")}
    several = {split: sum(number > 1 for number in counts.values()) for split, counts in folds.items()}
    return {"shared_texts": shared, "texts_in_several_folds": several}


def _check_counts(config: PrepareConfig, splits: Mapping[str, Mapping[str, Any]]) -> None:
    for split, counts in config.read.expected.items():
        for part in config.read.parts(split):
            for name, expected in counts.items():
                found = splits[part][name] if name != "dropped" else sum(splits[part]["dropped"].values())
                if found != expected:
                    raise UserError(
                        f"task {config.task}: split '{part}' has {found} {name}, expected {expected} "
                        f"(read.expected.{split}.{name}); the file is another edition: check its source"
                    )
