"""Datasets load what they saved, save the same bytes twice, and keep the old file when saving fails."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io import AbstractDataset, DatasetError

from regen.errors import UserError
from regen.io.datasets import AtomicCSV, AtomicJSON, AtomicParquet, AtomicPlotly, Folder, MarkedSection

TABLE = pd.DataFrame({"id": ["a", "b"], "tokens": [["x", "y"], []], "document": [0, 1]})
FLAT = pd.DataFrame({"task": ["ocnli", "体育"], "mean": [0.1, 0.25]})
FIGURE = go.Figure(go.Bar(x=["a", "b"], y=[1.0, 2.5]), layout={"title": "体育"})

KINDS: dict[str, tuple[Callable[..., AbstractDataset[Any, Any]], dict[str, Any], Any, Any]] = {
    "json": (
        AtomicJSON,
        {"save_args": {"indent": 1, "ensure_ascii": False}},
        {"体育": [1, None, 0.1]},
        {"a": [1, object()]},
    ),
    "csv": (AtomicCSV, {"save_args": {"index": False}}, FLAT, pd.DataFrame({"a": ["x", "half \ud83d"]}, dtype=object)),
    "parquet": (AtomicParquet, {}, TABLE, pd.DataFrame({"a": ["text", 1, object()]})),
    "figure": (AtomicPlotly, {}, FIGURE, go.Figure(layout={"meta": object()})),
}
"""Name -> type, arguments, data that it holds, data that it cannot hold."""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _dataset(kind: str, folder: Path) -> AbstractDataset[Any, Any]:
    cls, arguments, _, _ = KINDS[kind]
    return cls(filepath=str(folder / "out" / kind), **arguments)


def _assert_equal(found: Any, expected: Any) -> None:
    if isinstance(expected, pd.DataFrame):
        lists = {name: found[name].map(list) for name in found if name == "tokens"}
        pd.testing.assert_frame_equal(found.assign(**lists), expected)
    else:
        assert found == expected


def test_it_loads_what_it_saved(kind: str, tmp_path: Path) -> None:
    dataset = _dataset(kind, tmp_path)
    assert not dataset.exists()
    dataset.save(KINDS[kind][2])
    assert dataset.exists()
    _assert_equal(dataset.load(), KINDS[kind][2])
    assert [path.name for path in (tmp_path / "out").iterdir()] == [kind]


def test_it_writes_the_same_bytes_twice(kind: str, tmp_path: Path) -> None:
    for part in ("one", "two"):
        _dataset(kind, tmp_path / part).save(KINDS[kind][2])
    assert (tmp_path / "one/out" / kind).read_bytes() == (tmp_path / "two/out" / kind).read_bytes()


def test_what_it_cannot_hold_leaves_the_old_file(kind: str, tmp_path: Path) -> None:
    dataset = _dataset(kind, tmp_path)
    dataset.save(KINDS[kind][2])
    before = (tmp_path / "out" / kind).read_bytes()
    with pytest.raises((DatasetError, UnicodeEncodeError)):
        dataset.save(KINDS[kind][3])
    assert (tmp_path / "out" / kind).read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [kind]
    dataset.save(KINDS[kind][2])
    assert (tmp_path / "out" / kind).read_bytes() == before


def test_a_full_disk_leaves_the_old_file_and_one_line(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = _dataset(kind, tmp_path)
    dataset.save(KINDS[kind][2])
    before = (tmp_path / "out" / kind).read_bytes()

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DatasetError) as caught:
        dataset.save(KINDS[kind][2])
    cause = caught.value.__cause__
    assert isinstance(cause, UserError)
    assert str(cause).startswith(f"{tmp_path / 'out' / kind}: cannot be written: the disk is full")
    assert (tmp_path / "out" / kind).read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [kind]


def test_csv_and_json_are_readable_as_they_lie_there(tmp_path: Path) -> None:
    for kind in ("json", "csv"):
        _dataset(kind, tmp_path).save(KINDS[kind][2])
    assert (tmp_path / "out/json").read_text(encoding="utf-8") == '{\n "体育": [\n  1,\n  null,\n  0.1\n ]\n}'
    assert (tmp_path / "out/csv").read_text(encoding="utf-8") == "task,mean\nocnli,0.1\n体育,0.25\n"


def test_a_folder_is_filled_by_a_function_and_loaded_as_its_path(tmp_path: Path) -> None:
    dataset = Folder(filepath=str(tmp_path / "models/fit"), metadata={"x": 1})
    assert not dataset.exists()
    dataset.save(lambda new: (new / "a").write_text("one"))
    dataset.save(lambda new: (new / "b").write_text("two"))
    assert dataset.load() == tmp_path / "models/fit"
    assert [path.name for path in dataset.load().iterdir()] == ["b"]
    assert dataset.exists()
    assert dataset.metadata == {"x": 1}
    assert str(tmp_path / "models/fit") in str(dataset)


def test_a_folder_that_cannot_be_filled_stays(tmp_path: Path) -> None:
    dataset = Folder(filepath=str(tmp_path / "fit"))
    dataset.save(lambda new: (new / "a").write_text("one"))

    def fill(new: Path) -> None:
        (new / "b").write_text("two")
        raise UserError("no")

    with pytest.raises(DatasetError) as caught:
        dataset.save(fill)
    assert isinstance(caught.value.__cause__, UserError)
    assert [path.name for path in (tmp_path / "fit").iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["fit"]


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "fit").write_text("a file")
    with pytest.raises(DatasetError, match="fit: no such folder; run the stage that makes it first"):
        Folder(filepath=str(tmp_path / "fit")).load()


PAGE = "# Title\n\n<!-- results:begin -->\nold\n<!-- results:end -->\n\n<!-- other:begin -->x<!-- other:end -->\n"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "README.md"
    path.write_text(PAGE, encoding="utf-8")
    yield path
    assert [item.name for item in tmp_path.iterdir()] == ["README.md"]


def test_a_section_is_replaced_and_the_rest_stays(page: Path) -> None:
    dataset = MarkedSection(filepath=str(page), name="results")
    assert dataset.exists()
    assert dataset.load() == "old"
    dataset.save("\n| 体育 |\n|--|\n")
    assert page.read_text(encoding="utf-8") == PAGE.replace("old", "| 体育 |\n|--|")
    assert dataset.load() == "| 体育 |\n|--|"
    assert MarkedSection(filepath=str(page), name="other").load() == "x"
    assert "results:begin" in str(dataset)


@pytest.mark.parametrize("lost", ["<!-- results:begin -->", "<!-- results:end -->"])
def test_a_page_without_markers_stays(page: Path, lost: str) -> None:
    page.write_text(PAGE.replace(lost, ""), encoding="utf-8")
    dataset = MarkedSection(filepath=str(page), name="results")
    with pytest.raises(
        DatasetError, match="markers not found; put '<!-- results:begin -->' and '<!-- results:end -->'"
    ):
        dataset.save("new")
    assert page.read_text(encoding="utf-8") == PAGE.replace(lost, "")


def test_a_page_that_is_not_there_says_so(page: Path) -> None:
    dataset = MarkedSection(filepath=str(page.with_name("none.md")), name="results")
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"none\.md: no such file; make it"):
        dataset.save("new")


@settings(deadline=None, max_examples=25)  # each example is flushed to disk
@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])).map(str.strip), st.text("ab\n"))
def test_a_section_loads_what_it_saved(tmp_path_factory: pytest.TempPathFactory, data: str, after: str) -> None:
    path = tmp_path_factory.mktemp("page") / "page.md"
    path.write_text(f"before<!-- a:begin --><!-- a:end -->{after}", encoding="utf-8")
    dataset = MarkedSection(filepath=str(path), name="a")
    for _ in range(2):
        dataset.save(data)
        assert dataset.load() == data
        assert path.read_text(encoding="utf-8") == f"before<!-- a:begin -->\n{data}\n<!-- a:end -->{after}"


def test_preview_of_a_table_with_lists_is_plain_json(tmp_path: Path) -> None:
    dataset = AtomicParquet(filepath=str(tmp_path / "x.parquet"))
    rows = {"id": ["a", "b"], "n": [1, 2], "score": [0.5, 1.0], "tokens": [["Rome", "."], ["x"]], "gold": [None, None]}
    dataset.save(pd.DataFrame(rows))
    shown = json.loads(json.dumps(dataset.preview(nrows=1)))
    assert shown == {"index": [0], "columns": list(rows), "data": [["a", 1, 0.5, "Rome .", None]]}
