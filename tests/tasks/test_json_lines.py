"""JSON lines as CLUE and FewCLUE publish them."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.tasks.json_lines import read_json_lines
from regen.tasks.reading import Reading

FIELDS = {"text": "sentence", "label": "label"}


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": FIELDS, "labels": ("102", "103"), "splits": splits, **keys}
    return read_json_lines(path, ReadSpec(format="json_lines", **spec), split)


def _line(**item: Any) -> str:
    return json.dumps({"sentence": "早安", "label": "102", **item}, ensure_ascii=False) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_fields_are_read_by_their_key_and_rows_are_numbered(path: Path) -> None:
    reading = _read(path, _line(keywords="x") + _line(sentence="晚安", label="103"))
    assert reading.rows == [
        {"id": "dev-0", "text": "早安", "label": "102"},
        {"id": "dev-1", "text": "晚安", "label": "103"},
    ]
    assert not reading.dropped


def test_a_label_is_a_string_whether_the_file_has_a_number_or_not(path: Path) -> None:
    reading = _read(path, _line(label=102) + _line(label="102"))
    assert [row["label"] for row in reading.rows] == ["102", "102"]


def test_pairs_and_ids(path: Path) -> None:
    content = '{"sentence1": "a", "sentence2": "b", "label": "102", "id": 7}\n'
    fields = {"id": "id", "text_a": "sentence1", "text_b": "sentence2", "label": "label"}
    assert _read(path, content, fields=fields).rows == [{"id": "7", "text_a": "a", "text_b": "b", "label": "102"}]


def test_a_separator_inside_a_string_breaks_no_line(path: Path) -> None:
    text = "一\u2028二\u2029三\x85四\u00a0五\x1e六"
    content = f'{{"sentence": "{text}", "label": "102"}}\n'.replace("\x1e", "\\u001e") + _line(sentence="七")
    assert [row["text"] for row in _read(path, content).rows] == [text, "七"]


@pytest.mark.parametrize(
    "content",
    [
        _line() + _line(sentence="晚安"),
        (_line() + _line(sentence="晚安")).rstrip("\n"),
        (_line() + _line(sentence="晚安")).replace("\n", "\r\n"),
        "\ufeff" + _line() + _line(sentence="晚安"),
        _line() + _line(sentence="晚安") + "\n\n",
    ],
)
def test_ends_of_lines_and_marks_do_not_matter(path: Path, content: str) -> None:
    assert [row["text"] for row in _read(path, content).rows] == ["早安", "晚安"]


def test_characters_outside_the_first_plane_are_whole(path: Path) -> None:
    content = '{"sentence": "\\ud83d\\ude00 😀", "label": "102"}\n'
    assert _read(path, content).rows[0]["text"] == "😀 😀"


def test_dropped_labels_are_counted_and_left_out(path: Path) -> None:
    content = _line() + _line(label="-") + _line(label="-") + _line(label="103")
    reading = _read(path, content, drop_labels=("-",))
    assert [row["id"] for row in reading.rows] == ["dev-0", "dev-3"]
    assert reading.dropped == {"-": 2}


def test_hidden_labels_are_none_whatever_the_file_says(path: Path) -> None:
    content = '{"sentence": "a"}\n' + _line(label="-") + _line(label="unknown")
    reading = _read(path, content, split="test", drop_labels=("-",))
    assert [row["label"] for row in reading.rows] == [None, None, None]
    assert not reading.dropped


@pytest.mark.parametrize("content", ["", "\n", " \r\n\n"])
def test_a_file_without_objects_has_no_rows(path: Path, content: str) -> None:
    assert _read(path, content).rows == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_line() + "[1]\n", ":2: found a list, expected a JSON object"),
        ("null\n", ":1: found a NoneType, expected a JSON object"),
        ("\n5\n", ":2: found a int, expected a JSON object"),
        (_line() + '{"sentence": \n', ":2: not JSON at column 14: Expecting value; expected one object a line"),
        (
            '{"sentence": "a", "sentence": "b", "label": "1"}',
            ":1: an object has the key 'sentence' twice, expected it once",
        ),
        ('{"sentence": ' + "9" * 5000 + "}", ":1: found a number of thousands of digits, or brackets nested as deep"),
        ('{"sentence": ' + "[" * 100_000, ":1: found a number of thousands of digits, or brackets nested as deep"),
        ("[\n" + _line(), ":1: not JSON at column 2: Expecting value"),
        (_line() * 2 + "{'a': 1}\n", ":3: not JSON at column 2: Expecting property name"),
        ('{"sentence": "a"}\n', ":1: key 'label' is missing (for 'label'), found sentence"),
        ('{"text": "a", "label": 102}\n', ":1: key 'sentence' is missing (for 'text'), found text, label"),
        (_line(sentence=None), ":1: 'sentence' is null, expected text"),
        (_line(sentence=5), ":1: 'sentence' is 5, expected text"),
        (_line(sentence=["早"]), ":1: 'sentence' is [\"早\"], expected text"),
        (_line(label=True), ":1: 'label' is true, expected text"),
        (_line(label=102.0), ":1: 'label' is 102.0, expected text"),
        (_line(label=None), ":1: 'label' is null, expected text"),
        (_line(label="104"), ":1: found label '104', expected one of 102, 103; mend the line or the task's 'labels'"),
        (_line(label="-"), ":1: found label '-', expected one of 102, 103"),
        (_line(label="1\n2"), ":1: found label '1\\n2', expected one of 102, 103"),
        ('{"sentence": "a \\ud83d", "label": "102"}\n', ":1: 'sentence' holds \\ud83d, half of a surrogate pair"),
        (_line().encode() + b"\xff\n", ":2: found byte 0xff at column 1, expected UTF-8"),
        (_line().encode() + b"\x00\n", ":2: found a NUL byte"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(refuse: Any, content: str | bytes, said: str) -> None:
    assert refuse(content).startswith(said)


def test_an_id_that_comes_twice_is_refused(refuse: Any) -> None:
    content = _line(id=1) + _line(id=2) + _line(id="1")
    said = ":3: id '1' stands twice; leave 'id' out of the task's 'fields' to number rows"
    assert refuse(content, fields={"id": "id", **FIELDS}) == said


def test_ids_of_dropped_rows_may_come_again(path: Path) -> None:
    content = _line(id=1, label="-") + _line(id=1)
    assert len(_read(path, content, fields={"id": "id", **FIELDS}, drop_labels=("-",)).rows) == 1
