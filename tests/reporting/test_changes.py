from dataclasses import replace
from pathlib import Path

import pandas as pd

from record_cells import CARD, STATISTICS, record_of, rows, topic_cell
from regen.records.comparison import MCNEMAR, RANDOMISATION
from regen.records.outcomes import outcome_table
from regen.records.versions import Version
from regen.reporting.changes import change_lines, p_value

GOLD, GOOD, POOR = ["a", "b"] * 20, ["a", "b"] * 19 + ["a", "a"], ["a"] * 40


def version(folder: Path, name: str, pred: list[str], estimator: str = "linear", **keys: object) -> Version:
    config = topic_cell(estimator, **keys)
    parts = pd.concat([rows(split, GOLD, pred) for split in ("dev", "test")], ignore_index=True)
    record = record_of(config, folder, parts, card={**CARD, "files": {"dev.json": "0123456789"}})
    return Version(name, record, outcome_table(record, parts))


def test_config_data_code_and_scores(tmp_path: Path) -> None:
    one = version(tmp_path, "made_up.some@HEAD~1", POOR)
    other = version(tmp_path, "made_up.some", GOOD, train_examples=7)
    changed = {**other.record, "hashes": {**other.record["hashes"], "code": "9" * 64}}
    lines = change_lines(one, Version(other.name, changed, other.outcomes), STATISTICS)
    code = one.record["hashes"]["code"][:8]
    assert lines[:3] == [
        "made_up.some@HEAD~1 -> made_up.some",
        "  config: train_examples: null -> 7",
        f"  code: {code} -> 99999999",
    ]
    assert lines[3].startswith("  dev accuracy: 50.00 [")
    assert "; +47.50 [" in lines[3]
    assert lines[3].endswith(", p = 1.9e-06, uncorrected (McNemar)")
    assert lines[4] == (
        "  dev examples that are right in the first repeat: 20 in both, 0 in made_up.some@HEAD~1 alone, "
        "19 in made_up.some alone, 1 in neither"
    )
    assert len(lines) == 6


def test_other_data_cannot_be_paired(tmp_path: Path) -> None:
    one, other = (version(tmp_path, name, pred) for name, pred in (("made_up.a", POOR), ("made_up.b", GOOD)))
    card = {**other.record["card"], "files": {"dev.json": "abcdefghijk", "test.json": "x" * 9}}
    lines = change_lines(one, Version(other.name, {**other.record, "card": card}, other.outcomes), STATISTICS)
    assert lines[1:3] == ["  data: dev.json: 01234567 -> abcdefgh", "  data: test.json: not there -> xxxxxxxx"]
    assert lines[3].endswith("; +47.50, not tested: they were not scored on the same examples")
    assert len(lines) == 5


def test_without_outcomes_there_is_a_difference_and_the_reason(tmp_path: Path) -> None:
    one, other = (version(tmp_path, name, pred) for name, pred in (("made_up.a", POOR), ("made_up.b", GOOD)))
    lines = change_lines(one, replace(other, outcomes=None), STATISTICS)
    assert lines[1].endswith("; +47.50, not tested: no outcomes of made_up.b")
    assert lines[3] == (
        "  made_up.b: no outcomes: made before they were kept; 'dvc repro lineage/made_up/linear/dvc.yaml:"
        "made_up.linear.analyse' makes them"
    )
    assert len(lines) == 4
    bare = [replace(version, name=f"made_up.a@{rev}", outcomes=None) for version, rev in ((one, "v1"), (other, "v2"))]
    lines = change_lines(bare[0], bare[1], STATISTICS)
    assert lines[1].endswith("no outcomes of made_up.a@v1 and made_up.a@v2")
    assert len(lines) == 3  # no command makes those of another revision


def test_scores_of_another_metric_have_no_difference(tmp_path: Path) -> None:
    one, other = (version(tmp_path, name, pred) for name, pred in (("made_up.a", POOR), ("made_up.b", GOOD)))
    now = replace(other, record={**other.record, "metric": "exact_match"})
    line = change_lines(one, now, STATISTICS)[1]
    assert line.startswith("  dev accuracy and exact_match: 50.00 [")
    assert line.endswith("; no difference: they have other metrics")


def test_two_tasks_that_share_dev_are_compared_there_alone(tmp_path: Path) -> None:
    one, other = (version(tmp_path, name, pred) for name, pred in (("made_up.a", POOR), ("less.a", GOOD)))
    other = replace(other, record={**other.record, "task": "less"})
    shared = [replace(version, dev_files={"0": "0123456789"}) for version in (one, other)]
    lines = change_lines(shared[0], shared[1], STATISTICS)
    assert "; +47.50 [" in lines[1]
    assert not [line for line in lines if line.startswith("  test")]


def test_options_of_another_estimator_are_not_listed(tmp_path: Path) -> None:
    one, other = version(tmp_path, "made_up.a", POOR, "majority"), version(tmp_path, "made_up.b", GOOD)
    settings = [line for line in change_lines(one, other, STATISTICS) if line.startswith("  config")]
    assert settings == ["  config: estimator: majority -> linear"]


def test_a_split_that_only_one_has(tmp_path: Path) -> None:
    one, other = version(tmp_path, "made_up.a", POOR), version(tmp_path, "made_up.b", GOOD)
    scores = {"dev": other.record["scores"]["dev"]}
    lines = change_lines(one, Version(other.name, {**other.record, "scores": scores}, other.outcomes), STATISTICS)
    assert lines[-1].endswith("-> no score")


def test_bounds_of_p_values_are_those_of_random_exchanges_alone() -> None:
    values = (0.0001, 0.00024, 0.0431, 1.0)
    assert [p_value(p, RANDOMISATION) for p in values] == ["p < 0.0002", "p = 0.00024", "p = 0.043", "p = 1"]
    assert [p_value(p, MCNEMAR) for p in (1.234e-7, 0.0431, 0.0)] == ["p = 1.2e-07", "p = 0.043", "p < 1e-300"]
    assert [p_value(p, RANDOMISATION, 10) for p in (0.0001, 0.0043)] == ["p < 0.002", "p = 0.043"]
    assert p_value(0.0001, RANDOMISATION, 9000) == "p < 1"
