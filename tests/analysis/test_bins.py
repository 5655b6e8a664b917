import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.analysis.bins import Bins


def test_quartiles_of_whole_numbers() -> None:
    bins = Bins.of(list(range(1, 9)))
    assert bins.names == ["≤ 2", "3–4", "5–6", "> 6"]
    assert bins.places([0, 2, 3, 6, 7, 99]).tolist() == [0, 0, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([1, 1, 1, 2, 9], ["≤ 1", "2", "> 2"]),
        ([5, 5, 5], ["all"]),
        ([0.0, 0.25, 0.5, 1.0], ["≤ 0.00", "0.00–0.25", "0.25–0.50", "> 0.50"]),
    ],
)
def test_equal_quartiles_give_fewer_bins(values: list[float], names: list[str]) -> None:
    assert Bins.of(np.array(values)).names == names


@given(st.lists(st.integers(0, 50), min_size=1), st.lists(st.integers(-5, 60), min_size=1))
def test_every_number_has_one_bin_and_every_bin_some_number_of_train(train: list[int], values: list[int]) -> None:
    bins = Bins.of(train)
    places = bins.places(values)
    assert ((places >= 0) & (places < len(bins.names))).all()
    assert set(bins.places(train).tolist()) == set(range(len(bins.names)))
    order = np.argsort(values, kind="stable")
    assert (np.diff(places[order]) >= 0).all()
