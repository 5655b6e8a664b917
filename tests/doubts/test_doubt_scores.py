import numpy as np
import pytest

from regen.doubts.scores import normalized_margin, self_confidence

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.7, 0.2, 0.1], [0.4, 0.4, 0.2], [0.5, 0.3, 0.2]])
GIVEN = np.array([0, 2, 1, -1])


def test_self_confidence_by_hand() -> None:
    assert self_confidence(PROBABILITIES, GIVEN).tolist() == [0.7, 0.1, 0.4, 0.0]


def test_normalized_margin_by_hand() -> None:
    assert normalized_margin(PROBABILITIES, GIVEN) == pytest.approx([0.5, -0.6, 0.0, -0.5])


def test_a_single_label_is_beyond_doubt() -> None:
    assert normalized_margin(np.array([[1.0]]), np.array([0])).tolist() == [1.0]
