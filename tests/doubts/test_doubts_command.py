import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from commands import run_command
from regen.doubts.run import shown
from small_project import SmallProject


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a prepared task of topics and one of names, whose dev and test are not there."""
    small = SmallProject(tmp_path)
    small.write("base/recipes/linear.yml", "linear: {title: Words, estimator: linear}\n")
    small.write("base/recipes/crf.yml", "crf: {title: Tags, estimator: crf, options: {iterations: 20}}\n")
    small.write("base/recipes/tuned.yml", "tuned: {title: T, estimator: encoder, options: {encoder: tiny}}\n")
    small.write("base/recipes/joint.yml", "joint: {title: J, estimator: ensemble, options: {members: [linear]}}\n")
    topics = [(f"t-{i}", f"{'好球' if i % 2 else '股票'} {i}", "ab"[i % 2]) for i in range(20)]
    topics[6] = ("t-6", "股票 6", "b")
    names = [(f"n-{i}", 0, ["in", "Rome", f"w{i}"], ["O", "B-X", "O"]) for i in range(10)]
    write(tmp_path, "topic", pd.DataFrame(topics, columns=["id", "text", "label"]))
    write(tmp_path, "names", pd.DataFrame(names, columns=["id", "document", "tokens", "tags"]))
    return tmp_path


def write(project: Path, task: str, train: pd.DataFrame) -> None:
    path = project / f"data/03_primary/{task}/train.parquet"
    path.parent.mkdir(parents=True)
    train.to_parquet(path)


def run(project: Path, *arguments: str) -> Result:
    return run_command(project, "doubts", *arguments)


def test_the_table_holds_no_text(project: Path) -> None:
    result = run(project, "topic")
    path = project / "data/08_reporting/doubts/topic/linear.csv"
    assert result.output == f"{path}: 20 rows, 1 of which the models would label otherwise\n"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,label,predicted,self_confidence,normalized_margin"
    assert lines[1].startswith("t-6,b,a,0.")
    assert not [line for line in lines if "股票" in line or "好球" in line]
    before = path.read_bytes()
    run(project, "topic")
    assert path.read_bytes() == before


def test_texts_are_shown_where_asked_for(project: Path) -> None:
    first, second, _ = run(project, "topic", "--show", "2", "--folds", "4").output.splitlines()
    assert first.split("\t")[:2] == ["t-6", "b -> a"]
    assert first.endswith("\t股票 6")
    assert len(second.split("\t")) == 4


def test_spans_and_keywords_are_shown() -> None:
    table = pd.DataFrame({"id": ["a"], "label": ["0"], "predicted": ["1"], "self_confidence": [0.25]})
    keywords = pd.DataFrame({"id": ["a"], "text": ["研究水稻"], "keywords": [["水稻", "小麦"]]})
    assert shown(table, keywords) == ["a\t0 -> 1\t0.250\t研究水稻 | 水稻 | 小麦"]
    spans = {"span1": ["小明"], "span1_start": [0], "span2": ["他"], "span2_start": [3]}
    train = pd.DataFrame({"id": ["a"], "text": ["小明说他"], **spans})
    assert shown(table, train)[0].endswith("\t小明说他 | 小明 | 他")


def test_the_doubted_token_is_marked(project: Path) -> None:
    line = run(project, "names", "--show", "1").output.splitlines()[0]
    assert line.split("\t")[3].count("[") == 1
    assert (project / "data/08_reporting/doubts/names/crf.csv").is_file()


def test_rows_of_all_folds_are_judged_and_told_apart(project: Path) -> None:
    path = project / "data/03_primary/topic/train.parquet"
    train = pd.read_parquet(path)
    parts = [train.head(10).assign(fold=0), train.tail(10).assign(fold=1, id=train["id"].head(10).to_numpy())]
    pd.concat(parts).to_parquet(path)
    first, _ = run(project, "topic", "--show", "1").output.splitlines()
    assert first.startswith("train_0/t-6\tb -> a\t")
    assert first.endswith("\t股票 6")


def test_a_recipe_that_uses_fewer_examples_judges_fewer(project: Path) -> None:
    path = project / "conf/base/recipes/few.yml"
    path.write_text(json.dumps({"few": {"title": "F", "extends": "linear", "train_examples": 12}}), encoding="utf-8")
    assert "few.csv: 12 rows" in run(project, "topic", "--recipe", "few").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "task nothing: there is no such task; conf/base/tasks has names, topic"),
        (("topic", "--recipe", "none"), "recipe none: there is no such recipe; conf/base/recipes has crf, "),
        (
            ("topic", "--recipe", "crf"),
            "cell topic.crf: estimator 'crf' suits relation_extraction, tagging, found task type classification",
        ),
        (("topic", "--recipe", "plain"), "recipe plain: estimator 'majority' gives no probability of every label"),
        (("topic", "--recipe", "joint"), "recipe joint: estimator 'ensemble' gives no probability of every label"),
        (("topic", "--recipe", "tuned"), "recipe tuned: its models start from the encoder 'tiny', expected a recipe "),
        (("topic", "--folds", "50"), "task topic: found 20 different texts in train, expected at least 50"),
    ],
)
def test_mistakes_are_one_line(project: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(project, *arguments)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {said}")
    assert len(result.output.splitlines()) == 1


def test_a_task_that_is_not_prepared(project: Path) -> None:
    path = project / "data/03_primary/topic/train.parquet"
    path.unlink()
    assert run(project, "topic").output == (
        f"Error: task topic: {path}: no such file; make it with "
        "'kedro run --pipelines ingest,prepare --namespaces topic'\n"
    )


def test_a_task_with_folds_is_refused(project: Path) -> None:
    path = project / "conf/base/tasks/topic.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("{file: all.json}", '{file: "{fold}.json"}').replace("    splits:", "    folds: 2\n    splits:")
    text = text.replace("- name: all.json", "- {name: 0.json, sources: [{path: x}]}\n    - name: 1.json")
    path.write_text(text, encoding="utf-8")
    assert run(project, "topic").output == (
        "Error: task topic: found 2 train sets (folds), expected one; take the task of their union\n"
    )


def test_a_type_without_labels_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regen.doubts.run._RECIPES", {"tagging": "crf"})
    assert run(project, "topic").output == (
        "Error: task topic: found type classification; labels can be doubted of tagging alone\n"
    )
