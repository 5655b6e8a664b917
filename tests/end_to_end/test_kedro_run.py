"""``kedro run`` as a program: what it makes, and how it says what is wrong."""

import json

import pytest
from project_clone import Clone

pytestmark = pytest.mark.slow


def test_default_run_makes_the_report_in_an_environment_of_its_own(clone: Clone) -> None:
    clone.run("kedro", "run", "--env", "smoke")
    assert (clone.root / "data/smoke/08_reporting/site/sample/index.html").is_file()
    made = clone.root / "data/smoke/08_reporting"
    record = json.loads((made / "cells/sample_ner/crf/record.json").read_text("utf-8"))
    assert record["training"]["examples"] == 20
    record = json.loads((made / "cells/sample_ner/minilm/record.json").read_text("utf-8"))
    (model,) = record["training"]["models"]
    assert [row["epoch"] for row in model["history"]] == [1]
    assert record["config"]["precision"] == model["hardware"]["precision"]
    telemetry = json.loads(
        (clone.root / "data/smoke/08_reporting/telemetry/sample_ner/crf/fit.json").read_text("utf-8")
    )
    assert telemetry["wall_seconds"] > 0
    assert telemetry["peak_memory_bytes"] > 1_000_000


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("--pipelines", "nothing"),
            "Error: Failed to find the pipeline named 'nothing'; 'kedro registry",
        ),
        (("--pipelines", "fit", "--namespaces", "sample_ner.crff"), "Error: Pipeline does not contain nodes"),
        (("--params", "crf.c1=3"), "Error: --params: found crf, expected none"),
        (("--pipelines", "gather", "--namespaces", "conll2003"), "run the stage that makes it first"),
        (("--env", "nowhere"), "Error: conf/nowhere: there is no such environment"),
    ],
)
def test_mistake_is_one_line(clone: Clone, arguments: tuple[str, ...], line: str) -> None:
    printed = clone.run("kedro", "run", *arguments, ok=False)
    assert line in printed
    assert "Traceback" not in printed
    assert sum(text.startswith("Error: ") for text in printed.splitlines()) == 1


def test_wrong_config_stops_every_command_in_one_line(clone: Clone) -> None:
    recipe = clone.root / "conf/base/recipes/crf.yml"
    text = recipe.read_text("utf-8")
    recipe.write_text(text.replace("  estimator:", "  learning_rte: 1\n  estimator:"), encoding="utf-8")
    try:
        for command in (("run",), ("registry", "list"), ("lineage", "write", "--check")):
            printed = clone.run("kedro", *command, ok=False)
            assert "Error: conf/base/recipes/crf.yml:3: crf.learning_rte: unknown key" in printed
            assert "Traceback" not in printed
    finally:
        recipe.write_text(text, encoding="utf-8")


def test_lineage_check_names_what_is_stale(clone: Clone) -> None:
    assert clone.run("kedro", "lineage", "write", "--check") == ""
    path = clone.root / "lineage/ocnli/dvc.yaml"
    text = path.read_text("utf-8")
    path.write_text(text + "# edited\n", encoding="utf-8")
    assert "Error: lineage/ocnli/dvc.yaml: stale; run 'kedro lineage write'" in clone.run(
        "kedro", "lineage", "write", "--check", ok=False
    )
    assert clone.run("kedro", "lineage", "write") == "lineage/ocnli/dvc.yaml\n"
    assert path.read_text("utf-8") == text


def test_own_data_set_from_one_yaml_file(clone: Clone) -> None:
    folder = clone.root.parent / "own"
    folder.mkdir()
    rows = [{"body": f"{word} number {i}", "queue": word} for i in range(6) for word in ("bill", "crash")]
    for split in ("train", "dev"):
        (folder / f"{split}.json").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (clone.root / "conf/base/tasks/own.yml").write_text(
        f"""own:  # a comment that stays
  title: Own
  benchmark: own
  type: classification
  language: en
  licence: mine
  source: mine
  files:
    - {{name: train.json, sha256: null, sources: [{{path: {folder}/train.json}}]}}
    - {{name: dev.json, sha256: null, sources: [{{path: {folder}/dev.json}}]}}
  read:
    format: json_lines
    fields: {{text: body, label: queue}}
    labels: [bill, crash]
    splits: {{train: {{file: train.json}}, dev: {{file: dev.json}}}}
  metric: accuracy
""",
        encoding="utf-8",
    )
    suite = clone.root / "conf/base/suites/own_suite.yml"
    suite.write_text("own_suite: {title: Own, cells: [own.majority, own.linear]}\n", encoding="utf-8")
    assert "kedro source pin own" in clone.run("kedro", "run", "--pipelines", "ingest", "--namespaces", "own")
    assert "dev.json, train.json pinned" in clone.run("kedro", "source", "pin", "own")
    text = (clone.root / "conf/base/tasks/own.yml").read_text("utf-8")
    assert "# a comment that stays" in text
    assert "null" not in text
    clone.run("kedro", "run", "--pipelines", "own_suite")
    record = json.loads((clone.root / "data/08_reporting/cells/own/linear/record.json").read_text("utf-8"))
    assert record["scores"]["dev"]["mean"] == 1.0
