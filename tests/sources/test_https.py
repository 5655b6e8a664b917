"""Downloads over real sockets: resuming, trying again, giving up."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from file_server import Script

from regen.errors import UserError
from regen.sources.https import download
from regen.sources.unavailable import UnavailableError

BODY = os.urandom(1 << 19)
HALF = len(BODY) // 2
LIMIT = 1 << 20


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the file shall appear."""
    return tmp_path / "file"


@pytest.fixture
def server(server: Script) -> Script:
    """The server, with a file."""
    server.body = BODY
    return server


def _download(server: Script, target: Path, limit: int = LIMIT) -> list[float]:
    """Download, and give the pauses that were made."""
    pauses: list[float] = []
    download(server.url, target, limit, sleep=pauses.append)
    return pauses


def test_whole_file_in_one_go(server: Script, target: Path) -> None:
    assert _download(server, target) == []
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]
    assert server.asked[0]["Accept-Encoding"] == "identity"


def test_broken_connection_is_continued_where_it_broke(server: Script, target: Path) -> None:
    server.cuts = [HALF]
    assert _download(server, target) == [1.0]
    assert target.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert server.asked[1]["If-Range"] == '"one"'


@pytest.mark.parametrize(
    "headers", [{"Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"}, {"Last-Modified": "x", "ETag": 'W/"weak"'}]
)
def test_date_serves_where_no_strong_tag_is_given(server: Script, target: Path, headers: dict[str, str]) -> None:
    server.headers, server.cuts = headers, [HALF]
    _download(server, target)
    assert server.asked[1]["If-Range"] == headers["Last-Modified"]
    assert target.read_bytes() == BODY


def test_no_version_means_no_resuming(server: Script, target: Path) -> None:
    server.headers, server.cuts = {}, [HALF]
    _download(server, target)
    assert server.ranges == [None, None]
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("checks_version", [True, False])
def test_changed_file_starts_anew(server: Script, target: Path, checks_version: bool) -> None:
    server.cuts = [HALF, 0, 0, 0, 0]
    with pytest.raises(UnavailableError, match=r"broke off \(tried 5 times\)"):
        _download(server, target)
    server.body, server.headers, server.checks_version = BODY[::-1], {"ETag": '"two"'}, checks_version
    server.cuts = []
    _download(server, target)
    assert target.read_bytes() == BODY[::-1]
    assert server.ranges[5] == f"bytes={HALF}-"


def test_range_beyond_the_end_starts_anew(server: Script, target: Path) -> None:
    server.checks_version = False
    target.with_name("file.part").write_bytes(BODY + b"more")
    target.with_name("file.validator").write_text('"one"')
    _download(server, target)
    assert target.read_bytes() == BODY
    assert server.ranges == [f"bytes={len(BODY) + 4}-", None]


def test_wrong_part_starts_anew(server: Script, target: Path) -> None:
    server.cuts, server.headers = [HALF], {"ETag": '"one"', "Content-Range": "bytes 7-9/10"}
    _download(server, target)
    assert server.ranges == [None, f"bytes={HALF}-", None]
    assert target.read_bytes() == BODY


def test_server_errors_are_tried_again_after_doubling_pauses(server: Script, target: Path) -> None:
    server.refusals = [(500, {}), (503, {"Retry-After": "7"}), (429, {"Retry-After": "1"}), (502, {})]
    assert _download(server, target) == [1.0, 7.0, 4.0, 8.0]
    assert target.read_bytes() == BODY


def test_five_tries_and_no_more(server: Script, target: Path) -> None:
    server.refusals = [(500, {})] * 9
    with pytest.raises(UnavailableError, match=r"^500 Internal Server Error \(tried 5 times\)$"):
        _download(server, target)
    assert len(server.asked) == 5
    assert not target.exists()


@pytest.mark.parametrize("status", [403, 404])
def test_refusals_are_final(server: Script, target: Path, status: int) -> None:
    server.refusals = [(status, {})]
    with pytest.raises(UnavailableError, match=f"^{status} "):
        _download(server, target)
    assert len(server.asked) == 1


def test_no_endless_waiting(server: Script, target: Path) -> None:
    server.refusals = [(429, {"Retry-After": "3600"})]
    with pytest.raises(UnavailableError, match=r"^429 Too Many Requests, and the server asks to wait 3600 s$"):
        _download(server, target)


def test_compressed_transfer_is_refused(server: Script, target: Path) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(UnavailableError, match="encoding gzip"):
        _download(server, target)


@pytest.mark.parametrize("tells_length", [True, False])
def test_too_large_is_refused(server: Script, target: Path, tells_length: bool) -> None:
    server.tells_length = tells_length
    with pytest.raises(UnavailableError, match=f"^has more than {HALF} bytes$"):
        _download(server, target, limit=HALF)
    assert not target.with_name("file.part").exists()
    assert not target.exists()


def test_declared_length_is_enough_to_refuse(server: Script, target: Path) -> None:
    server.cuts = [0]
    with pytest.raises(UnavailableError, match=f"^has more than {HALF} bytes$"):
        _download(server, target, limit=HALF)
    assert len(server.asked) == 1


def test_nobody_listens(target: Path) -> None:
    pauses: list[float] = []
    with pytest.raises(UnavailableError, match="no connection"):
        download("http://127.0.0.1:9/file", target, LIMIT, sleep=pauses.append)
    assert pauses == [1.0, 2.0, 4.0, 8.0]


def test_address_without_sense(target: Path) -> None:
    with pytest.raises(UnavailableError, match="Invalid URL"):
        download("http://", target, LIMIT)


def test_server_that_stays_silent(server: Script, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.cuts, server.hang = [HALF], threading.Event()
    monkeypatch.setattr("regen.sources.https._TIMEOUT", (5.0, 0.1))
    assert _download(server, target) == [1.0]
    server.hang.set()
    assert target.read_bytes() == BODY


def test_answer_that_never_comes(server: Script, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.late = threading.Event()
    monkeypatch.setattr("regen.sources.https._TIMEOUT", (5.0, 0.05))
    with pytest.raises(UnavailableError, match=r"^timed out \(tried 5 times\)$"):
        _download(server, target)
    server.late.set()


def test_plain_server_behind_https(server: Script, target: Path) -> None:
    with pytest.raises(UnavailableError, match=r"^no secure connection: "):
        download(server.url.replace("http", "https"), target, LIMIT)


def test_full_disk_is_the_users_to_mend(server: Script, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=f"^{target.parent}: cannot be written: the disk is full: free some space"):
        _download(server, target)
    assert not target.exists()


def test_killed_download_is_continued_by_the_next(server: Script, target: Path) -> None:
    server.cuts, server.hang = [HALF], threading.Event()
    code = (
        "import sys, pathlib; from regen.sources.https import download; "
        "download(sys.argv[1], pathlib.Path(sys.argv[2]), 1 << 20)"
    )
    command = [sys.executable, "-c", code, server.url, str(target)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as other:
        part = target.with_name("file.part")
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size == HALF):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        other.send_signal(signal.SIGKILL)
    assert not target.exists()
    server.hang.set()
    _download(server, target)
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert target.read_bytes() == BODY
