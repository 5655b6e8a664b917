"""Texts with keywords in JSON lines, as CSL publishes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.tasks.json_lines import read_json_lines
from regen.tasks.reading import Reading

FIELDS = {"id": "id", "text": "abst", "keywords": "keyword", "label": "label"}


def _read(path: Path, content: str, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content.encode())
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": FIELDS, "labels": ("0", "1"), "splits": splits, **keys}
    return read_json_lines(path, ReadSpec(format="json_lines", **spec), split)


def _line(**item: Any) -> str:
    told = {"id": 1, "abst": "本文研究水稻的抗旱性。", "keyword": ["水稻", "抗旱性"], "label": "1", **item}
    return json.dumps(told, ensure_ascii=False) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_keywords_are_lists_and_ids_are_those_of_the_file(path: Path) -> None:
    content = _line(id=2415) + _line(id=3, keyword=["小麦", "水稻", "小麦"], label=0).replace("\n", "\r\n")
    assert _read(path, content.rstrip("\r\n")).rows == [
        {"id": "2415", "text": "本文研究水稻的抗旱性。", "keywords": ["水稻", "抗旱性"], "label": "1"},
        {"id": "3", "text": "本文研究水稻的抗旱性。", "keywords": ["小麦", "水稻", "小麦"], "label": "0"},
    ]


def test_hidden_labels(path: Path) -> None:
    content = '{"id": 9, "abst": "水稻", "keyword": ["水"]}'
    assert _read(path, content, "test").rows == [{"id": "9", "text": "水稻", "keywords": ["水"], "label": None}]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"keyword": "水稻"}, ":1: 'keyword' is \"水稻\", expected a list of texts, none of them empty"),
        ({"keyword": []}, ":1: 'keyword' is [], expected a list of texts"),
        ({"keyword": ["水稻", ""]}, ':1: \'keyword\' is ["水稻", ""], expected a list of texts'),
        ({"keyword": ["水稻", 5]}, ":1: 'keyword' is [\"水稻\", 5], expected a list of texts"),
        ({"keyword": None}, ":1: 'keyword' is null, expected a list of texts"),
        ({"abst": ["水稻"]}, ":1: 'abst' is [\"水稻\"], expected text"),
        ({"label": "2"}, ":1: found label '2', expected one of 0, 1"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(refuse: Any, item: dict[str, Any], said: str) -> None:
    assert refuse(_line(**item)).startswith(said)


def test_half_a_character_and_a_missing_key_are_refused(refuse: Any) -> None:
    half = _line(keyword=["水X"]).replace("X", "\\ud83d")
    assert refuse(half).startswith(":1: 'keyword' holds \\ud83d, half of a surrogate pair")
    assert refuse(_line() + '{"id": 2, "abst": "水"}').startswith(":2: key 'keyword' is missing (for 'keywords')")


def test_an_id_that_comes_twice_is_refused(refuse: Any) -> None:
    assert refuse(_line() * 2).startswith(":2: id '1' stands twice")
