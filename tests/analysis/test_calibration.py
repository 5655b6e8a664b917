import numpy as np
import pytest
from analysed_cells import FEW
from hypothesis import given
from hypothesis import strategies as st

from regen.analysis.calibration import binary_temperature, calibration, has_probability, scaled
from regen.analysis.measures import share

SCORES = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
RIGHT = np.array([True, True, True, False, True, False])


def test_by_hand() -> None:
    found = calibration(SCORES, RIGHT, None, FEW)
    assert (found["examples"], found["accuracy"]) == (6, share(4, 6, 0.95))
    assert found["confidence"] == round(4.9 / 6, 4)
    # Bins 14 (0.933 to 1) and 8 (0.533 to 0.6): 4/6 · |0.75 − 0.95| + 2/6 · |0.5 − 0.55|.
    assert found["ece"] == round(4 / 6 * 0.2 + 2 / 6 * 0.05, 4)
    assert found["brier"][0] == round((3 * 0.05**2 + 0.95**2 + 0.45**2 + 0.55**2) / 6, 4)
    assert found["bins"] == [
        {"bin": 8, "examples": 2, "confidence": 0.55, "accuracy": share(1, 2, 0.95)},
        {"bin": 14, "examples": 4, "confidence": 0.95, "accuracy": share(3, 4, 0.95)},
    ]
    assert found["brier"][1] <= found["brier"][0] <= found["brier"][2]


def test_documents_are_drawn_whole() -> None:
    """Answers of one document that are all right or all wrong say less than as many answers by themselves."""
    documents = np.repeat(np.arange(10), 30)
    scores, right = np.full(300, 0.72), documents < 7
    alone, together = (calibration(scores, right, own, FEW) for own in (None, documents))
    assert alone["accuracy"] == share(210, 300, 0.95)
    low, high = together["accuracy"][1:]
    assert low < 0.5
    assert high >= 0.9
    assert together["bins"] == [{**alone["bins"][0], "accuracy": together["accuracy"]}]


def test_bounds_belong_to_the_bin_below() -> None:
    scores = np.array([0.0, 1 / 15, 1 / 15 + 1e-6, 1.0, 1.0 + 1e-15])
    found = calibration(scores, np.ones(5, dtype=bool), None, FEW)
    assert [(own["bin"], own["examples"]) for own in found["bins"]] == [(0, 2), (1, 1), (14, 2)]


def test_a_model_whose_confidence_is_true_stays_below_its_bound() -> None:
    generator = np.random.default_rng(1)
    scores = generator.uniform(0.3, 1, size=3000)
    true = calibration(scores, generator.random(3000) < scores, None, FEW)
    too_sure = calibration(scores, generator.random(3000) < scores**2, None, FEW)
    assert true["ece"] < true["ece_if_calibrated"] < too_sure["ece"]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_bins_hold_every_example_once_and_make_the_error(rows: list[tuple[float, bool]]) -> None:
    found = calibration(np.array([score for score, _ in rows]), np.array([right for _, right in rows]), None, FEW)
    assert sum(own["examples"] for own in found["bins"]) == len(rows)
    error = sum(own["examples"] * abs(own["confidence"] - own["accuracy"][0]) for own in found["bins"]) / len(rows)
    assert found["ece"] == pytest.approx(error, abs=3e-4)  # of rounded numbers


def test_temperature_by_hand() -> None:
    # A constant confidence of 0.9 whose answers are right in 3 of 4 cases: ln 9 / T = ln 3.
    scores, right = np.full(4, 0.9), np.array([True, True, True, False])
    temperature = binary_temperature(scores, right)
    assert temperature == pytest.approx(2.0, abs=1e-3)
    assert scaled(scores, 2.0) == pytest.approx(np.full(4, 0.75))


def test_temperature_divides_the_logits_of_two_labels() -> None:
    logits = np.array([[2.0, -1.0], [0.3, 0.1]])
    exponents = np.exp(logits)
    confidence = (exponents / exponents.sum(axis=1, keepdims=True)).max(axis=1)
    cooled = np.exp(logits / 1.7)
    assert scaled(confidence, 1.7) == pytest.approx((cooled / cooled.sum(axis=1, keepdims=True)).max(axis=1))


@pytest.mark.parametrize("right", [[True, True], [False, False]])
def test_no_temperature_fits_all_right_or_all_wrong(right: list[bool]) -> None:
    assert binary_temperature(np.array([0.9, 0.8]), np.array(right)) is None


def test_saturated_confidence_has_log_odds() -> None:
    """A confidence of 1 counts as 1 − 10⁻¹², whose log-odds are 27.63; nine right ones of ten have ln 9."""
    assert binary_temperature(np.ones(10), np.arange(10) > 0) == pytest.approx(27.631 / np.log(9), abs=0.01)


@pytest.mark.parametrize(
    ("estimator", "task_type", "expected"),
    [
        ("majority", "classification", False),
        ("overlap", "span_qa", False),
        ("ensemble", "tagging", False),
        ("ensemble", "classification", True),
        ("crf", "tagging", True),
        ("encoder", "span_qa", True),
        ("linear", "multiple_choice", True),
    ],
)
def test_which_scores_are_probabilities(estimator: str, task_type: str, expected: bool) -> None:
    assert has_probability(estimator, task_type) is expected
