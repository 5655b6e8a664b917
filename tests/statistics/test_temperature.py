"""The temperature of probabilities: by hand, and back from what was divided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from regen.statistics.temperature import divided, fitted_temperature, log_losses


def test_by_hand() -> None:
    """The right one of three labels has 0.9 each time, and is right in 3 of 4 cases, else one of the others in turn.

    The logit is ln 18 above those of the others; at the best temperature it is ln 6 above them: 6 : 1 : 1 is 3/4.
    """
    probabilities = np.tile([0.9, 0.05, 0.05], (8, 1))
    given_labels = np.array([0, 0, 0, 1, 0, 0, 0, 2])
    temperature = fitted_temperature(probabilities, given_labels)
    assert temperature == pytest.approx(np.log(18) / np.log(6), abs=1e-3)
    assert divided(probabilities, np.log(18) / np.log(6))[0] == pytest.approx([0.75, 0.125, 0.125])
    assert log_losses(probabilities, given_labels)[[0, 3]] == pytest.approx([-np.log(0.9), -np.log(0.05)])


def test_it_finds_what_the_logits_were_divided_by() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (20_000, 5))
    true = softmax(logits, axis=1)
    labels = (true.cumsum(axis=1) > generator.random((20_000, 1))).argmax(axis=1)
    for factor in (0.5, 1.0, 2.5):
        assert fitted_temperature(softmax(logits * factor, axis=1), labels) == pytest.approx(factor, rel=0.04)


@given(st.floats(0.1, 10), st.integers(2, 6), st.integers(0, 100))
def test_dividing_keeps_the_order_and_the_sum(temperature: float, labels: int, seed: int) -> None:
    # At most 8 apart, so that a tenth of the temperature leaves every probability above the least of float32, e^-87.
    probabilities = softmax(np.random.default_rng(seed).uniform(-4, 4, (7, labels)), axis=1)
    other = divided(probabilities, temperature)
    assert other.sum(axis=1) == pytest.approx(np.ones(7))
    assert (other.argsort(axis=1) == probabilities.argsort(axis=1)).all()
    assert divided(other, 1 / temperature) == pytest.approx(probabilities)


@pytest.mark.parametrize("right", [[0, 0], [1, 1]])
def test_none_fits_all_right_or_all_wrong(right: list[int]) -> None:
    assert fitted_temperature(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array(right)) is None


def test_none_fits_nothing() -> None:
    assert fitted_temperature(np.empty((0, 3)), np.empty(0, dtype=np.int64)) is None


def test_a_probability_of_zero_is_a_large_loss_and_no_infinite_one() -> None:
    losses = log_losses(np.array([[1.0, 0.0]]), np.array([1]))
    assert losses[0] == pytest.approx(-np.log(np.finfo(np.float32).tiny))
