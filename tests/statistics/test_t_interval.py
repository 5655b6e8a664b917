import numpy as np
import pytest
from scipy.stats import ttest_1samp

from regen.statistics.repeats import paired_t_test, t_interval


def test_known_value() -> None:
    # Mean 3, sd sqrt(2.5), t(0.975, 4) = 2.776: 3 -+ 2.776 * sqrt(2.5 / 5).
    assert t_interval([1, 2, 3, 4, 5], 0.95) == pytest.approx((3 - 1.9632, 3 + 1.9632), abs=1e-3)


def test_one_repeat_has_none() -> None:
    assert t_interval([0.5], 0.95) is None


def test_it_holds_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(0).normal(0.8, 0.02, (2000, 3))
    bounds = [t_interval(values, 0.95) for values in draws.tolist()]
    held = np.mean([bound is not None and bound.low <= 0.8 <= bound.high for bound in bounds])
    assert held == pytest.approx(0.95, abs=0.02)


def test_t_test_of_differences_is_that_of_scipy() -> None:
    values = [0.0812, 0.0031, 0.1104, 0.0508, 0.0233]
    assert paired_t_test(values) == pytest.approx(float(ttest_1samp(values, 0).pvalue))
    assert paired_t_test([-value for value in values]) == pytest.approx(paired_t_test(values))


@pytest.mark.filterwarnings("error")
def test_t_test_of_differences_that_are_alike_needs_no_spread() -> None:
    assert paired_t_test([0.0, 0.0, 0.0]) == 1.0
    assert paired_t_test([0.1 + 0.2, 0.3, 0.3]) == 0.0


def test_t_test_needs_two_differences() -> None:
    with pytest.raises(ValueError, match="1 differences; expected two or more"):
        paired_t_test([0.1])
