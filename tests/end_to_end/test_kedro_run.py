"""``kedro run`` as a program: what it makes, and how it says what is wrong."""

import json

import pytest
from project_clone import Clone

pytestmark = pytest.mark.slow


@pytest.mark.exhaustive
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
