from pathlib import Path

import pandas as pd
import pytest

from regen.estimators.base import estimator_class, token_lists
from regen.estimators.majority.model import Model


def test_lists_that_parquet_gives_back_as_arrays(tmp_path: Path) -> None:
    rows = [["a", "b"], ["c"]]
    pd.DataFrame({"tokens": rows}).to_parquet(tmp_path / "x.parquet")
    read = token_lists(pd.read_parquet(tmp_path / "x.parquet"), "tokens")
    assert read == rows
    assert {type(row) for row in read} == {list}


def test_the_class_of_an_estimator() -> None:
    assert estimator_class("majority") is Model
    with pytest.raises(ModuleNotFoundError):
        estimator_class("no_such_estimator")
