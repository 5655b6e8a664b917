from typing import Any

import numpy as np
import pytest

from regen.analysis.intervals import bootstrap_intervals
from regen.config.statistics import StatisticsConfig
from regen.statistics.bootstrap import bootstrap_interval
from regen.statistics.measures import micro_f1

GENERATOR = np.random.default_rng(7)
COUNTS = GENERATOR.integers(0, 3, size=(40, 3))
DOCUMENTS = GENERATOR.integers(0, 9, size=40)


@pytest.mark.parametrize("groups", [None, DOCUMENTS])
def test_the_draws_are_those_of_the_official_interval(groups: Any) -> None:
    settings = StatisticsConfig(resamples=200, level=0.9, seed=3)
    one = bootstrap_interval(COUNTS, micro_f1, groups, resamples=200, level=0.9, seed=3)
    (low, high), again = bootstrap_intervals(
        COUNTS, lambda sums: np.column_stack([micro_f1(sums), micro_f1(sums)]), groups, settings
    )
    assert (low, high) == pytest.approx(tuple(one), abs=1e-12)
    assert again.tolist() == [low, high]


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def bounds() -> list[list[float]]:
        found = bootstrap_intervals(COUNTS, lambda sums: sums / 40, None, StatisticsConfig(resamples=101))
        return found.tolist()  # type: ignore[no-any-return]

    whole = bounds()
    monkeypatch.setattr("regen.analysis.intervals._DRAWS_PER_CHUNK", 160)
    assert bounds() == whole


def test_what_is_undefined_in_some_draws_is_left_out_there_and_in_all_has_no_interval() -> None:
    def statistic(sums: Any) -> Any:
        ratio = np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0)
        return np.column_stack([ratio, np.full(len(sums), np.nan)])

    bounds = bootstrap_intervals(np.array([[1, 2], [0, 0]]), statistic, None, StatisticsConfig(resamples=100))
    assert bounds[0].tolist() == [0.5, 0.5]
    assert np.isnan(bounds[1]).all()


def test_nothing_cannot_be_resampled() -> None:
    with pytest.raises(ValueError, match="no examples"):
        bootstrap_intervals(np.zeros((0, 2)), lambda sums: sums, None, StatisticsConfig())
