"""Tab-separated texts with a label, as copies of TNEWS and CMNLI have them."""

from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.tasks.reading import Reading
from regen.tasks.tab_separated import read_tab_separated

FIELDS = {"text": 0, "label": 1}


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": FIELDS, "labels": ("car", "game"), "splits": splits, **keys}
    return read_tab_separated(path, ReadSpec(format="tab_separated", **spec), split)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.tsv"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_columns_are_read_by_their_number_and_rows_are_numbered(path: Path) -> None:
    assert _read(path, "新车上市\tcar\n周末联赛\tgame\n").rows == [
        {"id": "dev-0", "text": "新车上市", "label": "car"},
        {"id": "dev-1", "text": "周末联赛", "label": "game"},
    ]


def test_pairs_and_ids(path: Path) -> None:
    fields = {"id": 3, "text_a": 0, "text_b": 1, "label": 2}
    rows = _read(path, "下雨了\t地湿了\tcar\t7\n", fields=fields).rows
    assert rows == [{"id": "7", "text_a": "下雨了", "text_b": "地湿了", "label": "car"}]


@pytest.mark.parametrize(
    "content", ["a\tcar\nb\tgame\n", "a\tcar\nb\tgame", "a\tcar\r\nb\tgame\r\n", "\ufeffa\tcar\nb\tgame\n\n"]
)
def test_ends_of_lines_and_marks_do_not_matter(path: Path, content: str) -> None:
    assert [(row["text"], row["label"]) for row in _read(path, content).rows] == [("a", "car"), ("b", "game")]


def test_quotes_blanks_and_separators_are_text(path: Path) -> None:
    text = ' "他说，"好\u2028的\u00a0\x85 '
    assert _read(path, f"{text}\tcar\nb\tgame\n").rows[0]["text"] == text


def test_labels_are_renamed_and_dropped(path: Path) -> None:
    keys = {"rename_labels": {"car": "107", "none": "-"}, "labels": ("107", "game"), "drop_labels": ("-",)}
    reading = _read(path, "a\tcar\nb\tnone\nc\tgame\nd\t-\n", **keys)
    assert [(row["id"], row["label"]) for row in reading.rows] == [("dev-0", "107"), ("dev-2", "game")]
    assert reading.dropped == {"-": 2}


def test_hidden_labels_are_none_and_need_no_column(path: Path) -> None:
    for content in ("a\nb\n", "a\tunknown\nb\tcar\n"):
        assert [row["label"] for row in _read(path, content, split="test").rows] == [None, None]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a\n", ":1: found 1 columns, expected 2, since 'read.fields' names column 1"),
        ("a\tcar\nb\tc\tgame\n", ":2: found 3 columns, expected 2 as in the lines before; mend the line where"),
        ("a\tcar\nb game\n", ":2: found 1 columns, expected 2 as in the lines before"),
        ("a\tcar\n\t\n", ":2: found label '', expected one of car, game; mend the line or the task's 'labels'"),
        ("a\tcars\n", ":1: found label 'cars', expected one of car, game"),
        ("a\tcar \n", ":1: found label 'car ', expected one of car, game"),
        (b"a\tcar\n\xff\tcar\n", ":2: found byte 0xff at column 1, expected UTF-8; convert the file to UTF-8 (only"),
        (b"a\x00\tcar\n", ":1: found a NUL byte"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(refuse: Any, content: str | bytes, said: str) -> None:
    assert refuse(content).startswith(said)


def test_an_id_that_comes_twice_is_refused(refuse: Any) -> None:
    said = ":2: id '1' stands twice; leave 'id' out of the task's 'fields' to number rows"
    assert refuse("a\tcar\t1\nb\tcar\t1\n", fields={"id": 2, **FIELDS}) == said
