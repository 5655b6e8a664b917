"""Copies appear whole and right, or not at all."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.config.files import FileSpec, Source
from regen.errors import UserError
from regen.sources.unavailable import UnavailableError
from regen.sources.verify import check_archive, file_chunks, save

BODY = b"what was published"
SHA256 = hashlib.sha256(BODY).hexdigest()
OTHER = "0" * 64


def _spec(**keys: Any) -> FileSpec:
    return FileSpec(name="dev.json", sources=(Source(path="dev.json"),), **keys)


@pytest.fixture
def target(folder: Path) -> Path:
    return folder / "sub" / "dev.json"


@settings(deadline=None)  # it writes files
@given(st.lists(st.binary(max_size=50)))
def test_any_pieces_make_the_file(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    target = tmp_path_factory.mktemp("raw") / "dev.json"
    whole = b"".join(pieces)
    spec = _spec(sha256=hashlib.sha256(whole).hexdigest(), bytes=len(whole))
    assert save(pieces, target, spec) == spec.sha256
    assert target.read_bytes() == whole
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"sha256": OTHER}, f"^found sha256 {SHA256[:12]}…, expected 000000000000…$"),
        ({"bytes": len(BODY) + 1}, f"^found {len(BODY)} bytes, expected {len(BODY) + 1}$"),
        ({"bytes": len(BODY) - 1}, f"^has more than the expected {len(BODY) - 1} bytes$"),
    ],
)
def test_wrong_bytes_leave_nothing_and_harm_nothing(target: Path, keys: dict[str, Any], reason: str) -> None:
    target.parent.mkdir()
    target.write_bytes(b"earlier")
    with pytest.raises(UnavailableError, match=reason):
        save([BODY], target, _spec(**keys))
    assert target.read_bytes() == b"earlier"
    assert list(target.parent.iterdir()) == [target]


def test_unknown_hash_is_accepted(target: Path) -> None:
    assert save([BODY], target, _spec()) == SHA256


def test_too_much_is_not_read_to_its_end(target: Path) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield BODY

    with pytest.raises(UnavailableError):
        save(endless(), target, _spec(bytes=100))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "the disk is full: free some space"),
        (errno.EACCES, "the folder is not writable: change its permissions"),
        (errno.EROFS, "the folder is read-only: choose another"),
    ],
)
def test_what_the_user_can_mend_is_said(target: Path, monkeypatch: pytest.MonkeyPatch, code: int, advice: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(UserError, match=f"^{target}: cannot be written: {advice}"):
        save([BODY], target, _spec())
    assert list(target.parent.iterdir()) == []


def test_other_errors_of_the_disk_are_not_hidden(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="broken"):
        save([BODY], target, _spec())


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"^cannot be read \(Is a directory\)$"):
        list(file_chunks(tmp_path))


def test_archive_hash(tmp_path: Path) -> None:
    archive = tmp_path / "data.zip"
    archive.write_bytes(BODY)
    check_archive(archive, SHA256)
    check_archive(archive, None)
    with pytest.raises(UnavailableError, match=r"^found the archive's sha256 .*, expected 000000000000…$"):
        check_archive(archive, OTHER)
