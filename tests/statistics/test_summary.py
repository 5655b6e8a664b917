import json

import pytest

from regen.statistics.summary import summarise


def test_sample_standard_deviation() -> None:
    summary = summarise([3, 1, 2])
    assert summary == {"n": 3, "mean": 2.0, "sd": 1.0, "min": 1.0, "max": 3.0, "values": [3.0, 1.0, 2.0]}
    assert json.loads(json.dumps(summary)) == summary


def test_two_values_have_a_deviation() -> None:
    assert summarise([1, 3])["sd"] == pytest.approx(2**0.5)


def test_one_value_has_no_deviation() -> None:
    assert summarise([0.5]) == {"n": 1, "mean": 0.5, "sd": None, "min": 0.5, "max": 0.5, "values": [0.5]}


def test_refuses_no_values() -> None:
    with pytest.raises(ValueError, match="no values to summarise"):
        summarise([])
