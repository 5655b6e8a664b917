"""Texts with blanks in the two forms in which ChID is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.examples import to_frame
from regen.tasks.json_blanks import read_json_blanks
from regen.tasks.reading import Reading

IDIOMS = ["画蛇添足", "守株待兔", "井底之蛙"]
CONTENT = ["他总是#idiom000001#，又#idiom000002#。", "没有空。", "真是#idiom000010#!"]
ANSWERS = {"#idiom000001#": 2, "#idiom000002#": 0, "#idiom000010#": 1}


def _line(content: Any = CONTENT, candidates: Any = IDIOMS, **more: Any) -> str:
    return json.dumps({"content": content, "candidates": candidates, **more}, ensure_ascii=False) + "\n"


def _few(answer: Any = 1, content: str = "这叫#idiom#啊", **more: Any) -> str:
    return _line(content, **({"answer": answer} | more))


def _read(path: Path, content: str | bytes, split: str = "dev", answers: Any = None, **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    splits: dict[str, Any] = {
        name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")
    }
    if answers is not None:
        path.with_name("dev_answer.json").write_text(
            answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8"
        )
        splits["dev"]["answers"] = "dev_answer.json"
    fields = {"context": "content", "choices": "candidates", "label": "answer"}
    told = {"fields": fields, "labels": ("0", "1", "2"), **keys}
    return read_json_blanks(path, ReadSpec(format="json_blanks", splits=splits, **told), split)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_numbered_blanks_of_a_line_are_a_group(path: Path) -> None:
    rows = _read(path, _line() + _line(["#idiom000020#。"], IDIOMS[::-1]), answers={**ANSWERS, "#idiom000020#": 0}).rows
    assert rows[0] == {
        "id": "#idiom000001#",
        "document": 0,
        "context": "他总是#idiom#，又#other#。",
        "choices": IDIOMS,
        "group": 0,
        "label": "2",
    }
    assert [(row["id"], row["context"], row["label"]) for row in rows[1:]] == [
        ("#idiom000002#", "他总是#other#，又#idiom#。", "0"),
        ("#idiom000010#", "真是#idiom#!", "1"),
        ("#idiom000020#", "#idiom#。", "0"),
    ]
    assert [(row["group"], row["document"]) for row in rows] == [(0, 0), (0, 0), (0, 0), (1, 1)]


def test_one_blank_with_its_answer_beside_it(path: Path) -> None:
    reading = _read(path, _few() + _few(0, "#甲#的#idiom#"))
    assert list(to_frame(reading).columns) == ["id", "document", "context", "choices", "label"]
    assert reading.rows == [
        {"id": "dev-0", "document": 0, "context": "这叫#idiom#啊", "choices": IDIOMS, "label": "1"},
        {"id": "dev-1", "document": 1, "context": "#甲#的#idiom#", "choices": IDIOMS, "label": "0"},
    ]


def test_ids_of_the_file(path: Path) -> None:
    fields = {"id": "id", "context": "content", "choices": "candidates", "label": "answer"}
    assert _read(path, _few(id=242) + _few(id=7), fields=fields).rows[0]["id"] == "242"
    with pytest.raises(UserError, match=r":2: id '7' stands twice"):
        _read(path, _few(id=7) * 2, fields=fields)


@pytest.mark.parametrize("content", [_few() * 2, (_few() * 2).rstrip("\n"), (_few() * 2).replace("\n", "\r\n")])
def test_ends_of_lines_do_not_matter(path: Path, content: str) -> None:
    assert [row["label"] for row in _read(path, content).rows] == ["1", "1"]


def test_a_separator_is_part_of_a_text(path: Path) -> None:
    assert _read(path, _few(content="一\u2028#idiom#")).rows[0]["context"] == "一\u2028#idiom#"


def test_hidden_answers_are_none(path: Path) -> None:
    rows = _read(path, _line() + _few("?"), "test").rows
    assert [row["label"] for row in rows] == [None] * 4


def test_a_part_of_the_lines(path: Path) -> None:
    splits = {"train": {"file": path.name}, "dev": {"file": path.name, "rows": [1, None]}}
    fields = {"context": "content", "choices": "candidates", "label": "answer"}
    path.write_text(_few() + _few(2), encoding="utf-8")
    read = ReadSpec(format="json_blanks", splits=splits, fields=fields, labels=("0", "1", "2"))
    assert [(row["id"], row["label"]) for row in read_json_blanks(path, read, "dev").rows] == [("dev-1", "2")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]\n", ":1: found a list, expected a JSON object"),
        (_few() + "{?????}\n", ":2: not JSON at column 2"),
        ('{"candidates": ["a", "b"]}\n', ":1: key 'content' is missing (for 'context'), found candidates"),
        ('{"content": "#idiom#"}\n', ":1: key 'candidates' is missing (for 'choices'), found content"),
        (_few(content=5), ":1: 'content' is 5, expected a list of texts"),
        (_few(content="空"), ":1: found the blanks none, expected one #idiom#, or some with numbers"),
        (_few(content="#idiom#与#idiom#"), ":1: found the blanks #idiom#, #idiom#, expected one #idiom#"),
        (_few(content="#idiom#与#idiom000001#"), ":1: found the blanks #idiom#, #idiom000001#, expected one #idiom#"),
        (_few(candidates=["a"]), ":1: 'candidates' holds 1 choices, expected 2 to 10"),
        (_few(candidates="ab"), ":1: 'candidates' is \"ab\", expected a list of texts"),
        (_line("这叫#idiom#啊"), ":1: key 'answer' is missing (for 'label'), found content, candidates"),
        (_few("1"), ':1: blank #idiom# has the answer "1", expected the number of a candidate, 0 to 2'),
        (_few(3), ":1: blank #idiom# has the answer 3, expected the number of a candidate, 0 to 2"),
        (_few(-1), ":1: blank #idiom# has the answer -1, expected"),
        (_few(True), ":1: blank #idiom# has the answer true, expected"),
        (_line(["#idiom000001#", "#idiom000001#"], answer=1), ":1: id '#idiom000001#' stands twice"),
        (b'{"content": "\xff"}', ":1: found byte 0xff"),
    ],
)
def test_refused(refuse: Any, content: Any, said: str) -> None:
    assert refuse(content).startswith(said)


def test_an_answer_to_a_blank_that_no_passage_has_is_refused(refuse: Any, path: Path) -> None:
    more = {**ANSWERS, "#idiom000099#": 1, "#idiom000100#": 1}
    said = refuse(_line(), answers=more)
    file = str(path.with_name("dev_answer.json"))
    assert said == f'{file}: found an answer for "#idiom000099#", which no passage of {path.name} has; mend the files'


def test_answers_to_passages_of_another_split_of_the_file_are_not_lost(path: Path) -> None:
    splits = {
        "train": {"file": path.name, "answers": "answers.json", "rows": [0, 1]},
        "dev": {"file": path.name, "answers": "answers.json", "rows": [1, None]},
    }
    fields = {"context": "content", "choices": "candidates"}
    path.write_text(_line("#idiom000001#。") + _line("#idiom000002#。"), encoding="utf-8")
    path.with_name("answers.json").write_text('{"#idiom000001#": 1, "#idiom000002#": 2}', encoding="utf-8")
    read = ReadSpec(format="json_blanks", splits=splits, fields=fields, labels=("0", "1", "2"))
    assert [row["id"] for row in read_json_blanks(path, read, "train").rows] == ["#idiom000001#"]
    assert [row["id"] for row in read_json_blanks(path, read, "dev").rows] == ["#idiom000002#"]


def test_answers_that_are_refused(refuse: Any, path: Path) -> None:
    said = refuse(_line(), answers={"#idiom000001#": 2})
    assert said.startswith(":1: blank #idiom000002# has no answer, expected one in the split's 'answers'")
    file = str(path.with_name("dev_answer.json"))
    assert refuse(_line(), answers="[]") == f"{file}: found a list, expected one object of blanks and answers"
    assert refuse(_line(), answers="{\n?").startswith(f"{file}:2: not JSON at column 1")
    assert refuse(_line(), answers={**ANSWERS, "#idiom000010#": 10}).startswith(
        ":1: blank #idiom000010# has the answer 10"
    )
