"""The same interval as that of single draws, and how often it holds the truth."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from regen.statistics.measures import accuracy, micro_f1
from regen.statistics.paired import Pair, difference_interval
from regen.statistics.paired_bootstrap import paired_interval

RNG = np.random.default_rng


def right(*repeats: Any) -> NDArray[np.int64]:
    """Counts of correct and all from rows of 0 and 1, one row per repeat."""
    correct = np.asarray(repeats, dtype=np.int64)
    return np.stack([correct, np.ones_like(correct)], axis=2)


def spans(generator: np.random.Generator, repeats: int) -> NDArray[np.int64]:
    """Counts of correct, predicted and gold spans of 60 documents."""
    gold = np.arange(60) % 9
    made = [generator.binomial(gold, 0.7) for _ in range(repeats)]
    return np.stack([np.column_stack([correct, gold + 1, gold]) for correct in made])


def test_it_is_the_interval_of_single_draws() -> None:
    generator = RNG(0)
    pairs = [
        Pair(spans(generator, 2), spans(generator, 3), micro_f1),
        Pair(spans(generator, 1), spans(generator, 1), micro_f1),
    ]
    assert paired_interval(pairs, 20_000, 0.95, 0) == pytest.approx(
        difference_interval(pairs, 20_000, 0.95, 1), abs=0.002
    )


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [Pair(spans(RNG(1), 1), spans(RNG(2), 2), micro_f1)]
    whole = paired_interval(pairs, 1000, 0.9, 3)
    monkeypatch.setattr("regen.statistics.paired_bootstrap._DRAWS_PER_CHUNK", 700)
    assert paired_interval(pairs, 1000, 0.9, 3) == whole


def test_equal_systems_do_not_differ() -> None:
    counts = right([1, 0, 1, 1])
    assert paired_interval([Pair(counts, counts, accuracy)], 100, 0.95, 0) == (0, 0)


def test_other_units_are_refused() -> None:
    with pytest.raises(ValueError, match="match"):
        paired_interval([Pair(right([1, 0]), right([1]), accuracy)], 100, 0.95, 0)


def test_it_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for trial in range(500):
        generator = RNG(trial)  # not the one that the resamples are drawn from
        first = generator.random(1000) < 0.8
        second = np.where(generator.random(1000) < 0.3, generator.random(1000) < 0.75, first)
        low, high = paired_interval([Pair(right(first), right(second), accuracy)], 300, 0.95, 10_000 + trial)
        held += low <= 0.3 * (0.8 - 0.75) <= high
    assert held / 500 == pytest.approx(0.95, abs=0.02)
