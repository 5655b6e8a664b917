"""Submission files from predictions: what a board reads, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from regen.config.submission import SubmissionConfig, SubmissionSpec
from regen.errors import UserError
from regen.submissions.write import best_repeats, write_files


def predictions(pred: dict[tuple[int, int], list[Any]], ids: list[str], split: str = "test") -> pd.DataFrame:
    """Give rows of repeats, (seed, fold) -> predictions, with others of dev between them."""
    rows = []
    for (seed, fold), values in pred.items():
        rows += [(seed, fold, "dev", "dev-0", values[0])]
        rows += [(seed, fold, split, name, value) for name, value in zip(ids, values, strict=True)]
    return pd.DataFrame(rows, columns=["seed", "fold", "split", "id", "pred"])


def written(folder: Path, pred: list[Any], examples: dict[str, list[Any]], **keys: Any) -> str:
    """Write the one file of a cell with one repeat and give its text."""
    spec = SubmissionSpec(**{"file": "x_predict.json", **keys})
    frame = pd.DataFrame(examples)
    table = predictions({(0, 0): pred}, examples["id"])
    record = {"scores": {"dev": {"repeats": [{"seed": 0, "fold": 0, "value": 0.5}]}}}
    write_files(folder, SubmissionConfig(task="made_up", files={"test": spec}), table, record, {"test": frame})
    (path,) = folder.iterdir()
    assert path.name == spec.file
    return path.read_bytes().decode()


def test_rows_are_numbered(tmp_path: Path) -> None:
    text = written(tmp_path, ["1", "0"], {"id": ["test-0", "test-1"], "text": ["zebra", "quokka"]}, id="row")
    assert text == '{"id": 0, "label": "1"}\n{"id": 1, "label": "0"}\n'


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"id": "int"}, '{"id": 2415, "label": "1"}'),
        ({"id": "string"}, '{"id": "2415", "label": "1"}'),
        ({"id": "int", "key": "answer", "answer": "int"}, '{"id": 2415, "answer": 1}'),
    ],
)
def test_ids_and_answers_have_the_types_of_the_board(tmp_path: Path, keys: dict[str, Any], line: str) -> None:
    assert written(tmp_path, ["1", "0"], {"id": ["2415", "7"]}, **keys).splitlines()[0] == line


def test_labels_stay_characters(tmp_path: Path) -> None:
    assert written(tmp_path, ["力学"], {"id": ["3"]}) == '{"id": 3, "label": "力学"}\n'


def test_one_object_for_all_answers(tmp_path: Path) -> None:
    text = written(tmp_path, ["范廷颂", ""], {"id": ["TEST_0_QUERY_0", "TEST_0_QUERY_1"]}, form="object")
    assert text == '{\n "TEST_0_QUERY_0": "范廷颂",\n "TEST_0_QUERY_1": ""\n}\n'


def test_numbers_in_one_object(tmp_path: Path) -> None:
    text = written(tmp_path, ["3"], {"id": ["#idiom623377#"]}, form="object", answer="int")
    assert json.loads(text) == {"#idiom623377#": 3}


def test_spans_of_cluener(tmp_path: Path) -> None:
    """Types are sorted, a mention has all its places, the end is inclusive, and a row without spans has none."""
    tokens = [list("小明和大小明在青山"), list("今天晴")]
    tags = [["B-name", "I-name", "O", "O", "B-name", "I-name", "O", "B-address", "I-address"], ["O", "O", "O"]]
    text = written(tmp_path, tags, {"id": ["test-0", "test-1"], "tokens": tokens}, id="row", answer="spans")
    assert text == (
        '{"id": 0, "label": {"address": {"青山": [[7, 8]]}, "name": {"小明": [[0, 1], [4, 5]]}}}\n'
        '{"id": 1, "label": {}}\n'
    )


def test_the_repeat_that_is_best_on_dev_is_written(tmp_path: Path) -> None:
    repeats = [{"seed": seed, "fold": 0, "value": value} for seed, value in ((4, 0.2), (7, 0.9), (9, 0.9))]
    table = predictions({(4, 0): ["a"], (7, 0): ["b"], (9, 0): ["c"]}, ["5"])
    submission = SubmissionConfig(task="made_up", files={"test": SubmissionSpec(file="x.json")})
    write_files(
        tmp_path, submission, table, {"scores": {"dev": {"repeats": repeats}}}, {"test": pd.DataFrame({"id": ["5"]})}
    )
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{"id": 5, "label": "b"}\n'


def test_each_fold_has_its_file(tmp_path: Path) -> None:
    values = {(4, 0): 0.1, (7, 0): 0.2, (4, 1): 0.6, (7, 1): 0.5}
    repeats = [{"seed": seed, "fold": fold, "value": value} for (seed, fold), value in values.items()]
    table = predictions({key: [f"s{key[0]}f{key[1]}"] for key in values}, ["5"])
    submission = SubmissionConfig(task="made_up", files={"test": SubmissionSpec(file="x_predict_{fold}.json")})
    write_files(
        tmp_path, submission, table, {"scores": {"dev": {"repeats": repeats}}}, {"test": pd.DataFrame({"id": ["5"]})}
    )
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "x_predict_0.json": '{"id": 5, "label": "s7f0"}\n',
        "x_predict_1.json": '{"id": 5, "label": "s4f1"}\n',
    }


def test_one_file_for_folds_is_of_the_best_of_all() -> None:
    repeats = [{"seed": 0, "fold": fold, "value": value} for fold, value in enumerate((0.3, 0.7, 0.5))]
    assert [repeat["fold"] for repeat in best_repeats(repeats, each_fold=False)] == [1]


@pytest.mark.parametrize(
    ("pred", "ids", "keys", "said"),
    [
        (["1"], ["test-0"], {"id": "int"}, "submission.test: the examples have no ids of their own, found 'test-0'; "),
        (["1"], ["test-0"], {"form": "object"}, "submission.test: the examples have no ids of their own, found"),
        (["1"], ["x7"], {"id": "int"}, "submission.test.id: found the id 'x7', expected whole numbers; say 'id: st"),
        (["1"], ["07"], {"id": "int"}, "submission.test.id: found the id '07', expected whole numbers; say 'id: st"),
        (["1", "b"], ["1", "2"], {"answer": "int"}, "submission.test.answer: found the label 'b', expected whole num"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, pred: list[str], ids: list[str], keys: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError) as caught:
        written(tmp_path, pred, {"id": ids}, **keys)
    assert str(caught.value).startswith(f"task made_up: {said}")
    assert len(str(caught.value).splitlines()) == 1
