"""Known values, and simulations: how often intervals hold the truth, and how often tests raise a false alarm."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest, false_discovery_control

from regen.statistics.measures import accuracy, micro_f1
from regen.statistics.paired import (
    Pair,
    difference,
    difference_interval,
    holm,
    mcnemar_test,
    randomisation_test,
)

Ints = NDArray[np.int64]
RNG = np.random.default_rng


def right(*repeats: Any) -> Ints:
    """Counts of correct and all from rows of 0 and 1, one row per repeat."""
    correct = np.asarray(repeats, dtype=np.int64)
    return np.stack([correct, np.ones_like(correct)], axis=2)


def spans(generator: np.random.Generator, units: int, skill: float) -> Ints:
    """Counts of correct, predicted and gold spans in documents, one repeat."""
    gold = generator.integers(0, 12, units)
    correct = generator.binomial(gold, skill)
    return np.column_stack([correct, correct + generator.binomial(gold, 1 - skill), gold])[np.newaxis]


def test_a_difference_is_that_of_the_means_over_repeats() -> None:
    one, other = right([1, 1, 1, 0], [1, 0, 1, 0]), right([1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0])
    assert difference([Pair(one, other, accuracy)]) == pytest.approx(5 / 8 - 3 / 12)


def test_sets_of_examples_count_alike() -> None:
    small, large = Pair(right([1]), right([0]), accuracy), Pair(right([0] * 9), right([0] * 9), accuracy)
    assert difference([small, large]) == 0.5


def test_an_interval_knows_that_the_examples_are_the_same() -> None:
    correct = (RNG(0).random(400) < 0.7).astype(int)
    better = correct.copy()
    better[np.flatnonzero(correct == 0)[:12]] = 1
    low, high = difference_interval([Pair(right(better), right(correct), accuracy)], 2000, 0.95, 0)
    # Twelve examples differ, all one way: a resample holds Binomial(400, 12 / 400) of them.
    assert low == pytest.approx(6 / 400, abs=0.003)
    assert high == pytest.approx(19 / 400, abs=0.003)


def test_randomisation_of_few_examples_is_the_sign_test() -> None:
    # All eight that differ are for one system: of 2 ** 8 exchanges, two are as extreme, and count half.
    pair = Pair(right([1] * 8 + [1, 0]), right([0] * 8 + [1, 0]), accuracy)
    assert randomisation_test([pair], 20_000, 0) == pytest.approx(1 / 2**8, abs=0.0015)
    assert randomisation_test([pair], 500, 1) == randomisation_test([pair], 500, 1)


def test_equal_systems_are_not_told_apart() -> None:
    counts = spans(RNG(0), 20, 0.8)
    assert randomisation_test([Pair(counts, counts, micro_f1)], 100, 0) == 1.0
    assert mcnemar_test(counts[0, :, 0], counts[0, :, 0]) == 1.0
    assert difference_interval([Pair(counts, counts, micro_f1)], 100, 0.95, 0) == (0, 0)


def test_the_smallest_p_value_is_never_zero() -> None:
    pair = Pair(right([1] * 100), right([0] * 100), accuracy)
    assert randomisation_test([pair], 99, 0) == 0.01


def test_other_examples_are_refused() -> None:
    pairs = [Pair(right([1, 0]), right([1]), accuracy)]
    for refused in (lambda: difference(pairs), lambda: difference_interval(pairs, 100, 0.95, 0)):
        with pytest.raises(ValueError, match="expected the same examples"):
            refused()


@pytest.mark.parametrize(("only_one", "only_other"), [(8, 2), (2, 8), (30, 21), (1, 0)])
def test_mcnemar_is_the_exact_test_less_half_of_what_was_seen(only_one: int, only_other: int) -> None:
    one = np.array([1] * only_one + [0] * only_other + [1, 0, 1])
    other = np.array([0] * only_one + [1] * only_other + [1, 0, 1])
    exact = binomtest(only_one, only_one + only_other).pvalue
    point = 2 * _point(min(only_one, only_other), only_one + only_other)
    assert mcnemar_test(one, other) == pytest.approx(exact - point / 2)


def _point(k: int, n: int) -> float:
    return float(
        binomtest(k, n, alternative="less").pvalue - (binomtest(k - 1, n, alternative="less").pvalue if k else 0)
    )


def test_holm_of_a_textbook_case() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_never_helps(values: list[float]) -> None:
    adjusted = holm(values)
    assert all(low <= high <= 1 for low, high in zip(values, adjusted, strict=True))
    assert [adjusted[i] for i in np.argsort(values, kind="stable")] == sorted(adjusted)
    # It is never below what holds back the share of false alarms alone.
    assert all(np.asarray(adjusted) >= false_discovery_control(values, method="bh") - 1e-12)


def test_intervals_of_an_accuracy_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for trial in range(500):
        generator = RNG(trial)  # not the one that the resamples are drawn from
        first = generator.random(1000) < 0.8
        second = np.where(generator.random(1000) < 0.3, generator.random(1000) < 0.75, first)
        truth = 0.3 * (0.8 - 0.75)
        low, high = difference_interval([Pair(right(first), right(second), accuracy)], 300, 0.95, 10_000 + trial)
        held += low <= truth <= high
    assert held / 500 == pytest.approx(0.95, abs=0.02)


def test_an_interval_is_that_of_single_draws() -> None:
    """Kinds of units, drawn by a multinomial, against units drawn one by one."""
    one = np.concatenate([spans(RNG(seed), 60, 0.7) for seed in range(2)])
    other = np.concatenate([spans(RNG(0), 60, skill) for skill in (0.5, 0.6, 0.7)])
    drawn = RNG(1).integers(60, size=(20_000, 60))
    means = [np.mean([micro_f1(own[drawn].sum(axis=1)) for own in side], axis=0) for side in (one, other)]
    expected = np.quantile(means[0] - means[1], [0.025, 0.975])
    assert difference_interval([Pair(one, other, micro_f1)], 20_000, 0.95, 0) == pytest.approx(expected, abs=0.002)


def test_chunks_of_resamples_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [Pair(spans(RNG(1), 60, 0.7), spans(RNG(1), 60, 0.8), micro_f1)]
    whole = difference_interval(pairs, 1000, 0.9, 3)
    monkeypatch.setattr("regen.statistics.paired._DRAWS_PER_CHUNK", 700)
    assert difference_interval(pairs, 1000, 0.9, 3) == whole


def test_sets_of_examples_are_drawn_independently() -> None:
    """The mean of two like sets varies less than that of one."""
    pair = Pair(right(RNG(0).random(400) < 0.8), right(RNG(1).random(400) < 0.7), accuracy)
    one, two = (difference_interval([pair] * count, 20_000, 0.95, 0) for count in (1, 2))
    assert (two.high - two.low) / (one.high - one.low) == pytest.approx(2**-0.5, abs=0.02)


@pytest.mark.parametrize("metric", ["accuracy", "f1"])
def test_false_alarms_are_as_many_as_the_level_says(metric: str) -> None:
    alarms, trials = 0, 1500
    for trial in range(trials):
        generator = RNG(trial)  # not the one that the resamples are drawn from
        if metric == "accuracy":
            pair = Pair(right(generator.random(400) < 0.8), right(generator.random(400) < 0.8), accuracy)
        else:
            pair = Pair(spans(generator, 60, 0.8), spans(generator, 60, 0.8), micro_f1)
        alarms += randomisation_test([pair], 299, 10_000 + trial) <= 0.05
    assert alarms / trials == pytest.approx(0.05, abs=0.011)


def test_false_alarms_of_mcnemar() -> None:
    generator = RNG(0)
    draws = generator.random((2, 4000, 300)) < 0.8
    alarms = np.mean(
        [mcnemar_test(one.astype(int), other.astype(int)) <= 0.05 for one, other in zip(*draws, strict=True)]
    )
    assert alarms == pytest.approx(0.05, abs=0.01)
