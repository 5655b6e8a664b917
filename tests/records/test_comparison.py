from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from made_up import made_up_cell, made_up_task
from record_cells import GOLD, STATISTICS, compared_cells, name_cell, rows, topic_cell
from regen.config.cell import CellConfig
from regen.config.task_types import Metric
from regen.records.comparison import (
    MCNEMAR,
    NO_OUTCOMES,
    OTHER_DATA,
    OTHER_METRIC,
    OVER_FOLDS,
    RANDOMISATION,
    compare,
    untested,
)
from regen.records.outcomes import MEASURES, outcome_table, repeats_of
from regen.scoring.official import official_score

GOOD, POOR = ["a" if i == 3 else gold for i, gold in enumerate(GOLD)], ["a"] * 20
TAGS = [["B-LOC", "O"], ["O", "B-PER"], ["B-ORG", "I-ORG"]]
FOUND = [["B-LOC", "O"], ["O", "O"], ["B-ORG", "O"]]


def labelled(config: CellConfig, *splits: str) -> dict[str, Any]:
    """What outcomes look at in the record of a cell that was scored on these splits."""
    return {"metric": config.metric, "config": config.model_dump(mode="json"), "scores": dict.fromkeys(splits)}


@pytest.mark.parametrize("metric", MEASURES)
def test_counts_give_the_official_metric(metric: Metric) -> None:
    sides: dict[str, Any] = {
        "accuracy": (GOLD, GOOD),
        "exact_match": ([["an answer"], ["b", "c"]], ["an answer", "d"]),
        "strict_relation_f1": (['{"entities": [], "relations": []}'] * 2, ['{"entities": [], "relations": []}'] * 2),
    }
    gold, pred = sides.get(metric, (TAGS, FOUND))
    tokens = [["x", "y"]] * len(gold)
    official = official_score(metric, gold, pred, ["LOC", "ORG", "PER", *"abc"], tokens)
    assert MEASURES[metric](official.counts.sum(axis=0, keepdims=True))[0] == pytest.approx(official.value)


def test_outcomes_hold_no_text_and_no_hidden_split() -> None:
    config = topic_cell()
    hidden = rows("test_hidden", [None, None], ["a", "b"])
    table = outcome_table(labelled(config, "dev"), pd.concat([rows("dev", GOLD, GOOD), hidden], ignore_index=True))
    assert list(table.columns) == ["split", "seed", "fold", "unit", "c0", "c1"]
    assert set(table["split"]) == {"dev"}
    assert table["c0"].tolist() == [int(i != 3) for i in range(20)]


def test_units_are_documents_where_there_are_several() -> None:
    config: CellConfig = name_cell()
    parts = [rows("dev", TAGS, FOUND, document=[1, 0, 1]), rows("test", TAGS, FOUND, document=[7, 7, 7])]
    table = outcome_table(labelled(config, "dev", "test"), pd.concat(parts, ignore_index=True))
    dev, test = (table[table["split"] == split][["c0", "c1", "c2"]].to_numpy().tolist() for split in ("dev", "test"))
    assert dev == [[0, 0, 1], [1, 2, 2]]
    assert test == [[1, 1, 1], [0, 0, 1], [0, 1, 1]]


def test_repeats_of_folds_have_their_own_dev_and_share_test() -> None:
    config = made_up_cell("majority", made_up_task("classification", "abc", test=True), seeds=[0, 1])
    parts = [
        rows(split, GOLD[: 4 + 2 * fold * (split == "dev")], GOOD[: 4 + 2 * fold * (split == "dev")], seed=seed).assign(
            fold=fold
        )
        for fold in (0, 1)
        for seed in (0, 1)
        for split in ("dev", "test")
    ]
    table = outcome_table(labelled(config, "dev", "test"), pd.concat(parts, ignore_index=True))
    assert {fold: counts.shape for fold, counts in repeats_of(table, "dev").items()} == {0: (2, 4, 2), 1: (2, 6, 2)}
    assert {fold: counts.shape for fold, counts in repeats_of(table, "test").items()} == {0: (4, 4, 2)}
    assert repeats_of(table, "other") == {}


def test_single_repeats_of_right_and_wrong_are_tested_by_mcnemar(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR])
    found = compare(good, poor, outcomes, "dev", STATISTICS)
    assert found is not None
    assert (found.cell, found.against, found.split, found.test) == ("made_up.good", "made_up.poor", "dev", MCNEMAR)
    assert found.difference == pytest.approx(19 / 20 - 8 / 20)
    assert found.low < found.difference < found.high
    assert found.p < 0.01
    assert found.tells_apart(0.95)


def test_several_repeats_are_tested_by_randomisation(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, good=[GOOD, GOLD], poor=[POOR])
    found = compare(good, poor, outcomes, "test", STATISTICS)
    assert found is not None
    assert found.test == RANDOMISATION
    assert found.difference == pytest.approx(good["scores"]["test"]["mean"] - poor["scores"]["test"]["mean"])


def test_a_difference_that_one_fold_makes_is_no_difference_over_folds(tmp_path: Path) -> None:
    near = [*GOOD[:-1], "a"]
    predicted = {"good": [GOLD, GOOD, GOOD], "poor": [POOR, near, GOOD]}
    (good, poor), outcomes = compared_cells(tmp_path, folds=True, **predicted)
    (same, other), by_seed = compared_cells(tmp_path, **predicted)
    for split in ("dev", "test"):
        found, over_examples = (
            compare(good, poor, outcomes, split, STATISTICS),
            compare(same, other, by_seed, split, STATISTICS),
        )
        assert found is not None
        assert over_examples is not None
        assert (found.test, over_examples.test) == (OVER_FOLDS, RANDOMISATION)
        assert over_examples.p < 0.01
        assert found.p == pytest.approx(float(ttest_1samp([12 / 20, 1 / 20, 0], 0).pvalue))


def test_folds_that_agree_leave_the_test_over_examples(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, folds=True, good=[GOOD, GOOD], poor=[POOR, POOR])
    found = compare(good, poor, outcomes, "test", STATISTICS)
    assert found is not None
    assert found.test == OVER_FOLDS
    assert 0 < found.p < 0.01  # all folds differ alike, so that t has p = 0


def test_cells_of_other_folds_are_tested_over_examples_alone(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, folds=True, good=[GOOD, GOOD, GOOD], poor=[POOR, POOR])
    found = compare(good, poor, outcomes, "test", STATISTICS)
    assert found is not None
    assert found.test == RANDOMISATION


def test_what_was_not_scored_on_the_same_examples_is_not_compared(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR])
    other_data = {**poor, "card": {**poor["card"], "files": {"dev.json": "2"}}}
    fewer = {**outcomes, poor["cell"]: outcomes[poor["cell"]][lambda table: table["unit"] < 7]}
    assert compare(good, other_data, outcomes, "dev", STATISTICS) is None
    assert compare(good, poor, {good["cell"]: outcomes[good["cell"]]}, "dev", STATISTICS) is None
    assert compare(good, poor, outcomes, "none", STATISTICS) is None
    assert compare(good, poor, fewer, "dev", STATISTICS) is None
    assert np.isfinite(good["scores"]["dev"]["mean"])


def test_a_plain_difference_says_why_it_is_not_tested(tmp_path: Path) -> None:
    (good, poor), outcomes = compared_cells(tmp_path, good=[GOOD], poor=[POOR])
    found = untested(good, poor, {}, "dev")
    assert found is not None
    assert (found.cell, found.against, found.reason) == ("made_up.good", "made_up.poor", NO_OUTCOMES)
    assert found.difference == pytest.approx(19 / 20 - 8 / 20)
    other_data = {**poor, "card": {**poor["card"], "files": {"dev.json": "2"}}}
    metric = untested(good, {**poor, "metric": "span_f1"}, outcomes, "dev")
    reasons = [untested(good, other, outcomes, "dev") for other in (poor, other_data)]
    assert [one.reason for one in reasons if one] == [OTHER_DATA, OTHER_DATA]  # of the first, other units
    assert metric is not None
    assert (metric.difference, metric.reason) == (None, OTHER_METRIC)
    assert untested(good, poor, outcomes, "none") is None
