"""Texts with typed spans in JSON lines, as CLUENER2020 publishes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refusing

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.examples import read_split
from regen.tasks.json_spans import read_json_spans
from regen.tasks.reading import Reading

TEXT = "王小明在青山大学教书"  # 王小明: 0-2, 青山大学: 4-7
LABEL = {"name": {"王小明": [[0, 2]]}, "organization": {"青山大学": [[4, 7]]}}
TAGS = ["B-name", "I-name", "I-name", "O", "B-organization", *["I-organization"] * 3, "O", "O"]


def _spec(path: Path, **keys: Any) -> ReadSpec:
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": {"tokens": "text", "tags": "label"}, "labels": ("name", "organization", "book"), **keys}
    return ReadSpec(format="json_spans", splits=splits, **spec)


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_json_spans(path, _spec(path, **keys), split)


def _line(text: str = TEXT, label: Any = LABEL, **more: Any) -> str:
    return json.dumps({"text": text, "label": label, **more}, ensure_ascii=False) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_characters_are_tokens_and_spans_are_iob2(path: Path) -> None:
    reading = _read(path, _line() + _line("今天晴", {}))
    assert reading.rows == [
        {"id": "dev-0", "document": 0, "tokens": list(TEXT), "tags": TAGS},
        {"id": "dev-1", "document": 0, "tokens": ["今", "天", "晴"], "tags": ["O", "O", "O"]},
    ]
    assert (reading.overlapping_spans, reading.irregular_tags) == (0, 0)


def test_a_mention_may_stand_at_several_places(path: Path) -> None:
    label = {"name": {"小明": [[0, 1], [4, 5]]}}
    assert _read(path, _line("小明和大小明", label)).rows[0]["tags"] == [
        *("B-name", "I-name", "O", "O"),
        *("B-name", "I-name"),
    ]


def test_neighbours_of_one_type_stay_two_spans(path: Path) -> None:
    label = {"name": {"小明": [[0, 1]], "小红": [[2, 3]], "阿": [[4, 4]]}}
    assert _read(path, _line("小明小红阿", label)).rows[0]["tags"] == [
        *("B-name", "I-name"),
        *("B-name", "I-name"),
        "B-name",
    ]


def test_offsets_count_characters_of_any_plane(path: Path) -> None:
    label = {"name": {"𠮷田": [[2, 3]]}}
    row = _read(path, json.dumps({"text": "😀a𠮷田", "label": label}) + "\n").rows[0]
    assert row["tokens"] == ["😀", "a", "𠮷", "田"]
    assert row["tags"] == ["O", "O", "B-name", "I-name"]


def test_blanks_and_separators_are_tokens(path: Path) -> None:
    text = "a \u2028\u00a0\n小明"
    row = _read(path, _line(text, {"name": {"小明": [[5, 6]]}})).rows[0]
    assert row["tokens"] == list(text)
    assert row["tags"][-2:] == ["B-name", "I-name"]


@pytest.mark.parametrize("kind", ["name", "book"])
def test_of_overlapping_spans_the_longest_stays(path: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    label = {kind: {"小明": [[1, 2]]}, "book": {"王小明在": [[0, 3]]}, "organization": {"在青": [[3, 4]]}}
    if kind == "book":
        label["book"]["小明"] = [[1, 2]]
    path.write_text(_line(label=label), encoding="utf-8")
    reading = read_split(path.parent, _spec(path), "dev")
    assert reading.rows[0]["tags"] == ["B-book", "I-book", "I-book", "I-book", *["O"] * 6]
    assert reading.overlapping_spans == 2
    assert caplog.messages == [f"{path}: 2 spans overlap a longer one and were left out"]


def test_of_equally_long_ones_the_first_stays(path: Path) -> None:
    label = {"name": {"小明": [[1, 2]]}, "book": {"王小": [[0, 1]]}}
    assert _read(path, _line(label=label)).rows[0]["tags"][:3] == ["B-book", "I-book", "O"]


@pytest.mark.parametrize("content", [_line() * 2, (_line() * 2).rstrip("\n"), (_line() * 2).replace("\n", "\r\n")])
def test_ends_of_lines_do_not_matter(path: Path, content: str) -> None:
    assert [row["tags"] for row in _read(path, content).rows] == [TAGS, TAGS]


def test_hidden_labels_are_none_whatever_the_file_says(path: Path) -> None:
    content = '{"id": 0, "text": "今天"}\n' + _line(label="?", id=1)
    fields = {"id": "id", "tokens": "text", "tags": "label"}
    rows = _read(path, content, split="test", fields=fields).rows
    assert [(row["id"], row["tags"]) for row in rows] == [("0", None), ("1", None)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]\n", ":1: found a list, expected a JSON object"),
        (_line() + "{?????}\n", ":2: not JSON at column 2"),
        ('{"text": "a"}\n', ":1: key 'label' is missing (for 'tags'), found text"),
        ('{"label": {}}\n', ":1: key 'text' is missing (for 'tokens'), found label"),
        (_line(""), ":1: 'text' is empty, expected text"),
        (_line(["a"]), ":1: 'text' is [\"a\"], expected text"),  # type: ignore[arg-type]
        (_line(label=None), ":1: 'label' holds null, expected the form {type: {mention: [[start, end], …]}}; mend"),
        (_line(label={"name": [[0, 2]]}), ":1: 'label' holds [[0, 2]], expected the form {type:"),
        (_line() + _line(label={"goverment": {}}), ":2: found type 'goverment', expected one of name, organization"),
        (_line() + _line(label={"name": {}}), ":2: type 'name' has no mentions, expected some; mend the line or drop"),
        (_line(label={"name": {"王小明": []}}), ":1: '王小明' (type name) stands nowhere, expected its places"),
        (_line(label={"name": {"王小明": [0, 2]}}), ":1: found 0 for '王小明' (type name), expected [start, end] in"),
        (_line(label={"name": {"王小明": 5}}), ":1: found 5 for '王小明' (type name), expected [start, end]"),
        (_line(label={"name": {"王小明": [[0]]}}), ":1: found [0] for '王小明' (type name), expected [start, end]"),
        (_line(label={"name": {"王小明": [[0, 2.0]]}}), ":1: found [0, 2.0] for '王小明' (type name), expected [st"),
        (
            _line(label={"name": {"小明": [[False, True]]}}),
            ":1: found [false, true] for '小明' (type name), expected [",
        ),
        (
            _line(label={"name": {"王小明": [[-1, 2]]}}),
            ":1: found [-1, 2] for '王小明' (type name), expected offsets from 0 to 9 with the start first, as the "
            "text has 10 characters; mend the line",
        ),
        (_line(label={"name": {"书": [[9, 10]]}}), ":1: found [9, 10] for '书' (type name), expected offsets from 0"),
        (_line(label={"name": {"王小明": [[2, 0]]}}), ":1: found [2, 0] for '王小明' (type name), expected offsets"),
        (
            _line(label={"name": {"王小明": [[0, 3]]}}),
            ":1: found [0, 3] for '王小明' (type name), expected a place where the text has this mention; it has "
            "'王小明在' there; mend the line (the end is inclusive)",
        ),
        (_line("a\nb", {"name": {"b": [[0, 1]]}}), ":1: found [0, 1] for 'b' (type name), expected a place where"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(refuse: Any, content: str, said: str) -> None:
    assert refuse(content).startswith(said)


def test_an_id_that_comes_twice_is_refused(path: Path) -> None:
    fields = {"id": "id", "tokens": "text", "tags": "label"}
    with pytest.raises(UserError, match=":2: id '1' stands twice; leave 'id' out of the task's 'fields'"):
        _read(path, _line(id=1) + _line(id="1"), fields=fields)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, "name", "book"])), min_size=1, max_size=8))
def test_any_spans_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, segments: list[tuple[int, str | None]]
) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(sum(length for length, _ in segments)))
    tags: list[str] = []
    label: dict[str, dict[str, list[list[int]]]] = {}
    for length, kind in segments:
        start, end = len(tags), len(tags) + length
        tags += ["O"] * length if kind is None else [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]
        if kind is not None:
            label.setdefault(kind, {})[text[start:end]] = [[start, end - 1]]
    reading = _read(tmp_path_factory.mktemp("spans") / "x.json", _line(text, label))
    assert reading.rows[0]["tags"] == tags
