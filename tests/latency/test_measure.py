import pandas as pd
import pytest

from regen.estimators.base import Predictions
from regen.latency.measure import examples_of, measure


class Model:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def predict(self, examples: pd.DataFrame) -> Predictions:
        self.asked.append(examples["id"].tolist())
        return Predictions(["a"] * len(examples), examples["id"].to_numpy() == "")


def table(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"id": [str(i) for i in range(rows)], "label": "a"})


def test_times_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regen.latency.measure.LEAST_CALLS", 3)
    model = Model()
    steps = iter([0, 1, 0, 2, 0, 9])  # three batches that take 1, 2 and 9 seconds
    found = measure(model, table(8), 7, batches=[2], clock=lambda: float(next(steps)))  # type: ignore[arg-type]
    assert found == {"2": {"calls": 3, "p50_ms": 2000, "p95_ms": 8300, "examples_per_second": 0.5}}
    assert model.asked == [["0", "1"]] * 3 + [["2", "3"], ["4", "5"]]  # two calls to warm up, the last one left out


@pytest.mark.parametrize(("rows", "calls"), [(1, 30), (31, 30), (32, 30), (64, 30), (224, 35), (32 * 31, 31)])
def test_few_examples_are_predicted_in_rounds(rows: int, calls: int) -> None:
    model = Model()
    assert measure(model, table(rows), 1000, batches=[32])["32"]["calls"] == calls  # type: ignore[arg-type]
    assert all(len(asked) == min(rows, 32) for asked in model.asked)
    assert len(model.asked) == calls + 2


def test_rounds_end_when_they_take_too_long() -> None:
    ticks = iter(range(0, 10_000, 50))  # each call takes 50 seconds
    found = measure(Model(), table(4), 4, batches=[2], clock=lambda: float(next(ticks)))  # type: ignore[arg-type]
    assert found == {"2": {"calls": 4, "p50_ms": 50_000, "p95_ms": 50_000, "examples_per_second": 0.0}}


def test_examples_are_shuffled_and_have_no_answers() -> None:
    drawn = examples_of(table(50), ["label"], seed=0)
    assert list(drawn.columns) == ["id"]
    assert drawn["id"].tolist() == examples_of(table(50), ["label"], seed=0)["id"].tolist()
    assert drawn["id"].tolist() != table(50)["id"].tolist()
    assert sorted(drawn["id"]) == sorted(table(50)["id"])
