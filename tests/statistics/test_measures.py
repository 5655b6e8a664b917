import numpy as np
import pytest

from regen.statistics.measures import accuracy, macro_f1, micro_f1


def test_accuracy() -> None:
    assert accuracy(np.array([[3, 4], [0, 4], [0, 0]])).tolist() == [0.75, 0.0, 0.0]


def test_micro_f1() -> None:
    assert micro_f1(np.array([[2, 4, 2], [0, 0, 0], [1, 1, 1]])).tolist() == [pytest.approx(2 / 3), 0.0, 1.0]


def test_macro_f1_is_the_mean_over_labels() -> None:
    # two labels: F1 2*1/(1+2) and 2*3/(3+3); in the second row the first label is absent
    sums = np.array([[1, 3, 1, 3, 2, 3], [0, 3, 0, 3, 0, 3]])
    assert macro_f1(sums).tolist() == [pytest.approx((2 / 3 + 1) / 2), 0.5]
