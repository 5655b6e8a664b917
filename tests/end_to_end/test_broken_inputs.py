"""Broken inputs through ``kedro run``: each ends in one line, and nothing that was there is overwritten."""

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from project_clone import Clone

pytestmark = pytest.mark.slow

GOOD = "Ada B-PER\nwrites O\n. O\n\nRome B-LOC\n\n"
TASK = """broken:
  title: Broken
  benchmark: own
  type: tagging
  language: en
  licence: mine
  source: mine
  files:
    - {{name: train.conll, sha256: {sha256}, sources: [{{path: {path}{member}}}]}}
    - {{name: dev.conll, sha256: null, sources: [{{path: {dev}}}]}}
  read:
    format: conll_columns
    fields: {{tokens: 0, tags: 1}}
    scheme: iob2
    labels: [LOC, PER]
    splits: {{train: {{file: train.conll}}, dev: {{file: dev.conll}}}}{more}
  metric: span_f1
"""


class Case:
    """A task in the clone whose files a test breaks."""

    def __init__(self, clone: Clone, folder: Path) -> None:
        self.clone, self.folder = clone, folder
        self.train, dev = folder / "train.conll", folder / "dev.conll"
        for path in (self.train, dev):
            path.write_text(GOOD, encoding="utf-8")
        self.values = {"sha256": "null", "path": self.train, "member": "", "dev": dev, "more": ""}
        self.made = clone.root / "data"

    def line(self, **values: object) -> str:
        """Run ``ingest`` and ``prepare`` and give the one line that says what is wrong."""
        task = self.clone.root / "conf/base/tasks/broken.yml"
        task.write_text(TASK.format(**{**self.values, **values}), encoding="utf-8")
        command = ("kedro", "run", "--pipelines", "ingest,prepare", "--namespaces", "broken")
        printed = self.clone.run(*command, ok=False)
        task.unlink()
        assert "Traceback" not in printed
        (line,) = [text for text in printed.splitlines() if text.startswith("Error: ")]
        return line


@pytest.fixture
def case(clone: Clone, tmp_path: Path) -> Case:
    """A task that would be read, were it not broken."""
    return Case(clone, tmp_path)


def test_truncated_zip(case: Case) -> None:
    archive = case.folder / "train.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("train.conll", GOOD * 500)
    archive.write_bytes(archive.read_bytes()[:-60])
    line = case.line(path=archive, member=", member: train.conll")
    assert "train.conll: no source gives it" in line
    assert "train.zip" in line


def test_wrong_hash_leaves_what_was_there(case: Case) -> None:
    raw = case.made / "01_raw" / "broken"
    raw.mkdir(parents=True)
    (raw / "train.conll").write_text("old", encoding="utf-8")
    line = case.line(sha256="a" * 64)
    assert "found sha256" in line
    assert "expected aaaaaaaaaaaa" in line
    assert [(path.name, path.read_text("utf-8")) for path in raw.iterdir()] == [("train.conll", "old")]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Ada B-PER\n\x89PNG\x00\x00 O\n", "train.conll:2: found a NUL byte, expected text"),
        (b"Ada B-PER\nwrites\n", "train.conll:2: found 1 columns, expected 2 as in the lines before"),
        (b"Ada B-PERSON\n", "train.conll:1: found tag 'B-PERSON', expected O, B-x or I-x with x among LOC, PER"),
        (b"\n\n", "train.conll: found no example for split 'train'"),
        (b"Ada B-PER\nZ\xfcrich B-LOC\n", "train.conll:2: found byte 0xfc at column 2, expected UTF-8"),
    ],
    ids=["binary", "missing column", "unknown label", "empty split", "invalid UTF-8"],
)
def test_broken_file(case: Case, content: bytes, said: str) -> None:
    case.train.write_bytes(content)
    assert said in case.line()


def test_unknown_key(case: Case) -> None:
    line = case.line(more="\n    shuffle: true")
    assert "conf/base/tasks/broken.yml:17: broken.read.shuffle: unknown key; known keys here: format, fields" in line


@pytest.fixture
def disk(case: Case) -> Iterator[Path]:
    """A disk of 64 KiB that takes the data."""
    mount = case.folder / "disk"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.decode().strip()}")
    settings = case.clone.root / "conf/local/globals.yml"
    settings.write_text(f"data_root: {mount}\n", encoding="utf-8")
    yield mount
    settings.unlink()
    subprocess.run(["umount", str(mount)], check=True)


def test_full_disk(case: Case, disk: Path) -> None:
    case.train.write_text(GOOD * 5000, encoding="utf-8")
    line = case.line()
    assert "train.conll: cannot be written: the disk is full: free some space and run again" in line
    assert not list(disk.rglob("train.conll*"))


def test_read_only_folder(case: Case, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        line = case.line()
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert "cannot be written: the folder is read-only" in line


def test_folder_without_permission(case: Case) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (case.made / "01_raw").mkdir(parents=True, exist_ok=True)
    (case.made / "01_raw").chmod(0o500)
    try:
        assert "cannot be written: the folder is not writable" in case.line()
    finally:
        (case.made / "01_raw").chmod(0o700)
