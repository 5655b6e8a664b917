"""Drops by hand, and what is drawn."""

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case, fitted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regen.config.statistics import StatisticsConfig
from regen.robustness.draw import draw
from regen.robustness.drop import measured_drop
from regen.robustness.examples import Perturbed
from regen.robustness.run import robustness

STATISTICS = StatisticsConfig(resamples=200)


def perturbed(frame: pd.DataFrame, changed: list[bool], left_out: list[bool] | None = None) -> Perturbed:
    return Perturbed(frame, np.array(changed), np.array(left_out or [False] * len(changed)))


def test_a_drop_by_hand() -> None:
    """Of four changed examples three were right, and one is; the fifth is not changed, and its new answer not used."""
    config = Case("majority", "classification", "en").config()
    frame = pd.DataFrame({"id": list("abcde"), "label": ["sport", "sport", "money", "money", "tech"]})
    clean = ["sport", "sport", "money", "sport", "tech"]
    labels = ["sport", "money", "sport", "sport", "sport"]
    told = measured_drop(config, frame, clean, perturbed(frame, [True] * 4 + [False]), labels, STATISTICS)
    assert (told["changed"], told["left_out"]) == (4, 0)
    assert (told["clean"], told["perturbed"], told["drop"]) == (0.75, 0.25, 0.5)
    assert told["all"] == {"clean": 0.8, "perturbed": 0.4}
    assert told["flips"] == 0.5
    interval = told["interval"]
    assert interval["over"] == "examples"
    assert 0 <= interval["low"] < 0.5 < interval["high"] <= 1


def test_a_drop_of_span_f1_by_hand() -> None:
    """Clean: 2 of 2 gold and 2 predicted; perturbed: 1 right, 1 predicted: F1 from 1 to 2/3."""
    config = Case("majority", "tagging", "en").config()
    frame = pd.DataFrame(
        {"id": ["a", "b"], "document": ["0", "1"], "tokens": [["Ann"], ["Rome"]], "tags": [["B-PER"], ["B-LOC"]]}
    )
    told = measured_drop(
        config, frame, [["B-PER"], ["B-LOC"]], perturbed(frame, [True, True]), [["B-PER"], ["O"]], STATISTICS
    )
    assert told["drop"] == pytest.approx(1 / 3)
    assert told["flips"] == 0.5
    assert told["interval"]["over"] == "documents"
    assert told["interval"]["low"] == 0.0


def test_where_nothing_is_changed_there_is_no_score() -> None:
    config = Case("majority", "classification", "en").config()
    frame = pd.DataFrame({"id": ["a"], "label": ["sport"]})
    told = measured_drop(config, frame, ["sport"], perturbed(frame, [False], [True]), ["money"], STATISTICS)
    assert told == {"changed": 0, "left_out": 1}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_majority_cell_loses_nothing(language: str) -> None:
    case = Case("majority", "classification", language)
    frames = case.frames()
    clean = fitted(case).predict(frames.dev.drop(columns="label")).labels
    drops, _ = robustness(fitted(case), case.config(), frames.dev, clean, None, STATISTICS)
    assert drops
    for drop in drops.values():
        if drop["changed"]:
            assert (drop["drop"], drop["flips"]) == (0, 0)
            assert (drop["interval"]["low"], drop["interval"]["high"]) == (0, 0)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=30), st.integers(1, 40), st.integers(0, 3))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_documents_are_drawn_whole(sizes: list[int], most: int, seed: int) -> None:
    owners = [f"d{number}" for number, size in enumerate(sizes) for _ in range(size)]
    frame = pd.DataFrame({"id": [str(row) for row in range(len(owners))], "document": owners})
    drawn, told = draw(frame, most, seed)
    assert told["examples"] == len(drawn)
    assert told["of"] == len(frame)
    assert drawn["id"].astype(int).is_monotonic_increasing
    if len(frame) <= most:
        assert len(drawn) == len(frame)
    elif len(sizes) > 1:
        assert told["by"] == "documents"
        whole = frame["document"].value_counts()
        assert all(whole[name] == count for name, count in drawn["document"].value_counts().items())
        assert len(drawn) <= most or drawn["document"].nunique() == 1
        left = frame[~frame["id"].isin(drawn["id"])]["document"].value_counts()
        assert len(drawn) > most or (left > most - len(drawn)).all(), "one more would have fitted"
    else:
        assert (told["by"], len(drawn)) == ("examples", most)
    pd.testing.assert_frame_equal(drawn, draw(frame, most, seed)[0])


def test_groups_of_questions_are_drawn_whole_and_seeds_differ() -> None:
    frame = pd.DataFrame({"id": range(60), "group": np.repeat(range(20), 3)})
    drawn, told = draw(frame, 30, 0)
    assert told == {"examples": 30, "of": 60, "most": 30, "seed": 0, "by": "groups"}
    assert drawn["group"].value_counts().eq(3).all()
    assert set(draw(frame, 30, 1)[0]["id"]) != set(drawn["id"])
