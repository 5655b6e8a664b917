"""Entities and relations in one JSON array, as SpERT's copy of CoNLL04 has them."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from annotated import annotated
from regen.config.task import ReadSpec
from regen.tasks.examples import read_split
from regen.tasks.json_relations import read_json_relations
from regen.tasks.reading import Reading

SENTENCE: dict[str, Any] = {
    "tokens": ["`", "`", "Ann", "Lee", "of", "Acme", "."],
    "entities": [{"type": "Peop", "start": 2, "end": 4}, {"type": "Org", "start": 5, "end": 6}],
    "relations": [{"type": "Work_For", "head": 0, "tail": 1}],
    "orig_id": 3255,
}
WANTED = annotated("` ` [Peop Ann Lee] of [Org Acme] .", (0, 1, "Work_For"))
FIELDS = {"id": "orig_id", "tokens": "tokens", "entities": "entities", "relations": "relations"}


def _spec(path: Path, **keys: Any) -> ReadSpec:
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": FIELDS, "labels": ("Work_For", "Kill"), "entity_types": ("Peop", "Org"), "splits": splits, **keys}
    return ReadSpec(format="json_relations", **spec)


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_json_relations(path, _spec(path, **keys), split)


def _file(*sentences: Any) -> str:
    return json.dumps(sentences, ensure_ascii=False)


def _with(**keys: Any) -> str:
    return _file({**SENTENCE, **keys})


def _entity(kind: Any, start: Any, end: Any) -> dict[str, Any]:
    return {"type": kind, "start": start, "end": end}


def _relation(kind: Any, head: Any, tail: Any) -> dict[str, Any]:
    return {"type": kind, "head": head, "tail": tail}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_a_sentence(path: Path) -> None:
    assert _read(path, _file(SENTENCE)).rows == [{"id": "3255", "tokens": WANTED[0], "annotation": WANTED[1]}]


def test_the_order_in_the_file_does_not_matter(path: Path) -> None:
    turned = {
        "entities": SENTENCE["entities"][::-1],
        "relations": [_relation("Work_For", 1, 0), _relation("Work_For", 1, 0)],
    }
    assert _read(path, _with(**turned)).rows[0]["annotation"] == WANTED[1]


@pytest.mark.parametrize("content", [_file(SENTENCE), json.dumps([SENTENCE], indent=2).replace("\n", "\r\n") + "\r\n"])
def test_lines_of_the_file_do_not_matter(path: Path, content: str) -> None:
    assert _read(path, b"\xef\xbb\xbf" + content.encode()).rows[0]["annotation"] == WANTED[1]


def test_tokens_may_hold_anything(path: Path) -> None:
    tokens = ["a\u2028b", "\u00a0", "", "😀", '"']
    row = _read(path, _with(tokens=tokens, entities=[], relations=[])).rows[0]
    assert row["tokens"] == tokens
    assert row["annotation"] == '{"entities": [], "relations": []}'


def test_rows_are_numbered_without_an_id(path: Path) -> None:
    fields = {name: key for name, key in FIELDS.items() if name != "id"}
    content = _file(SENTENCE, SENTENCE, SENTENCE)
    assert [row["id"] for row in _read(path, content, fields=fields).rows] == ["dev-0", "dev-1", "dev-2"]
    splits = {"train": {"file": path.name}, "dev": {"file": path.name, "rows": [1, None]}}
    assert [row["id"] for row in _read(path, content, fields=fields, splits=splits).rows] == ["dev-1", "dev-2"]


def test_hidden_labels_are_none_whatever_the_file_says(path: Path) -> None:
    content = _file({"tokens": ["a"], "orig_id": 1}, {**SENTENCE, "entities": "?"})
    path.write_text(content, encoding="utf-8")
    rows = read_split(path.parent, _spec(path), "test").rows
    assert [(row["id"], row["annotation"]) for row in rows] == [("1", None), ("3255", None)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[\n{"tokens": }\n]', ":2: not JSON at column 12: Expecting value; mend the file"),
        ("{}", ": found a dict, expected one JSON array of sentences"),
        (_file(SENTENCE, []), ": sentence 2: found a list, expected a JSON object"),
        (_file({"tokens": []}), ": sentence 1: key 'orig_id' is missing (for 'id'), found tokens"),
        (_file({"orig_id": 1}), ": sentence 1: key 'tokens' is missing, found orig_id"),
        (_with(orig_id=None), ": sentence 1: 'orig_id' is null, expected text"),
        (_with(tokens="Ann"), ": sentence 1: 'tokens' is \"Ann\", expected a list"),
        (_with(tokens=["a", 1]), ": sentence 1: 'tokens' holds something else than text; mend the file"),
        (_with(tokens=[], entities=[], relations=[]), ": sentence 1: found no token, expected at least one"),
        (
            json.dumps([{**SENTENCE, "tokens": ["\ud800", *"abcdef"]}]),
            ": sentence 1: a token holds \\ud800, half of a surrogate pair; expected whole characters",
        ),
        (_file(SENTENCE, SENTENCE), ": sentence 2: id '3255' stands twice; leave 'id' out of the task's 'fields'"),
        (_with(entities={}), ": sentence 1: 'entities' is {}, expected a list"),
        (
            _with(entities=[[2, 4, "Peop"]]),
            ": sentence 1: 'entities' holds [2, 4, \"Peop\"], expected {type: text, start: number, end: number}; mend",
        ),
        (_with(entities=[_entity("Peop", 2, "4")]), ': sentence 1: \'entities\' holds {"type": "Peop", "start": 2,'),
        (_with(entities=[_entity("Peop", True, 4)]), ': sentence 1: \'entities\' holds {"type": "Peop", "start": t'),
        (_with(entities=[_entity("Per", 2, 4)]), ": sentence 1: found type 'Per', expected one of Peop, Org; mend the"),
        (_with(entities=[_entity("Kill", 2, 4)]), ": sentence 1: found type 'Kill', expected one of Peop, Org; mend t"),
        (
            _with(entities=[_entity("Peop", 2, 8)]),
            ": sentence 1: found entity Peop from token 2 to 8, expected 0 <= start < end <= 7, the end exclusive; m",
        ),
        (_with(entities=[_entity("Peop", 2, 2)]), ": sentence 1: found entity Peop from token 2 to 2, expected 0 <="),
        (_with(entities=[_entity("Peop", -1, 2)]), ": sentence 1: found entity Peop from token -1 to 2, expected 0 <"),
        (
            _with(entities=[_entity("Peop", 3, 6), _entity("Org", 2, 4)]),
            ": sentence 1: found entities Org 2:4 and Peop 3:6 that overlap, expected entities apart from each other",
        ),
        (
            _with(relations=[_relation("Work_For", 0, 2)]),
            ": sentence 1: found relation Work_For from entity 0 to 2, expected two different ones of 2, counted from",
        ),
        (_with(relations=[_relation("Work_For", -1, 0)]), ": sentence 1: found relation Work_For from entity -1 to 0,"),
        (_with(relations=[_relation("Kill", 1, 1)]), ": sentence 1: found relation Kill from entity 1 to 1, expected"),
        (_with(relations=[_relation("Live", 0, 1)]), ": sentence 1: found type 'Live', expected one of Work_For, Kill"),
        (_with(relations=[_relation("Kill", 0, None)]), ': sentence 1: \'relations\' holds {"type": "Kill", "head": 0'),
    ],
)
def test_a_broken_file_is_refused_with_its_place(refuse: Any, content: str, said: str) -> None:
    assert refuse(content).startswith(said)
