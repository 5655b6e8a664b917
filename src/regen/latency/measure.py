"""Latency and throughput of predictions, on the machine at hand."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from regen.estimators.base import Fitted

BATCHES = (1, 32)
"""Examples that are asked for at once: one user waiting, and a queue."""
LEAST_CALLS = 30
"""Calls of each size, from which a quantile says something: a small split is predicted again and again."""
MOST_SECONDS = 120.0
"""After so many seconds of a size, no further round begins."""
_WARM_UP = 2


def measure(
    model: Fitted,
    examples: pd.DataFrame,
    limit: int,
    batches: Sequence[int] = BATCHES,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, dict[str, float]]:
    """Time predictions, from examples in memory to labels.

    Args:
        model: A fitted model.
        examples: At least one example, without their answers.
        limit: Most examples to predict for each size of a batch; they are predicted in rounds, until there are
            `LEAST_CALLS` calls, or `MOST_SECONDS` have passed.
        batches: Numbers of examples that are predicted at once.
        clock: Gives seconds.

    Returns:
        Size of a batch -> ``calls``, ``p50_ms`` and ``p95_ms`` of a call, ``examples_per_second`` of all calls. The
        first calls of each size, which fill caches, are not counted.
    """
    return {str(size): _timed(model, _parts(examples.head(limit), size), clock) for size in batches}


def _parts(examples: pd.DataFrame, size: int) -> list[pd.DataFrame]:
    """Cut into whole batches; a single, smaller one where there are too few examples."""
    starts = range(0, max(1, len(examples) - size + 1), size)
    return [examples.iloc[start : start + size].reset_index(drop=True) for start in starts]


def _timed(model: Fitted, parts: Sequence[pd.DataFrame], clock: Callable[[], float]) -> dict[str, float]:
    for _ in range(_WARM_UP):
        model.predict(parts[0])
    seconds: list[float] = []
    while len(seconds) < LEAST_CALLS and sum(seconds) < MOST_SECONDS:
        seconds += [_call(model, part, clock) for part in parts]
    rounds = len(seconds) // len(parts)
    p50, p95 = np.quantile(seconds, [0.5, 0.95]).tolist()
    return {
        "calls": len(seconds),
        "p50_ms": round(1000 * p50, 3),
        "p95_ms": round(1000 * p95, 3),
        "examples_per_second": round(rounds * sum(map(len, parts)) / sum(seconds), 1),
    }


def _call(model: Fitted, part: pd.DataFrame, clock: Callable[[], float]) -> float:
    start = clock()
    model.predict(part)
    return clock() - start


def examples_of(table: pd.DataFrame, hidden: Sequence[str], seed: int) -> pd.DataFrame:
    """Shuffle examples, seeded, so that the first ones are of all lengths, and drop their answers."""
    shuffled: Any = table.drop(columns=list(hidden)).sample(frac=1, random_state=seed)
    drawn: pd.DataFrame = shuffled.reset_index(drop=True)
    return drawn
