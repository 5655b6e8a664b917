from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from regen.statistics import bootstrap
from regen.statistics.bootstrap import Interval, Sample, bootstrap_interval, mean_bootstrap_interval
from regen.statistics.measures import accuracy, micro_f1


def accuracy_table(correct: int, examples: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.column_stack([np.arange(examples) < correct, np.ones(examples, dtype=np.int64)]).astype(np.int64)


def span_table(sentences: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    generator = np.random.default_rng(1)
    gold = generator.integers(0, 5, sentences)
    correct = generator.binomial(gold, 0.8)
    return np.column_stack([correct, correct + generator.integers(0, 2, sentences), gold])


def test_accuracy_follows_the_binomial_distribution() -> None:
    # A resample of 200 examples of which 150 are right has Binomial(200, 0.75) right ones.
    low, high = bootstrap_interval(accuracy_table(150, 200), accuracy, resamples=20_000)
    assert low == pytest.approx(binom.ppf(0.025, 200, 0.75) / 200, abs=0.0051)
    assert high == pytest.approx(binom.ppf(0.975, 200, 0.75) / 200, abs=0.0051)


def test_level_sets_the_tails() -> None:
    low, high = bootstrap_interval(accuracy_table(150, 200), accuracy, resamples=20_000, level=0.5)
    assert low == pytest.approx(binom.ppf(0.25, 200, 0.75) / 200, abs=0.0051)
    assert high == pytest.approx(binom.ppf(0.75, 200, 0.75) / 200, abs=0.0051)


def test_bounds_are_quantiles_of_the_statistic() -> None:
    seen = []

    def keep(sums: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        seen.append(sums)
        return micro_f1(sums)

    table = span_table(30)
    interval = bootstrap_interval(table, keep, resamples=500, level=0.9)
    (sums,) = seen
    assert sums.shape == (500, 3)
    assert sums.dtype == np.int64
    assert interval == Interval(*np.quantile(micro_f1(sums), [0.05, 0.95]))
    assert interval.low < micro_f1(table.sum(axis=0, keepdims=True))[0] < interval.high


def test_every_resample_is_as_large_as_the_sample() -> None:
    sizes = []

    def examples(sums: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        sizes.extend(sums[:, 1].tolist())
        return sums[:, 0].astype(np.float64)

    bootstrap_interval(accuracy_table(3, 7), examples, resamples=50)
    assert sizes == [7] * 50


def test_perfect_and_single_examples_have_no_width() -> None:
    assert bootstrap_interval(accuracy_table(9, 9), accuracy) == Interval(1.0, 1.0)
    assert bootstrap_interval(np.array([[1, 2, 2]]), micro_f1) == Interval(0.5, 0.5)


def test_the_seed_decides() -> None:
    table = span_table(40)
    assert bootstrap_interval(table, micro_f1, seed=3) == bootstrap_interval(table, micro_f1, seed=3)
    assert bootstrap_interval(table, micro_f1, seed=3) != bootstrap_interval(table, micro_f1, seed=4)


@pytest.mark.parametrize("draws", [1, 41, 1000])
def test_the_chunk_size_does_not_matter(monkeypatch: pytest.MonkeyPatch, draws: int) -> None:
    table = span_table(41)
    expected = bootstrap_interval(table, micro_f1, resamples=101)
    monkeypatch.setattr(bootstrap, "_DRAWS_PER_CHUNK", draws)
    assert bootstrap_interval(table, micro_f1, resamples=101) == expected


def test_groups_are_drawn_whole() -> None:
    table = span_table(60)
    documents = np.arange(60) // 6
    sums = table.reshape(10, 6, 3).sum(axis=1)
    expected = bootstrap_interval(sums, micro_f1)
    assert bootstrap_interval(table, micro_f1, groups=documents) == expected
    # neither the order of the examples nor the spelling of the groups matters, only the groups' own order
    order = np.random.default_rng(0).permutation(60)
    names = [f"document-{number}" for number in documents[order]]
    assert bootstrap_interval(table[order], micro_f1, groups=names) == expected


def test_correlated_groups_widen_the_interval() -> None:
    table = accuracy_table(50, 100)
    alone = bootstrap_interval(table, accuracy)
    grouped = bootstrap_interval(table, accuracy, groups=np.arange(100) // 10)
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_samples_are_drawn_independently() -> None:
    """Two samples of 100, half of each right: the mean has half the variance of one; 200 examples together."""
    table = accuracy_table(50, 100)
    wide = bootstrap_interval(table, accuracy, resamples=20_000)
    low, high = mean_bootstrap_interval([Sample(table, accuracy)] * 2, 20_000, 0.95, 0)
    assert low == pytest.approx(binom.ppf(0.025, 200, 0.5) / 200, abs=0.0051)
    assert high == pytest.approx(binom.ppf(0.975, 200, 0.5) / 200, abs=0.0051)
    assert (wide.high - wide.low) / (high - low) == pytest.approx(2**0.5, abs=0.1)


def test_one_sample_is_a_plain_interval() -> None:
    table = span_table(40)
    assert mean_bootstrap_interval([Sample(table, micro_f1)], 300, 0.9, 5) == bootstrap_interval(
        table, micro_f1, resamples=300, level=0.9, seed=5
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": np.zeros((0, 2), dtype=np.int64)}, "no examples to resample"),
        ({"groups": ["a", "b"]}, "2 groups for 3 examples; expected one group for each example"),
        ({"resamples": 0}, "resamples=0, level=0.95; expected at least 1 and a level between 0 and 1"),
        ({"level": 1.0}, "resamples=1000, level=1.0; expected"),
        ({"level": 0.0}, "resamples=1000, level=0.0; expected"),
    ],
)
def test_refuses_what_it_cannot_resample(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(**{"counts": accuracy_table(2, 3), "statistic": accuracy, **change})
