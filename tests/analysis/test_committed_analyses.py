"""Committed analyses go with the records beside them."""

import json
from pathlib import Path

import pytest

CELLS = sorted((Path(__file__).parents[2] / "data/08_reporting/cells").glob("*/*/analysis.json"))


@pytest.mark.parametrize("path", CELLS, ids=lambda path: f"{path.parts[-3]}.{path.parts[-2]}")
def test_counts_are_those_of_the_record(path: Path) -> None:
    record = json.loads(path.with_name("record.json").read_text(encoding="utf-8"))
    analysis = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size <= 60_000
    assert (analysis["cell"], list(analysis["splits"])) == (record["cell"], list(record["scores"]))
    for split, own in analysis["splits"].items():
        first = record["scores"][split]["repeats"][0]
        assert analysis["repeat"] == {"seed": first["seed"], "fold": first["fold"]}
        classes = {row["group"]: row for row in own["breakdowns"].get("class", [])}
        for name, expected in first.get("per_class", {}).items():
            if name in classes:
                gold = expected.get("gold", expected.get("support"))
                assert (classes[name]["gold"], classes[name]["predicted"]) == (gold, expected["predicted"])
                assert classes[name]["f1"][0] in (None, round(expected["f1"], 4))
        for kinds in own["errors"].get("spans", []):
            if kinds["kind"] == "correct" and record["metric"] != "strict_relation_f1":
                assert kinds["gold"] == kinds["predicted"] == first["correct"]
        if record["metric"] == "accuracy":
            for name in ("text_length", "context_length"):
                rows = own["breakdowns"].get(name, [])
                assert not rows or sum(row["correct"] for row in rows) / own["examples"] == pytest.approx(
                    first["value"]
                )


def test_samples_are_analysed() -> None:
    assert {path.parts[-3] for path in CELLS} >= {"sample_ner", "sample_topic"}
