"""Summary of one score over repeats."""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import TypedDict


class Summary(TypedDict):
    """A score over its repeats; ``sd`` is the sample standard deviation (n - 1), None for a single repeat."""

    n: int
    mean: float
    sd: float | None
    min: float
    max: float
    values: list[float]


def summarise(values: Sequence[float]) -> Summary:
    """Describe a score's values, kept in their order.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("no values to summarise")
    numbers = [float(value) for value in values]
    return {
        "n": len(numbers),
        "mean": fmean(numbers),
        "sd": stdev(numbers) if len(numbers) > 1 else None,
        "min": min(numbers),
        "max": max(numbers),
        "values": numbers,
    }
