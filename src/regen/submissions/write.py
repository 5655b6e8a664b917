"""Submission files from predictions. They hold ids and answers, and no text of the data but mentions of spans."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.submission import FOLD, SubmissionConfig, SubmissionSpec
from regen.errors import UserError
from regen.scoring.spans import extract_spans
from regen.submissions.ids import submission_ids


def write_files(
    folder: Path,
    submission: SubmissionConfig,
    predictions: pd.DataFrame,
    record: Mapping[str, Any],
    splits: Mapping[str, pd.DataFrame],
) -> None:
    """Write the files of all hidden splits of a cell.

    Of several repeats the one that is best on dev is written, of equal ones the first; where a board takes a file for
    each fold, the best of each fold.

    Args:
        folder: Where they go; an empty folder.
        submission: The task's files.
        predictions: Rows with ``seed``, ``fold``, ``split`` and ``pred``; within a repeat and split, in the order of
            the examples.
        record: The cell's record.
        splits: Hidden split -> its examples with ``id``, and ``tokens`` for tagging.

    Raises:
        UserError: Ids or labels do not fit the form of a file.
    """
    repeats = record["scores"]["dev"]["repeats"]
    for split, spec in submission.files.items():
        examples = splits[split]
        ids = submission_ids(submission.task, split, spec, examples)
        for repeat in best_repeats(repeats, each_fold=spec.each_fold):
            rows = predictions[predictions["split"] == split]
            rows = rows[(rows["seed"] == repeat["seed"]) & (rows["fold"] == repeat["fold"])]
            answers = _answers(submission.task, split, spec, list(rows["pred"]), examples)
            name = spec.file.replace(FOLD, str(repeat["fold"]))
            (folder / name).write_text(_text(spec, ids, answers), encoding="utf-8", newline="\n")


def best_repeats(repeats: Sequence[Mapping[str, Any]], *, each_fold: bool) -> list[Mapping[str, Any]]:
    """Give the repeat with the highest score on dev, of equal ones the first: one of all, or one for each fold.

    Args:
        repeats: Those of a record's scores: ``seed``, ``fold``, ``value``.
        each_fold: Whether each fold has its own.
    """
    folds = list(dict.fromkeys(repeat["fold"] for repeat in repeats))
    groups = [[repeat for repeat in repeats if repeat["fold"] == fold] for fold in folds] if each_fold else [repeats]
    return [max(group, key=lambda repeat: float(repeat["value"])) for group in groups]


def _answers(task: str, split: str, spec: SubmissionSpec, pred: list[Any], examples: pd.DataFrame) -> list[Any]:
    if spec.answer == "spans":
        return [_spans(list(tokens), list(tags)) for tokens, tags in zip(examples["tokens"], pred, strict=True)]
    if spec.answer == "string":
        return [str(label) for label in pred]
    try:
        return [int(label) for label in pred]
    except ValueError:
        odd = next(label for label in pred if not label.isdecimal())
        raise UserError(
            f"task {task}: submission.{split}.answer: found the label {odd!r}, expected whole numbers; "
            "say 'answer: string'"
        ) from None


def _spans(tokens: list[str], tags: list[str]) -> dict[str, dict[str, list[list[int]]]]:
    """Give ``{type: {mention: [[start, end]]}}``, the end inclusive; types are sorted, mentions as in the text."""
    found: dict[str, dict[str, list[list[int]]]] = {}
    for start, end, kind in extract_spans(tags):
        mention = "".join(tokens[start:end])
        found.setdefault(kind, {}).setdefault(mention, []).append([start, end - 1])
    return dict(sorted(found.items()))


def _text(spec: SubmissionSpec, ids: Sequence[int | str], answers: Sequence[Any]) -> str:
    """Give the content of a file."""
    pairs = zip(ids, answers, strict=True)
    if spec.form == "object":
        return json.dumps(dict(pairs), ensure_ascii=False, indent=1) + "\n"
    lines = [json.dumps({"id": number, spec.key: answer}, ensure_ascii=False) for number, answer in pairs]
    return "".join(f"{line}\n" for line in lines)
