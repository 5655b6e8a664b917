import numpy as np
import pytest

from regen.statistics.repeats import t_interval


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
