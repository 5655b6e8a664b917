"""Splits that are parts of files, splits in forms of their own, and encodings."""

import json
from pathlib import Path
from typing import Any

import pytest

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.examples import read_split

COLUMNS = {"format": "conll_columns", "scheme": "iob2", "fields": {"tokens": 0, "tags": 1}, "labels": ("X",)}
TEXTS = {"fields": {"text": "sentence", "label": "label"}, "labels": ("1", "2")}
CHUNKS = "a B-X\nb O\n\nc I-X\n\n-DOCSTART- O\nd O\n\ne B-X\n"
LINES = "".join(json.dumps({"sentence": text, "label": "1"}) + "\n" for text in "abcd")
SPANS = "".join(json.dumps({"sentence": text, "label": {}}) + "\n" for text in "abcd")


def _halves(file: str, at: int) -> dict[str, Any]:
    return {"train": {"file": file, "rows": [0, at]}, "dev": {"file": file, "rows": [at, None]}}


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (LINES, {"format": "json_lines", **TEXTS}),
        (SPANS, {"format": "json_spans", **TEXTS, "fields": {"tokens": "sentence", "tags": "label"}}),
        ("a\t1\nb\t1\nc\t2\nd\t1\n", {"format": "tab_separated", **TEXTS, "fields": {"text": 0, "label": 1}}),
        ("a O\n\nb O\n\nc O\n\nd O\n", COLUMNS),
    ],
)
def test_a_split_may_be_a_part_of_a_file(tmp_path: Path, content: str, keys: dict[str, Any]) -> None:
    (tmp_path / "all").write_text(content, encoding="utf-8")
    for at in (1, 3):
        read = ReadSpec(splits=_halves("all", at), **keys)
        rows = {split: read_split(tmp_path, read, split).rows for split in ("train", "dev")}
        assert [row["id"] for row in rows["train"]] == [f"train-{number}" for number in range(at)]
        assert [row["id"] for row in rows["dev"]] == [f"dev-{number}" for number in range(at, 4)]
        texts = [row.get("text") or row["tokens"][0] for split in rows for row in rows[split]]
        assert texts == list("abcd")


def test_what_is_odd_is_counted_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "all").write_text(CHUNKS, encoding="utf-8")
    read = ReadSpec(splits=_halves("all", 2), **COLUMNS)
    train, dev = (read_split(tmp_path, read, split) for split in ("train", "dev"))
    assert (train.irregular_tags, dev.irregular_tags) == (1, 0)
    assert [row["document"] for row in (*train.rows, *dev.rows)] == [0, 0, 1, 1]


def test_a_part_beyond_the_end_has_no_example(tmp_path: Path) -> None:
    (tmp_path / "all").write_text(CHUNKS, encoding="utf-8")
    with pytest.raises(UserError, match="found no example for split 'dev'"):
        read_split(tmp_path, ReadSpec(splits=_halves("all", 4), **COLUMNS), "dev")


def test_splits_may_have_forms_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("news_car\t新车\nnews_game\t联赛\n", encoding="utf-8")
    (tmp_path / "dev.json").write_text('{"label": 107, "sentence": "新车"}', encoding="utf-8")
    splits = {
        "train": {"file": "train.tsv", "format": "tab_separated", "fields": {"text": 1, "label": 0}},
        "dev": {"file": "dev.json"},
    }
    names = {"news_car": "107", "news_game": "116"}
    keys = {**TEXTS, "labels": ("107", "116"), "rename_labels": names}
    read = ReadSpec(format="json_lines", splits=splits, **keys)
    assert [(row["text"], row["label"]) for row in read_split(tmp_path, read, "train").rows] == [
        ("新车", "107"),
        ("联赛", "116"),
    ]
    assert read_split(tmp_path, read, "dev").rows == [{"id": "dev-0", "text": "新车", "label": "107"}]


def test_latin_1_is_read_where_the_task_says_so(tmp_path: Path) -> None:
    (tmp_path / "all").write_bytes("Zürich B-X\n".encode("latin-1"))
    splits = {"train": {"file": "all"}, "dev": {"file": "all"}}
    read = ReadSpec(splits=splits, encoding="latin-1", **COLUMNS)
    assert read_split(tmp_path, read, "dev").rows[0]["tokens"] == ["Zürich"]
    with pytest.raises(UserError, match=r"all:1: found byte 0xfc at column 2, expected UTF-8"):
        read_split(tmp_path, read.model_copy(update={"encoding": "utf-8"}), "dev")
