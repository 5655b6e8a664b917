"""Every task of conf/base that declares a submission: from a made-up test file to the board's file, and its check."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from regen.config.submission import FOLD, SubmissionConfig
from regen.config.task import TaskSpec
from regen.project import config_loader, read_specs
from regen.submissions.check import check_file
from regen.submissions.find import find_split
from regen.submissions.ids import submission_ids
from regen.submissions.write import write_files
from regen.tasks.examples import read_split, to_frame

SPECS = read_specs(config_loader(env="base"))
DECLARED = [(task, split) for task, spec in SPECS.tasks.items() for split in spec.submission]
ALL = "_all"

FIRST = {
    ("afqmc", "test"): ("afqmc_predict.json", '{"id": 0, "label": "0"}'),
    ("c3", "test"): ("c311_predict.json", '{"id": 0, "label": 0}'),
    ("chid", "test"): ("chid11_predict.json", '{"#idiom623377#": 0, "#idiom623378#": 1}'),
    ("chid", "test_1_0"): ("chid10_predict.json", '{"#idiom623377#": 0, "#idiom623378#": 1}'),
    ("cluener", "test"): ("cluener_predict.json", '{"id": 0, "label": {"address": {"青": [[0, 0]]}}}'),
    ("cluewsc2020", "test"): ("cluewsc11_predict.json", '{"id": 0, "label": "true"}'),
    ("cluewsc2020", "test_1_0"): ("cluewsc10_predict.json", '{"id": 0, "label": "true"}'),
    ("cmnli", "test"): ("cmnli_predict.json", '{"id": 0, "label": "entailment"}'),
    ("cmrc2018", "test"): ("cmrc2018_predict.json", '{"TEST_0_QUERY_0": "青山", "TEST_0_QUERY_1": "青山"}'),
    ("csl", "test"): ("csl_predict.json", '{"id": 2415, "label": "0"}'),
    ("iflytek", "test"): ("iflytek_predict.json", '{"id": 0, "label": "0"}'),
    ("ocnli", "test"): ("ocnli_50k_predict.json", '{"id": 0, "label": "entailment"}'),
    ("ocnli_3k", "test"): ("ocnli_50k_predict.json", '{"id": 0, "label": "entailment"}'),
    ("tnews", "test"): ("tnews11_predict.json", '{"id": 0, "label": "100"}'),
    ("fewclue_bustm", "test"): ("bustm_predict_{fold}.json", '{"id": 3000, "label": "0"}'),
    ("fewclue_chid", "test"): ("chidf_predict_{fold}.json", '{"id": 3000, "answer": 0}'),
    ("fewclue_cluewsc", "test"): ("cluewscf_predict_{fold}.json", '{"id": 49, "label": "true"}'),
    ("fewclue_csl", "test"): ("cslf_predict_{fold}.json", '{"id": 2415, "label": "0"}'),
    ("fewclue_csldcp", "test"): ("csldcp_predict_{fold}.json", '{"id": 0, "label": "材料科学与工程"}'),
    ("fewclue_eprstmt", "test"): ("eprstmt_predict_{fold}.json", '{"id": 111, "label": "Positive"}'),
    ("fewclue_iflytek", "test"): ("iflytekf_predict_{fold}.json", '{"id": 0, "label": "0"}'),
    ("fewclue_ocnli", "test"): ("ocnlif_predict_{fold}.json", '{"id": 0, "label": "entailment"}'),
    ("fewclue_tnews", "test"): ("tnewsf_predict_{fold}.json", '{"id": "0", "label": "100"}'),
}
"""Task, split -> name of the file and its first line (or all of it, where it is one object), as docs/submissions.md
tells. FewCLUE's are those of the board's samples; the unions of its folds have ``all`` for the number of the fold."""

IDS: dict[str, list[int | str]] = {
    "fewclue_bustm": [3000, 3001],
    "fewclue_chid": [3000, 3001],
    "fewclue_cluewsc": [49, 7],
    "fewclue_csl": [2415, 2565],
    "csl": [2415, 2565],
    "fewclue_eprstmt": [111, 188],
    "fewclue_tnews": ["0", "1"],
}
"""Ids of two rows of the test file, where they are not 0 and 1."""


def test_every_declared_file_is_expected_here() -> None:
    known = {*FIRST, *((f"{task}{ALL}", split) for task, split in FIRST if task.startswith("fewclue_"))}
    assert set(DECLARED) == known


def raw_row(name: str, spec: TaskSpec, split: str, number: int) -> dict[str, Any]:
    """Give a row of a file of JSON lines without its answer: keys as the task's file names them."""
    values: dict[str, Any] = dict.fromkeys(("text", "text_a", "text_b", "context"), f"青山{number}#idiom#")
    values |= {"id": IDS.get(name.removesuffix(ALL), [0, 1])[number], "tokens": f"青山{number}"}
    values |= {"span1": "青", "span1_start": 0, "span2": "山", "span2_start": 1, "keywords": ["甲"]}
    values["choices"] = ["甲", "乙", "丙", "丁", "戊", "己", "庚"]
    row: dict[str, Any] = {}
    for column, path in spec.read.of(split).fields.items():
        *parents, key = str(path).split(".")
        place = row
        for parent in parents:
            place = place.setdefault(parent, {})
        if column not in ("label", "tags"):
            place[key] = values[column]
    return row


def raw_text(name: str, spec: TaskSpec, split: str) -> str:
    """Give a test file with two examples, in the form of the task's."""
    if name == "c3":
        questions = [{"question": f"问{number}？", "choice": ["热", "冷"], "id": number} for number in range(2)]
        return json.dumps([[["青山"], questions, "d-0"]], ensure_ascii=False)
    if name == "chid":
        blanks = "甲#idiom623377#乙#idiom623378#"
        return json.dumps({"content": [blanks], "candidates": list("甲乙丙丁戊己庚辛壬癸")}, ensure_ascii=False)
    if name == "cmrc2018":
        answers = [{"text": "FAKE_ANSWER_1", "answer_start": -1}]
        asked = [{"id": f"TEST_0_QUERY_{number}", "question": "哪？", "answers": answers} for number in range(2)]
        return json.dumps({"data": [{"paragraphs": [{"context": "青山在湖边", "qas": asked}]}]}, ensure_ascii=False)
    return "".join(json.dumps(raw_row(name, spec, split, number), ensure_ascii=False) + "\n" for number in range(2))


def said(spec: TaskSpec) -> list[Any]:
    """Give two predictions."""
    if spec.type == "span_qa":
        return ["青山", "青山"]
    if spec.type == "tagging":
        return [["B-address", "O", "O"], ["O", "O", "O"]]
    return list(spec.read.labels[:2])


@pytest.mark.parametrize(("name", "split"), DECLARED)
def test_file_is_written_named_and_found_right(name: str, split: str, tmp_path: Path) -> None:
    spec: TaskSpec = SPECS.tasks[name]
    (raw := tmp_path / "raw").mkdir()
    (raw / spec.read.splits[split].questions[0]).write_text(raw_text(name, spec, split), encoding="utf-8")
    examples = to_frame(read_split(raw, spec.read, split))
    folds = range(spec.read.folds or 1)
    rows = [
        (0, fold, split, row_id, pred)
        for fold in folds
        for row_id, pred in zip(examples["id"], said(spec), strict=True)
    ]
    predictions = pd.DataFrame(rows, columns=["seed", "fold", "split", "id", "pred"])
    record = {"scores": {"dev": {"repeats": [{"seed": 0, "fold": fold, "value": 0.5} for fold in folds]}}}
    files = {split: spec.submission[split]}
    (out := tmp_path / "out").mkdir()
    write_files(out, SubmissionConfig(task=name, files=files), predictions, record, {split: examples})
    file, first = FIRST[name.removesuffix(ALL), split]
    wanted = file.replace(FOLD, "all") if name.endswith(ALL) else file
    assert sorted(path.name for path in out.iterdir()) == sorted({wanted.replace(FOLD, str(fold)) for fold in folds})
    ids = submission_ids(name, split, spec.submission[split], examples)
    for path in out.iterdir():
        text = path.read_text(encoding="utf-8")
        content = json.dumps(json.loads(text), ensure_ascii=False) if files[split].form == "object" else text
        assert content.splitlines()[0] == first
        assert find_split(path, SPECS.tasks, name) == (name, split, True)
        assert check_file(path, spec.submission[split], ids, examples, spec.read.labels) == []


def csldcp(name: str, folder: Path, rows: list[dict[str, Any]], split: str) -> pd.DataFrame:
    read = SPECS.tasks[name].read
    file = read.splits[split].questions[0]
    (folder / file).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return to_frame(read_split(folder, read, split))


@pytest.mark.parametrize("name", ["fewclue_csldcp", "fewclue_csldcp_all"])
def test_ids_that_repeat_in_the_public_test_of_csldcp_are_not_read(name: str, tmp_path: Path) -> None:
    rows = [{"id": number, "content": f"摘要{place}", "label": "力学"} for place, number in enumerate((5, 7, 5))]
    assert list(csldcp(name, tmp_path, rows, "test_public")["id"]) == [f"test_public-{place}" for place in range(3)]
    hidden = [{"id": number, "content": "摘要"} for number in (1938, 1940)]
    assert list(csldcp(name, tmp_path, hidden, "test")["id"]) == ["1938", "1940"]


@pytest.mark.parametrize("name", ["fewclue_bustm", "fewclue_bustm_all"])
def test_pairs_of_bustm(name: str, tmp_path: Path) -> None:
    row = {"id": 3000, "sentence1": "打开窗", "sentence2": "开窗", "label": "1"}
    (tmp_path / "test_public.json").write_text(json.dumps(row), encoding="utf-8")
    (read,) = to_frame(read_split(tmp_path, SPECS.tasks[name].read, "test_public")).to_dict("records")
    assert read == {"id": "3000", "text_a": "打开窗", "text_b": "开窗", "label": "1"}
