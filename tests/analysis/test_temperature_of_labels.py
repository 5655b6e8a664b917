"""What a temperature does, on made-up probabilities whose truth is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysed_cells import FEW
from scipy.special import softmax

from made_up import made_up_cell, made_up_task
from regen.analysis.temperature import temperature
from regen.config.cell import CellConfig
from regen.config.task_types import TaskType
from regen.estimators.base import LabelProbabilities

LABELS = ("a", "b", "c")


def config(task_type: TaskType = "classification") -> CellConfig:
    return made_up_cell("majority", made_up_task(task_type, list(LABELS)))


def judged(count: int, factor: float, **columns: Any) -> tuple[pd.DataFrame, LabelProbabilities]:
    """Draw labels by probabilities, and give these with their logits multiplied."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (count, len(LABELS)))
    drawn = (softmax(logits, axis=1).cumsum(axis=1) > generator.random((count, 1))).argmax(axis=1)
    frame = pd.DataFrame({"id": list(map(str, range(count))), "label": [LABELS[own] for own in drawn], **columns})
    return frame, LabelProbabilities(LABELS, list(softmax(factor * logits, axis=1)[:, np.newaxis]))


def test_a_model_that_is_too_sure_is_mended() -> None:
    told = temperature(*judged(3000, 3.0), config(), FEW, 0)
    assert (told["unit"], told["units"], told["unknown"]) == ("example", 3000, 0)
    assert told["value"] == pytest.approx(3, rel=0.1)
    assert told["before"]["ece"] > told["before"]["ece_if_calibrated"]
    assert told["after"]["ece"] < told["after"]["ece_if_calibrated"]
    value, low, high = told["change"]
    assert low < value < high < 0
    assert value == pytest.approx(told["after"]["log_loss"] - told["before"]["log_loss"], abs=2e-4)


def test_a_model_whose_probabilities_are_true_stays_as_it_is() -> None:
    told = temperature(*judged(3000, 1.0), config(), FEW, 0)
    assert told["value"] == pytest.approx(1, rel=0.1)
    assert abs(told["change"][0]) < 0.002


def test_equal_seeds_give_equal_halves_and_others_do_not() -> None:
    one, same, other = (temperature(*judged(100, 3.0), config(), FEW, seed) for seed in (0, 0, 1))
    assert one == same
    assert one["value"] == other["value"]
    assert one["after"] != other["after"]


def test_no_unit_has_a_part_in_its_own_temperature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are dealt whole: each half is fitted with none of the documents that it is applied to."""
    frame, said = judged(60, 3.0, document=[f"d{number // 6}" for number in range(60)])
    fitted: list[set[float]] = []

    def spy(probabilities: Any, given: Any) -> float:
        assert len(probabilities) == len(given)
        fitted.append(set(probabilities[:, 0].tolist()))
        return 2.0

    monkeypatch.setattr("regen.analysis.temperature.fitted_temperature", spy)
    temperature(frame, said, config(), FEW, 0)
    everything, first, second = fitted
    assert first | second == everything
    assert not first & second
    values = [own[0, 0] for own in said.values]
    halves = {frame["document"][place]: values[place] in first for place in range(60)}
    assert all((values[place] in first) == halves[frame["document"][place]] for place in range(60))
    assert set(halves.values()) == {True, False}


def test_units_of_a_sentence_are_its_tokens() -> None:
    frame = pd.DataFrame({"id": ["x", "y"], "tags": [["a", "b"], ["c"]], "document": ["d", "d"]})
    values = [np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1]]), np.array([[0.2, 0.2, 0.6]])]
    told = temperature(frame, LabelProbabilities(LABELS, values), config("tagging"), FEW, 0)
    assert (told["unit"], told["units"]) == ("token", 3)
    assert told["before"]["log_loss"] == pytest.approx(-np.log([0.8, 0.3, 0.6]).mean(), abs=1e-4)


def test_a_label_that_the_model_does_not_know_is_an_error_that_no_log_loss_counts() -> None:
    frame = pd.DataFrame({"id": list("xyz"), "label": ["a", "d", "a"]})
    said = LabelProbabilities(LABELS, [np.array([[0.9, 0.05, 0.05]])] * 3)
    told = temperature(frame, said, config(), FEW, 0)
    assert told["unknown"] == 1
    assert told["value"] is None
    assert "after" not in told
    assert told["before"] == {
        "ece": round(0.9 - 2 / 3, 4),
        "ece_if_calibrated": told["before"]["ece_if_calibrated"],
        "log_loss": pytest.approx(-np.log(0.9), abs=1e-4),
    }


def test_where_a_half_has_no_temperature_there_is_none() -> None:
    """One wrong answer of eight: the half without it could be as sure as it likes."""
    frame = pd.DataFrame({"id": list("stuvwxyz"), "label": ["b", *"aaaaaaa"]})
    said = LabelProbabilities(LABELS, [np.array([[0.9, 0.05, 0.05]])] * 8)
    told = temperature(frame, said, config(), FEW, 0)
    assert told["value"] is None
    assert set(told) == {"unit", "units", "unknown", "value", "before"}
