"""Passages with questions in one JSON array, as C3 is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.json_questions import read_json_questions
from regen.tasks.reading import Reading

TALK = ["女：今天真冷。", "男：是啊，多穿点儿!"]


def _question(
    answer: str | None = "冷", choice: Any = ("热", "冷", "下雨"), question: Any = "天气怎么样?"
) -> dict[str, Any]:
    item = {"question": question, "choice": list(choice) if isinstance(choice, tuple) else choice}
    return item | ({"answer": answer} if answer is not None else {})


def _spec(path: Path, files: Any = None, **keys: Any) -> ReadSpec:
    names = {name: {"file": files or path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    fields = {"context": 0, "question": "question", "choices": "choice", "label": "answer"}
    told = {"fields": fields, "labels": ("0", "1", "2", "3"), "splits": names, **keys}
    return ReadSpec(format="json_questions", **told)


def _read(path: Path, content: Any, split: str = "dev", **keys: Any) -> Reading:
    made = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False, indent=1)
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    return read_json_questions(path, _spec(path, **keys), split)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "d-dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_questions_are_examples_and_the_answer_is_a_place(path: Path) -> None:
    other = _question("对", ("对", "错"), "他冷。")
    reading = _read(
        path, [[TALK, [_question(), other], "1-2"], [["一\u2028段。\n二段。"], [_question("下雨")], "m1-3"]]
    )
    assert reading.rows[0] == {
        "id": "dev-0",
        "document": 0,
        "context": "女：今天真冷。\n男：是啊，多穿点儿!",
        "question": "天气怎么样?",
        "choices": ["热", "冷", "下雨"],
        "label": "1",
    }
    assert [(row["id"], row["document"], row["label"]) for row in reading.rows] == [
        ("dev-0", 0, "1"),
        ("dev-1", 0, "0"),
        ("dev-2", 1, "2"),
    ]
    assert reading.rows[1]["choices"] == ["对", "错"]
    assert reading.rows[2]["context"] == "一\u2028段。\n二段。"


def test_ends_of_lines_and_a_byte_order_mark_do_not_matter(path: Path) -> None:
    plain = json.dumps([[TALK, [_question()], "1"]], ensure_ascii=False, indent=1)
    expected = _read(path, plain).rows
    assert _read(path, plain.replace("\n", "\r\n")).rows == expected
    assert _read(path, b"\xef\xbb\xbf" + plain.encode() + b"\n").rows == expected


def test_hidden_answers_are_none_in_the_form_of_the_test(path: Path) -> None:
    item = {"question": "?", "choice": [str(i) for i in range(10)], "id": 508}
    row = _read(path, [[TALK, [item]]], "test").rows[0]
    assert (row["label"], len(row["choices"])) == (None, 10)


def test_of_equal_choices_the_last_is_right(path: Path) -> None:
    assert _read(path, [[TALK, [_question("冷", ("热", "冷", "冷"))]]]).rows[0]["label"] == "2"


def test_several_files_are_one_split(path: Path) -> None:
    other = path.with_name("m-dev.json")
    other.write_text(json.dumps([[["段"], [_question("热")], "m2"]]), encoding="utf-8")
    rows = _read(path, [[TALK, [_question()], "1"]], files=["d-dev.json", "m-dev.json"]).rows
    assert [(row["id"], row["document"], row["label"]) for row in rows] == [("dev-0", 0, "1"), ("dev-1", 1, "0")]
    with pytest.raises(UserError, match=r"gone\.json: no such file; run 'ingest' first"):
        _read(path, [[TALK, [_question()], "1"]], files=["d-dev.json", "gone.json"])


def test_a_part_of_the_passages(path: Path) -> None:
    content = [[[f"段{i}"], [_question(), _question()], str(i)] for i in range(3)]
    splits = {name: {"file": path.name} for name in ("train", "dev")}
    splits["dev"]["rows"] = [1, 2]  # type: ignore[assignment]
    assert [row["id"] for row in _read(path, content, splits=splits).rows] == ["dev-2", "dev-3"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[\n{?", ":2: not JSON at column 2"),
        ("", ":1: not JSON at column 1"),
        ({}, ": found a dict, expected one array of passages"),
        ([["a"]], ': passage 1: found ["a"], expected the form [[line, …], [question, …], …]'),
        ([[TALK, [_question()]], "a"], ': passage 2: found "a", expected the form'),
        ([[TALK, []]], ": passage 1: found [] as its questions, expected a list of some"),
        ([[["a", 1], [_question()]]], ": passage 1: '0' is [\"a\", 1], expected a list of texts"),
        ([["a", [_question()]]], ": passage 1: '0' is \"a\", expected a list of texts"),
        ([[TALK, ["a"]]], ': passage 1, question 1: found "a", expected an object'),
        ([[TALK, [_question(), {"choice": ["a", "b"], "answer": "a"}]]], ": passage 1, question 2: key 'question' is"),
        (
            [[TALK, [{"question": "a", "answer": "a"}]]],
            ": passage 1, question 1: key 'choice' is missing (for 'choices')",
        ),
        ([[TALK, [_question(None)]]], ": passage 1, question 1: key 'answer' is missing"),
        ([[TALK, [_question("雪")]]], ": passage 1, question 1: found answer '雪', expected one of its choices"),
        ([[TALK, [_question(question=5)]]], ": passage 1, question 1: 'question' is 5, expected text"),
        ([[TALK, [_question(choice=("冷",))]]], ": passage 1, question 1: 'choice' holds 1 choices, expected 2 to 10"),
        ([[TALK, [_question(choice=tuple("冷bcdefghijk"))]]], ": passage 1, question 1: 'choice' holds 11 choices"),
        (
            [[TALK, [_question(choice=["冷", None])]]],
            ": passage 1, question 1: 'choice' is [\"冷\", null], expected a list",
        ),
        ([[TALK, [_question("e", tuple("abcde"))]]], ": passage 1, question 1: found label '4', expected one of 0, 1"),
        (b'[[["\xff"], []]]', ":1: found byte 0xff"),
        ('[[["\\ud83d"], [{"question": "a"}]]]', ": passage 1: '0' holds \\ud83d, half of a surrogate pair"),
    ],
)
def test_refused(refuse: Any, content: Any, said: str) -> None:
    assert refuse(content).startswith(said)
