from pathlib import Path

import pandas as pd

from record_cells import CARD, STATISTICS, record_of, rows, topic_cell
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
    assert lines[3].endswith(", p < 0.0002 (McNemar)")
    assert lines[4] == (
        "  dev examples that are right in the first repeat: 20 in both, 0 in made_up.some@HEAD~1 alone, "
        "19 in made_up.some alone, 1 in neither"
    )
    assert len(lines) == 6


def test_other_data_cannot_be_paired(tmp_path: Path) -> None:
    one, other = (version(tmp_path, name, pred) for name, pred in (("made_up.a", POOR), ("made_up.b", GOOD)))
    card = {**other.record["card"], "files": {"dev.json": "abcdefghijk", "test.json": "x" * 9}}
    lines = change_lines(one, Version(other.name, {**other.record, "card": card}, None), STATISTICS)
    assert lines[1:3] == ["  data: dev.json: 01234567 -> abcdefgh", "  data: test.json: not there -> xxxxxxxx"]
    assert all(line.endswith("not on the same examples, or no outcomes of them are at hand") for line in lines[3:])


def test_options_of_another_estimator_are_not_listed(tmp_path: Path) -> None:
    one, other = version(tmp_path, "made_up.a", POOR, "majority"), version(tmp_path, "made_up.b", GOOD)
    settings = [line for line in change_lines(one, other, STATISTICS) if line.startswith("  config")]
    assert settings == ["  config: estimator: majority -> linear"]


def test_a_split_that_only_one_has(tmp_path: Path) -> None:
    one, other = version(tmp_path, "made_up.a", POOR), version(tmp_path, "made_up.b", GOOD)
    scores = {"dev": other.record["scores"]["dev"]}
    lines = change_lines(one, Version(other.name, {**other.record, "scores": scores}, other.outcomes), STATISTICS)
    assert "-> no score; not on the same examples" in lines[-1]


def test_p_values() -> None:
    assert [p_value(p) for p in (0.0001, 0.00024, 0.0431, 1.0)] == ["p < 0.0002", "p = 0.00024", "p = 0.043", "p = 1"]
