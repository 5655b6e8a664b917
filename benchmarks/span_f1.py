"""Time conlleval's span F1 against seqeval on the same tags, the two in turn.

``pip install seqeval==1.2.2``, which is no dependency of this project, then
``PYTHONPATH=src python benchmarks/span_f1.py``.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from seqeval.metrics import f1_score

from regen.scoring.spans import span_counts, span_scores

TOKENS, LENGTH, ROUNDS = 100_000, 15, 7


def made_up_tags(seed: int) -> list[list[str]]:
    """Draw sentences of IOB2 tags over four types; a fifth of the tokens begins or continues a span."""
    generator = np.random.default_rng(seed)
    tags = ["O"] * 12 + [f"{prefix}-{kind}" for kind in ("LOC", "MISC", "ORG", "PER") for prefix in "BI"]
    drawn = generator.integers(len(tags), size=(TOKENS // LENGTH, LENGTH))
    return [[tags[i] for i in row] for row in drawn]


def seconds(run: Callable[[], object]) -> float:
    """Give the time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Print medians and the ratio, pair by pair."""
    gold, pred = made_up_tags(0), made_up_tags(1)
    pairs = [
        (seconds(lambda: span_scores(span_counts(gold, pred))), seconds(lambda: f1_score(gold, pred)))
        for _ in range(ROUNDS)
    ]
    json.dump(
        {
            "tokens": TOKENS,
            "rounds": ROUNDS,
            "regen_seconds": round(statistics.median(ours for ours, _ in pairs), 4),
            "seqeval_seconds": round(statistics.median(theirs for _, theirs in pairs), 4),
            "ratio": round(statistics.median(theirs / ours for ours, theirs in pairs), 1),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
