import numpy as np
import pandas as pd
import pytest

from regen.statistics.units import documents_of, unit_sums

COUNTS = np.array([[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [({}, None), ({"document": ["a", "a", "a"]}, None), ({"document": ["b", "a", "b"]}, ["b", "a", "b"])],
)
def test_documents_count_where_there_are_several(columns: dict[str, list[str]], expected: list[str] | None) -> None:
    found = documents_of(pd.DataFrame({"id": [1, 2, 3], **columns}))
    assert (found is None) if expected is None else list(found) == expected  # type: ignore[arg-type]


def test_counts_are_summed_in_the_order_of_names() -> None:
    assert unit_sums(COUNTS, ["b", "a", "b"]).tolist() == [[3, 4], [6, 8]]
    assert unit_sums(COUNTS, None) is COUNTS
