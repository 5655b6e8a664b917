"""Texts with two spans in JSON lines, as CLUEWSC2020 publishes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.tasks.json_lines import read_json_lines
from regen.tasks.reading import Reading

FIELDS = {
    "text": "text",
    "span1": "target.span1_text",
    "span1_start": "target.span1_index",
    "span2": "target.span2_text",
    "span2_start": "target.span2_index",
    "label": "label",
}
TEXT = "小明把伞借给了小红，因为他不怕雨。"
TARGET = {"span1_text": "小明", "span1_index": 0, "span2_text": "他", "span2_index": 12}


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": FIELDS, "labels": ("true", "false"), "splits": splits, **keys}
    return read_json_lines(path, ReadSpec(format="json_lines", **spec), split)


def _line(text: str = TEXT, label: Any = "true", **target: Any) -> str:
    item = {"target": {**TARGET, **target}, "idx": 7, "label": label, "text": text}
    return json.dumps(item, ensure_ascii=False) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


ROW = {"text": TEXT, "span1": "小明", "span1_start": 0, "span2": "他", "span2_start": 12}


def test_spans_are_read_from_the_object_inside(path: Path) -> None:
    other = _line(span1_text="小红", span1_index=7, label="false")
    assert _read(path, _line() + other).rows == [
        {"id": "dev-0", **ROW, "label": "true"},
        {"id": "dev-1", **ROW, "span1": "小红", "span1_start": 7, "label": "false"},
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_hidden_labels_and_ends_of_lines(path: Path, end: str) -> None:
    item = {"target": TARGET, "id": 1, "text": TEXT}
    content = json.dumps(item, ensure_ascii=False) + end
    assert _read(path, content, "test").rows == [{"id": "test-0", **ROW, "label": None}]


def test_rows_with_one_idx_and_rows_that_are_repeated_stay(path: Path) -> None:
    assert [row["id"] for row in _read(path, _line() * 3).rows] == ["dev-0", "dev-1", "dev-2"]


def test_the_noun_may_follow_and_touch_the_pronoun(path: Path) -> None:
    line = _line("他小明来了", span1_text="小明", span1_index=1, span2_index=0)
    (row,) = _read(path, line).rows
    assert (row["span1_start"], row["span2_start"]) == (1, 0)


def test_starts_count_whole_characters(path: Path) -> None:
    """A character outside of the first plane is one, whether it is escaped as two halves or not."""
    line = _line("😀小明说他来", span1_index=1, span2_index=4)
    escaped = line.replace("😀", "\\ud83d\\ude00")
    assert [row["span1_start"] for row in _read(path, line + escaped).rows] == [1, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            _line(span1_index=1),
            ":1: span1 is '小明' from character 1 on, expected what the text has there; it has '明把'; mend the line",
        ),
        (_line() + _line(span2_index=99), ":2: span2 is '他' from character 99 on, expected what the text has there"),
        (_line(span1_text=""), ":1: span1 is '' from character 0 on"),
        (
            _line(span2_text="明", span2_index=1),
            ":1: span1 '小明' and span2 '明' overlap at character 1, expected two places; mend the line",
        ),
        (_line(span2_index=-5), ":1: 'target.span2_index' is -5, expected a number of characters, from 0 on"),
        (_line(span2_index="12"), ":1: 'target.span2_index' is \"12\", expected a number of characters"),
        (_line(span2_index=12.0), ":1: 'target.span2_index' is 12.0, expected a number"),
        (_line(span1_index=True), ":1: 'target.span1_index' is true, expected a number"),
        (_line(span1_text=5), ":1: 'target.span1_text' is 5, expected text"),
        (_line(label=True), ":1: 'label' is true, expected text"),
        (_line(label="True"), ":1: found label 'True', expected one of true, false"),
        ('{"text": "a"}\n', ":1: key 'target.span1_text' is missing (for 'span1'), found text"),
        ('{"text": "a", "target": 5}\n', ":1: key 'target.span1_text' is missing (for 'span1'), found 5"),
        (
            '{"text": "a", "target": {"span2_text": "a"}}\n',
            ":1: key 'target.span1_text' is missing (for 'span1'), found span2_text",
        ),
    ],
)
def test_a_broken_line_is_refused_with_its_number(refuse: Any, content: str, said: str) -> None:
    assert refuse(content).startswith(said)


def test_a_key_with_a_dot_of_its_own_is_that_key(path: Path) -> None:
    content = '{"a.b": "早", "a": {"b": "晚"}, "label": "true"}\n'
    assert _read(path, content, fields={"text": "a.b", "label": "label"}).rows[0]["text"] == "早"
