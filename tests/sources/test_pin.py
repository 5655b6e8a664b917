"""Pinned hashes: only they change in the YAML file."""

import stat
from pathlib import Path

import pytest

from regen.errors import UserError
from regen.sources.pin import pin

A, B, C = "a" * 64, "b" * 64, "c" * 64

TEXT = """\
# A task of ours
ours:
  title:   "Ours"   # odd spaces stay
  labels: [x, y,
           z]

  files:
    # the train file
    - name: train.json
      sha256: null  # nobody states it
      bytes:
      sources:
        - path: raw/train.json
    - {name: dev.json, sha256: ~, sources: [{path: raw/dev.json}]}
    - name: test.json
      sources:
      - path: raw/test.json
    - name: pinned.json
      sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
      bytes: 7
      sources: [path: x]
  read: {format: json_lines, limit: null}
"""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yml"
    path.write_text(TEXT)
    return path


def test_only_the_empty_places_change(task: Path) -> None:
    names = pin(
        task, {"dev.json": B, "train.json": A, "test.json": B, "pinned.json": C}, {"train.json": 12, "test.json": 0}
    )
    assert names == ["dev.json", "train.json", "test.json"]
    assert task.read_text() == (
        TEXT.replace("sha256: null  # nobody", f"sha256: {A}  # nobody")
        .replace("bytes:\n", "bytes: 12\n")
        .replace("sha256: ~", f"sha256: {B}")
        .replace("test.json\n      sources", f"test.json\n      sha256: {B}\n      bytes: 0\n      sources")
    )


def test_missing_keys_in_one_line(task: Path) -> None:
    task.write_text("ours: {files: [{name: dev.json, sources: [{path: x}]}]}\n")
    pin(task, {"dev.json": A}, {"dev.json": 3})
    assert task.read_text() == f"ours: {{files: [{{name: dev.json, sha256: {A}, bytes: 3, sources: [{{path: x}}]}}]}}\n"


def test_twice_changes_nothing(task: Path) -> None:
    pin(task, {"train.json": A})
    before = task.stat().st_mtime_ns
    assert pin(task, {"train.json": A}) == []
    assert task.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("hashes", "sizes", "message"),
    [
        ({"train.json": A, "pinned.json": A}, {}, f"pinned.json: its sha256 is {C}, but the file at hand has {A}"),
        ({"train.json": A, "pinned.json": C}, {"pinned.json": 8}, "pinned.json: its bytes is 7, but .* has 8"),
        ({"train.json": A, "other.json": C}, {}, "no entry named other.json; there are train.json, dev.json"),
    ],
)
def test_contradictions_are_refused_as_a_whole(
    task: Path, hashes: dict[str, str], sizes: dict[str, int], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        pin(task, hashes, sizes)
    assert task.read_text() == TEXT


def test_line_ends_mode_and_links_stay(task: Path) -> None:
    task.write_bytes(TEXT.replace("\n", "\r\n").encode())
    task.chmod(0o640)
    link = task.with_name("link.yml")
    link.symlink_to(task)
    pin(link, {"train.json": A, "dev.json": B})
    assert link.is_symlink()
    assert stat.S_IMODE(task.stat().st_mode) == 0o640
    assert task.read_bytes() == TEXT.replace("null  #", f"{A}  #").replace("~", B).replace("\n", "\r\n").encode()


def test_nothing_is_written_by_halves(task: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        pin(task, {"train.json": A})
    assert task.read_text() == TEXT
    assert list(task.parent.iterdir()) == [task]


def test_what_cannot_be_edited_is_said(task: Path) -> None:
    task.write_text("ours: {files: [{name: dev.json, sha256: !!null '', sources: []}]}\n")
    with pytest.raises(UserError, match=f"fill them in by hand: dev.json: {A}"):
        pin(task, {"dev.json": A})
    assert "!!null" in task.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ours: [1\n", "not valid YAML: .*line 2"),
        ("ours: {title: x}\n", "expected one top-level key"),
        ("a: {files: []}\nb: {files: []}\n", "expected one top-level key"),
        ("", "expected one top-level key"),
        ("ours: {files: [{sha256: null}]}\n", "a list of entries with 'name'"),
        ("ours: {files: [a]}\n", "a list of entries with 'name'"),
    ],
)
def test_files_of_another_kind(task: Path, text: str, message: str) -> None:
    task.write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        pin(task, {"dev.json": A})
    assert "\n" not in str(caught.value)


def test_unreadable_yaml(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read: .*No such file"):
        pin(tmp_path / "none.yml", {})
