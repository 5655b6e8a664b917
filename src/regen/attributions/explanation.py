"""What is said of one answer, and which examples are explained."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from regen.augmentation.words import OUTSIDE
from regen.config.cell import CellConfig
from regen.config.task_types import TASK_TYPES
from regen.estimators.base import Labels

MOST = 20
"""Most examples that are explained, half of them wrong as far as there are as many."""


@dataclass(frozen=True)
class Part:
    """A piece of the input, or a feature.

    Attributes:
        text: How it reads.
        value: Its share of the output; below 0 it speaks against the answer.
        segment: Where it belongs, such as ``first text``.
    """

    text: str
    value: float
    segment: str


@dataclass(frozen=True)
class Explanation:
    """Why an example got its answer.

    Attributes:
        id: Id of the example.
        gold: Right answer; of a sentence, the tag of the token that is explained.
        predicted: The model's answer.
        token: Place of that token; ``None`` for answers to whole examples.
        read: What the model read: tokens of a sentence, or texts.
        output: What the model computes for its answer.
        baseline: The same without any part.
        parts: All parts, in their order in the input, or features in the model's.
    """

    id: str
    gold: str
    predicted: str
    token: int | None
    read: tuple[str, ...]
    output: float
    baseline: float
    parts: tuple[Part, ...]

    @property
    def delta(self) -> float:
        """How far the parts are from adding up to the change of the output: 0 if the method is exact."""
        return sum(part.value for part in self.parts) - (self.output - self.baseline)


def chosen(examples: pd.DataFrame, labels: Labels, config: CellConfig, seed: int, most: int = MOST) -> list[int]:
    """Choose examples, half of them wrong; where one kind is short, more of the other.

    Args:
        examples: n examples with their answers.
        labels: The model's n answers.
        config: The cell's effective config.
        seed: Seed of the choice.
        most: Most of them.

    Returns:
        Rows, in their order.
    """
    right = [_plain(a) == _plain(b) for a, b in zip(examples[config.gold], labels, strict=True)]
    order = np.random.default_rng(seed).permutation(len(examples)).tolist()
    wrong, others = [row for row in order if not right[row]], [row for row in order if right[row]]
    half = max(most // 2, most - len(others))
    taken = wrong[:half]
    return sorted(taken + others[: most - len(taken)])


def texts_of(example: Mapping[Hashable, Any], config: CellConfig) -> tuple[str, ...]:
    """Give the texts of an example, or its tokens, as a reader of the page wants them."""
    columns = [*TASK_TYPES[config.task_type].inputs, *(["question"] if "question" in example else [])]
    parts = [example[name] for name in columns if not name.endswith("_start")]
    return tuple(str(text) for part in parts for text in ([part] if isinstance(part, str) else part))


def token_of(gold: Sequence[str], predicted: Sequence[str]) -> int:
    """Choose the token of a sentence whose tag is explained.

    The first whose tag is wrong, else the first that is in a mention, else the first.
    """
    wrong = [place for place, (a, b) in enumerate(zip(gold, predicted, strict=True)) if a != b]
    named = [place for place, tag in enumerate(predicted) if tag != OUTSIDE]
    return next(iter([*wrong, *named, 0]))


def told(explanations: Sequence[Explanation], method: str) -> dict[str, Any]:
    """Give what may be told without texts.

    Args:
        explanations: Of m examples.
        method: How they were made.

    Returns:
        ``method``; of each example its id, whether it is ``right``, its ``output``, ``baseline`` and ``delta``, and the
        ``share`` that each segment has of the sum of all absolute values; and ``largest_delta``, the largest of
        abs(delta / (output - baseline)).
    """
    relative = [abs(one.delta / change) for one in explanations if (change := one.output - one.baseline)]
    return {
        "method": method,
        "largest_delta": max(relative, default=0.0),
        "examples": [
            {
                "id": one.id,
                "right": one.gold == one.predicted,
                **({} if one.token is None else {"token": one.token}),
                "output": one.output,
                "baseline": one.baseline,
                "delta": one.delta,
                "share": _shares(one),
            }
            for one in explanations
        ],
    }


def _shares(one: Explanation) -> dict[str, float]:
    whole = sum(abs(part.value) for part in one.parts)
    sums: dict[str, float] = {}
    for part in one.parts:
        sums[part.segment] = sums.get(part.segment, 0.0) + abs(part.value)
    return {segment: value / whole if whole else 0.0 for segment, value in sums.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else list(value)
