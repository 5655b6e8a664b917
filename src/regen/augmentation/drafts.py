"""What a method is told, and what it gives: drafts of augmented examples."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.task_types import TASK_TYPES


@dataclass(frozen=True)
class Context:
    """What a method may know beside the examples and its settings.

    Attributes:
        config: The cell's effective config.
        seed: Seed of the repeat.
        encoder: Folder of the encoder that the recipe names.
        machine: Where the project's folder and what was computed before are.
    """

    config: CellConfig
    seed: int
    encoder: Path | None = None
    machine: Machine | None = None


@dataclass(frozen=True)
class Draft:
    """An augmented example.

    Attributes:
        copy: Number of the copy of its source, from 1 on.
        sources: Row of the example that it is a copy of, then rows of others that are in it.
        values: Column -> value, where it is not that of the first source.
    """

    copy: int
    sources: tuple[int, ...]
    values: dict[str, Any]


def generator(*told: object) -> np.random.Generator:
    """Make a source of random numbers that is named by what is told: no draft depends on those before it."""
    digest = hashlib.sha256("\x1f".join(map(str, told)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))


def text_columns(config: CellConfig) -> list[str]:
    """Name the columns of the texts: ``text``, or both sides of a pair."""
    return list(TASK_TYPES[config.task_type].inputs)


def token_columns(train: pd.DataFrame) -> list[str]:
    """Name the columns that hold a value for each token of a sentence: ``tokens``, ``tags``, ``pos`` and so on."""
    return [str(name) for name in train if isinstance(train[name].iloc[0], (list, np.ndarray))]


def some_of(count: int, share: float, random: np.random.Generator) -> tuple[list[int], int]:
    """Give the numbers below a count in a random order, and how many of them are a share: one at least."""
    return random.permutation(count).tolist(), max(1, round(share * count))


def another(count: int, own: int, random: np.random.Generator) -> int | None:
    """Draw a number below a count that is not one's own; ``None`` where there is none."""
    if count == 1:
        return None
    drawn = int(random.integers(count - 1))
    return drawn if drawn < own else drawn + 1
