from pathlib import Path

import pytest

from record_cells import GOLD, STATISTICS, compared_cells
from regen.records.comparison import compare
from regen.records.family import compare_all, pair_tests

GOOD, POOR = ["a" if i == 3 else gold for i, gold in enumerate(GOLD)], ["a"] * 20


def test_all_pairs_are_one_family(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR], right=[GOLD])
    family = pair_tests(records, outcomes, "dev", STATISTICS.seed)
    assert [pair.cells for pair in family] == [
        ("made_up.good", "made_up.poor"),
        ("made_up.good", "made_up.right"),
        ("made_up.poor", "made_up.right"),
    ]
    good, near, poor = family
    assert (good.difference, near.difference) == (pytest.approx(11 / 20), pytest.approx(-1 / 20))
    assert poor.adjusted == pytest.approx(3 * poor.p)  # the smallest of three
    assert good.adjusted == pytest.approx(2 * good.p)
    assert near.adjusted == near.p == pytest.approx(0.5)  # one example apart


def test_comparisons_with_one_are_corrected_for_all_pairs(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR], right=[GOLD])
    found = compare_all(records, records[2], outcomes, "dev", STATISTICS)
    assert [one.cell for one in found] == ["made_up.good", "made_up.poor"]
    assert found[1].adjusted == pytest.approx(3 * found[1].p)  # two comparisons, three pairs
    alone = compare(records[1], records[2], outcomes, "dev", STATISTICS)
    assert alone is not None
    assert (alone.p, alone.low, alone.high) == (found[1].p, found[1].low, found[1].high)
    family = pair_tests(records, outcomes, "dev", STATISTICS.seed)
    assert compare_all(records, records[2], outcomes, "dev", STATISTICS, family) == found


def test_cells_without_outcomes_are_in_no_pair(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR], right=[GOLD])
    some = {cell: table for cell, table in outcomes.items() if cell != "made_up.poor"}
    assert [pair.cells for pair in pair_tests(records, some, "dev", 0)] == [("made_up.good", "made_up.right")]
    assert [one.cell for one in compare_all(records, records[2], some, "dev", STATISTICS)] == ["made_up.good"]
    assert compare_all(records, records[1], some, "dev", STATISTICS) == []
