"""What can be told of an input without its text: lengths, and how much two texts share."""

from typing import Any

import pandas as pd

from regen.config.task_types import TaskType

WITHOUT_BLANKS = frozenset({"ja", "th", "zh"})
"""Languages whose words no blanks part: their characters are compared."""


def features(task_type: TaskType, language: str, examples: pd.DataFrame) -> dict[str, "pd.Series[Any]"]:
    """Measure the inputs of n examples.

    Args:
        task_type: Task type.
        language: ISO 639-1 code.
        examples: n examples; answers are looked at for questions alone, whose length is that of the first right answer.

    Returns:
        Name -> n numbers: lengths in characters, ``sentence_length`` in tokens; ``overlap`` from 0 to 1.
    """
    if "tokens" in examples:
        return {"sentence_length": examples["tokens"].map(len)}
    if task_type == "span_qa":
        return {
            "answer_length": examples["answers"].map(lambda answers: len(answers[0])),
            "question_length": examples["question"].str.len(),
            "context_length": examples["context"].str.len(),
        }
    if task_type == "multiple_choice":
        return {"context_length": examples["context"].str.len()}
    if task_type == "pair_classification":
        return {
            "text_length": examples["text_a"].str.len() + examples["text_b"].str.len(),
            "overlap": _overlaps(examples, language),
        }
    return {"text_length": examples["text"].str.len()}


def _overlaps(examples: pd.DataFrame, language: str) -> "pd.Series[Any]":
    """Give the Jaccard index of the words, or characters, of each two texts: shared ones among all."""
    found = []
    for first, second in zip(examples["text_a"], examples["text_b"], strict=True):
        one, other = (_parts(text, language) for text in (first, second))
        found.append(len(one & other) / max(len(one | other), 1))
    return pd.Series(found, index=examples.index, dtype=float)


def _parts(text: str, language: str) -> set[str]:
    words = text.lower().split()
    return set("".join(words)) if language in WITHOUT_BLANKS else set(words)
