"""Zip archives that are fine, damaged or meant to harm."""

import io
import stat
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.sources.archive import member_chunks
from regen.sources.unavailable import UnavailableError

LIMIT = 1 << 20
TEXT = b"".join(b"line %d\n" % number for number in range(500))


def _zip(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


def _read(path: Path, member: str, limit: int = LIMIT) -> bytes:
    return b"".join(member_chunks(path, member, limit))


def _patch(path: Path, signature: bytes, offset: int, new: bytes) -> None:
    """Overwrite a field of the first header that starts with the signature."""
    content = bytearray(path.read_bytes())
    start = content.index(signature) + offset
    content[start : start + len(new)] = new
    path.write_bytes(content)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return _zip(tmp_path / "data.zip", ("sub/dev.json", TEXT))


def test_member(archive: Path) -> None:
    assert _read(archive, "sub/dev.json") == TEXT
    assert _read(archive, "sub/dev.json", limit=len(TEXT)) == TEXT


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "a\\b", "C:/x", "c:x"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "data.zip", (name, b"x"))
    with pytest.raises(UnavailableError, match="leads out of the archive"):
        _read(path, name)


def test_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(UnavailableError, match="link is a folder or a link"):
        _read(_zip(tmp_path / "data.zip", (link, b"/etc/passwd")), "link")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="sub/ is a folder"):
        _read(_zip(tmp_path / "data.zip", ("sub/", b"")), "sub/")


def test_encrypted_member_is_refused(archive: Path) -> None:
    _patch(archive, b"PK\x01\x02", 8, struct.pack("<H", 1))
    with pytest.raises(UnavailableError, match=r"member sub/dev.json is encrypted"):
        _read(archive, "sub/dev.json")


def test_declared_size_over_the_limit_is_refused(archive: Path) -> None:
    with pytest.raises(UnavailableError, match=f"declares {len(TEXT)} bytes, more than 100$"):
        _read(archive, "sub/dev.json", limit=100)


def test_bomb_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "bomb.zip", ("bomb", bytes(11 << 20)))
    with pytest.raises(UnavailableError, match="bomb is compressed more than 200-fold"):
        _read(path, "bomb", limit=1 << 30)


def test_small_members_may_compress_well(tmp_path: Path) -> None:
    assert _read(_zip(tmp_path / "data.zip", ("zeros", bytes(1 << 20))), "zeros") == bytes(1 << 20)


def test_bomb_with_a_lying_header_never_gives_more_than_it_declares(tmp_path: Path) -> None:
    path = _zip(tmp_path / "bomb.zip", ("bomb", bytes(11 << 20)))
    _patch(path, b"PK\x01\x02", 24, struct.pack("<L", 1000))
    chunks: list[bytes] = []
    with pytest.raises(UnavailableError, match="cannot read member bomb: Bad CRC-32"):
        chunks.extend(member_chunks(path, "bomb", 1000))
    assert sum(map(len, chunks)) <= 1000


def test_bytes_are_counted_whatever_the_header_says(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = io.BytesIO(bytes(3 * LIMIT))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: endless)
    with pytest.raises(UnavailableError, match=f"has more than {LIMIT} bytes"):
        _read(archive, "sub/dev.json")


def test_truncated_archive(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(UnavailableError, match=r"^cannot read member sub/dev.json: File is not a zip file$"):
        _read(archive, "sub/dev.json")


def test_damaged_member(archive: Path) -> None:
    _patch(archive, b"PK\x03\x04", 60, b"\xff" * 20)
    with pytest.raises(UnavailableError, match=r"^cannot read member sub/dev.json: Error -3"):
        _read(archive, "sub/dev.json")


def test_missing_member_lists_what_is_there(tmp_path: Path) -> None:
    path = _zip(tmp_path / "data.zip", ("sub/", b""), *((f"{number}.json", b"") for number in range(7)))
    with pytest.raises(
        UnavailableError, match=r"^no member dev.json in it; it holds 0.json, 1.json, 2.json, 3.json, 4.json, …$"
    ):
        _read(path, "dev.json")


def test_missing_member_of_an_empty_archive(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="it holds no files"):
        _read(_zip(tmp_path / "data.zip"), "dev.json")


def test_names_with_line_breaks_stay_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"^no member x in it; it holds a b$"):
        _read(_zip(tmp_path / "data.zip", ("a\nb", b"")), "x")


@settings(deadline=None)  # it writes files
@given(position=st.integers(min_value=0), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_damage_gives_the_true_bytes_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int, cut: int
) -> None:
    path = _zip(tmp_path_factory.mktemp("damaged") / "data.zip", ("dev.json", TEXT))
    content = bytearray(path.read_bytes())
    content[position % len(content)] = value
    path.write_bytes(content[: len(content) - cut])
    with suppress(UnavailableError):  # and no other error
        assert _read(path, "dev.json") == TEXT
