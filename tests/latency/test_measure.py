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


def test_times_of_calls() -> None:
    model = Model()
    steps = iter([0, 1, 0, 2, 0, 9])  # three batches that take 1, 2 and 9 seconds
    found = measure(model, table(8), 7, batches=[2], clock=lambda: float(next(steps)))  # type: ignore[arg-type]
    assert found == {"2": {"calls": 3, "p50_ms": 2000, "p95_ms": 8300, "examples_per_second": 0.5}}
    assert model.asked == [["0", "1"]] * 3 + [["2", "3"], ["4", "5"]]  # two calls to warm up, the last one left out


@pytest.mark.parametrize(("rows", "calls"), [(1, 1), (31, 1), (32, 1), (64, 2)])
def test_few_examples_are_one_smaller_batch(rows: int, calls: int) -> None:
    model = Model()
    assert measure(model, table(rows), 100, batches=[32])["32"]["calls"] == calls  # type: ignore[arg-type]
    assert all(len(asked) == min(rows, 32) for asked in model.asked)


def test_examples_are_shuffled_and_have_no_answers() -> None:
    drawn = examples_of(table(50), ["label"], seed=0)
    assert list(drawn.columns) == ["id"]
    assert drawn["id"].tolist() == examples_of(table(50), ["label"], seed=0)["id"].tolist()
    assert drawn["id"].tolist() != table(50)["id"].tolist()
    assert sorted(drawn["id"]) == sorted(table(50)["id"])
