"""What ``evaluate`` writes for hidden test splits, from fit to file, and that the check finds it right."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from made_up import made_up_cell, made_up_task
from regen.config.machine import Machine
from regen.config.statistics import StatisticsConfig
from regen.config.submission import SubmissionConfig, SubmissionSpec
from regen.config.task import TaskSpec
from regen.io.datasets import Folder
from regen.pipelines.evaluate.nodes import predict, score
from regen.pipelines.evaluate.submission import submit
from regen.pipelines.fit.nodes import fit
from regen.submissions.check import check_file
from regen.submissions.ids import submission_ids

TOPICS = made_up_task("classification", ["a", "b"], test=False)
PAIRS = made_up_task("pair_classification", ["0", "1"], test=False)
NAMES = made_up_task("tagging", ["LOC", "PER"], test=False).model_copy(update={"metric": "surface_macro_f1"})

TEXTS = {"text": ["zebra quokka", "zebra walrus", "lemur gecko"], "label": ["a", "a", "b"]}
TWO = {"text_a": ["zebra", "lemur"], "text_b": ["zebra", "ibis"], "label": ["1", "1"]}
CHARACTERS = {
    "document": [0, 0],
    "tokens": [list("小明在巴黎"), list("今天晴")],
    "tags": [["B-PER", "I-PER", "O", "B-LOC", "I-LOC"], ["O"] * 3],
}


def frame(rows: dict[str, list[Any]], ids: list[str], gold: str | None = None) -> pd.DataFrame:
    """Give examples; of a hidden split, without answers."""
    made = pd.DataFrame({"id": ids, **rows})
    return made if gold is None else made.assign(**{gold: None})


def submitted(
    folder: Path, task: TaskSpec, spec: SubmissionSpec, rows: dict[str, list[Any]], ids: list[str], estimator: str
) -> Path:
    """Fit, predict, score and submit; give the folder of the files."""
    (folder / "model").mkdir()
    (folder / "requirements.lock").write_bytes(b"library==1\n")
    machine = Machine(project=folder, state=folder / "data" / ".state", offline=True)
    config = made_up_cell(estimator, task, seeds=[3, 5])
    train = frame(rows, [f"x-{number}" for number in range(len(ids))])
    test = frame(rows, ids, config.gold)
    fit(train, train, config, machine)(folder / "model")
    table = predict(folder / "model", config, dev=train, test=test)
    card = {"splits": {"train": {"examples": len(train)}}}
    record = score(folder / "model", table, card, config, StatisticsConfig(resamples=100), machine)["record"]
    out = Folder(filepath=str(folder / "submission"))
    out.save(submit(table, record, SubmissionConfig(task="made_up", files={"test": spec}), test=test))
    path = out.load() / spec.file
    assert list(out.load().iterdir()) == [path]
    assert check_file(path, spec, submission_ids("made_up", "test", spec, test), test, task.read.labels) == []
    return path


def test_classification(tmp_path: Path) -> None:
    spec = SubmissionSpec(file="topics_predict.json", id="int")
    path = submitted(tmp_path, TOPICS, spec, TEXTS, ["111", "188", "21"], "linear")
    assert path.read_text(encoding="utf-8") == (
        '{"id": 111, "label": "a"}\n{"id": 188, "label": "a"}\n{"id": 21, "label": "b"}\n'
    )


def test_pairs(tmp_path: Path) -> None:
    spec = SubmissionSpec(file="pairs_predict.json", id="row")
    path = submitted(tmp_path, PAIRS, spec, TWO, ["test-0", "test-1"], "majority")
    assert path.read_text(encoding="utf-8") == '{"id": 0, "label": "1"}\n{"id": 1, "label": "1"}\n'


def test_tagging(tmp_path: Path) -> None:
    spec = SubmissionSpec(file="names_predict.json", id="row", answer="spans")
    path = submitted(tmp_path, NAMES, spec, CHARACTERS, ["test-0", "test-1"], "majority")
    first, second = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {"id": 0, "label": {"LOC": {"巴黎": [[3, 4]]}, "PER": {"小明": [[0, 1]]}}}
    assert json.loads(second) == {"id": 1, "label": {}}


@pytest.mark.parametrize(("task", "rows"), [(TOPICS, TEXTS), (PAIRS, TWO)])
def test_no_text_of_the_data_is_in_it(tmp_path: Path, task: TaskSpec, rows: dict[str, list[Any]]) -> None:
    spec = SubmissionSpec(file="x.json", id="row")
    path = submitted(tmp_path, task, spec, rows, [f"test-{number}" for number in range(len(rows["label"]))], "majority")
    words = " ".join(value for name, values in rows.items() if name != "label" for value in values).split()
    assert not [word for word in words if word in path.read_text(encoding="utf-8")]
