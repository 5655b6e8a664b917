"""Bins that part numbers: their bounds are quantiles of train, so that every cell of a task has the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers: TypeAlias = "Sequence[Any] | NDArray[Any] | pd.Series[Any]"

QUANTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Bins:
    """Bins of numbers.

    Attributes:
        bounds: Greatest number of each bin but the last, ascending.
        whole: Whether the numbers are whole.
    """

    bounds: tuple[float, ...]
    whole: bool

    @classmethod
    def of(cls, values: Numbers) -> "Bins":
        """Cut at the quartiles of values; equal quartiles give fewer bins."""
        numbers = np.asarray(values)
        bounds = np.quantile(numbers, QUANTILES, method="inverted_cdf")
        kept = np.unique(bounds[bounds < numbers.max()])
        return cls(tuple(kept.tolist()), bool(np.issubdtype(numbers.dtype, np.integer)))

    @property
    def names(self) -> list[str]:
        """Name each bin by its numbers: ``≤ 12``, ``13–20``, ``> 20``."""
        if not self.bounds:
            return ["all"]
        texts = [str(bound) if self.whole else f"{bound:.2f}" for bound in self.bounds]
        between = [
            self._between(low, high, text) for (low, high), text in zip(pairwise(self.bounds), texts[1:], strict=True)
        ]
        return [f"≤ {texts[0]}", *between, f"> {texts[-1]}"]

    def _between(self, low: float, high: float, text: str) -> str:
        if not self.whole:
            return f"{low:.2f}–{text}"
        return text if low + 1 == high else f"{int(low) + 1}–{text}"

    def places(self, values: Numbers) -> NDArray[np.int64]:
        """Give the number of each value's bin."""
        return np.searchsorted(np.array(self.bounds), np.asarray(values), side="left").astype(np.int64)
