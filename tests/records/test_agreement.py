from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up import made_up_cell, made_up_task
from record_cells import CARD, compared_cells, record_of, rows
from regen.records.agreement import Agreement, agreement, right_units
from regen.records.outcomes import outcome_table

FILES = {**CARD, "files": {"dev.txt": "1"}, "shared_texts": {}}


def test_each_example_is_counted_once(tmp_path: Path) -> None:
    gold = list("aabbc" * 4)
    one = ["b", *gold[1:]]  # wrong in the first alone
    other = ["b", "b", "a", *gold[3:]]  # wrong in the first three
    (first, second), outcomes = compared_cells(tmp_path, one=[one], other=[other])
    found = agreement(first, second, outcomes)
    assert found == Agreement("made_up.one", "made_up.other", "examples", 17, 2, 0, 1)
    assert agreement(second, first, outcomes) == Agreement("made_up.other", "made_up.one", "examples", 17, 0, 2, 1)


def test_the_first_repeat_counts(tmp_path: Path) -> None:
    gold = list("aabbc" * 4)
    (first, second), outcomes = compared_cells(tmp_path, one=[gold, ["a"] * 20], other=[["c"] * 20])
    assert agreement(first, second, outcomes) == Agreement("made_up.one", "made_up.other", "examples", 4, 16, 0, 0)


def test_folds_are_added_up(tmp_path: Path) -> None:
    (first, second), outcomes = compared_cells(tmp_path, one=[list("aabbc" * 4)], other=[["a"] * 20])
    folded = {cell: pd.concat([table, table.assign(fold=1)]) for cell, table in outcomes.items()}
    first["scores"]["dev"]["interval"]["over"] = "examples of each fold"  # as records of several folds have it
    assert agreement(first, second, folded) == Agreement("made_up.one", "made_up.other", "examples", 16, 24, 0, 0)


def test_examples_of_folds_are_examples(tmp_path: Path) -> None:
    (first, second), outcomes = compared_cells(tmp_path, one=[list("aabbc" * 4)], other=[["a"] * 20])
    first["scores"]["dev"]["interval"]["over"] = "examples of each fold"
    found = agreement(first, second, outcomes)
    assert found is not None
    assert found.units == "examples"


def test_what_cannot_be_set_side_by_side(tmp_path: Path) -> None:
    (first, second), outcomes = compared_cells(tmp_path, one=[["a"] * 20], other=[["a"] * 20])
    assert agreement(first, second, {"made_up.one": outcomes["made_up.one"]}) is None
    assert agreement(first, {**second, "card": {**second["card"], "files": {}}}, outcomes) is None
    shorter = {**outcomes, "made_up.other": outcomes["made_up.other"].query("unit < 7")}
    assert agreement(first, second, shorter) is None


def tagged(folder: Path, recipe: str, pred: list[list[str]], **columns: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    gold = [["B-PER", "I-PER"], ["O", "B-LOC"], ["O", "O"], ["B-ORG", "O"]]
    config = made_up_cell("crf", made_up_task("tagging", ["LOC", "ORG", "PER"], test=False), recipe=recipe)
    table = rows("dev", gold, pred, **columns)
    record = record_of(config, folder, table, card=FILES)
    return record, outcome_table(record, table)


ONE = [["B-PER", "I-PER"], ["O", "B-ORG"], ["O", "O"], ["B-ORG", "B-ORG"]]
OTHER = [["B-PER", "O"], ["O", "B-LOC"], ["O", "O"], ["O", "O"]]


def test_a_sentence_is_right_where_all_its_spans_are(tmp_path: Path) -> None:
    """The first has one span too many in the last sentence; the third sentence has none, and none is predicted."""
    (one, counts), (other, others) = tagged(tmp_path, "one", ONE), tagged(tmp_path, "other", OTHER)
    found = agreement(one, other, {"made_up.one": counts, "made_up.other": others})
    assert found == Agreement("made_up.one", "made_up.other", "examples", 1, 1, 1, 1)


def test_a_document_is_right_where_all_its_sentences_are(tmp_path: Path) -> None:
    documents = ["x", "y", "x", "y"]
    (one, counts), (other, others) = (
        tagged(tmp_path, name, pred, document=documents) for name, pred in (("one", ONE), ("other", OTHER))
    )
    found = agreement(one, other, {"made_up.one": counts, "made_up.other": others})
    assert found == Agreement("made_up.one", "made_up.other", "documents", 0, 1, 0, 1)


def test_surfaces_are_right_label_by_label() -> None:
    """Two labels, two right and two wrong rows: sums over labels alone would call the third row right."""
    counts = np.array([[1, 2, 1, 2, 1, 2], [0, 0, 0, 0, 0, 0], [1, 0, 1, 1, 1, 1], [1, 1, 2, 1, 1, 1]])
    assert right_units("surface_macro_f1", counts).tolist() == [True, True, False, False]


@pytest.mark.parametrize("metric", ["accuracy", "exact_match"])
def test_answers_are_right_where_all_of_a_unit_are(metric: Any) -> None:
    assert right_units(metric, np.array([[1, 1], [0, 1], [3, 3], [2, 3]])).tolist() == [True, False, True, False]


@given(
    st.lists(st.tuples(*[st.lists(st.sampled_from(["O", "B-LOC", "B-PER"]), min_size=2, max_size=2)] * 2), min_size=1)
)
def test_right_is_what_the_score_calls_perfect(pairs: list[tuple[list[str], list[str]]]) -> None:
    from regen.scoring.official import official_score

    gold, pred = map(list, zip(*pairs, strict=True))
    right = right_units("span_f1", official_score("span_f1", gold, pred, ["LOC", "PER"]).counts)
    assert right.tolist() == [one == other for one, other in pairs]
