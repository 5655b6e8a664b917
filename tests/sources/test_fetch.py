"""Files from every kind of source, in order, and one clear line when none has them."""

import errno
import hashlib
import logging
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from file_server import Script

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.errors import UserError
from regen.sources.fetch import fetch_files

BODY = b'{"label": "0"}\n' * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()
WRONG = b"another version"


def _spec(*sources: Source, name: str = "dev.json", **keys: Any) -> FileSpec:
    return FileSpec(name=name, sources=sources, **{"sha256": SHA256, **keys})


def _url(server: Script, member: str | None = None) -> Source:
    """A source at the test's server, which speaks no TLS."""
    return Source.model_construct(url=server.url, member=member)


def _put(path: Path, content: bytes = BODY) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _zip(path: Path, **members: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return path


def _message(spec: FileSpec, machine: Machine, folder: Path) -> str:
    """What the user is told when a file cannot be had."""
    with pytest.raises(UserError) as caught:
        fetch_files([spec], machine, folder)
    message = str(caught.value)
    assert "\n" not in message
    assert list(folder.rglob("*.json")) == []
    return message


def test_local_files_are_copied_under_their_names(machine: Machine, folder: Path, tmp_path: Path) -> None:
    _put(machine.project / "raw/a.json")
    _put(tmp_path / "elsewhere.json")
    _put(machine.mirrors[1] / "clue/c.json")
    files = [
        _spec(Source(path="raw/a.json"), name="a.json"),
        _spec(Source(path=str(tmp_path / "elsewhere.json")), name="b.json"),
        _spec(Source(mirror="clue/c.json"), name="sub/c.json"),
    ]
    assert fetch_files(files, machine, folder) == {"a.json": SHA256, "b.json": SHA256, "sub/c.json": SHA256}
    for name in ("a.json", "b.json", "sub/c.json"):
        assert (folder / name).read_bytes() == BODY
        assert not (folder / name).is_symlink()
        assert (folder / name).stat().st_nlink == 1
    assert (machine.project / "raw/a.json").read_bytes() == BODY
    assert not machine.state.exists()


def test_members_of_archives_in_mirrors(machine: Machine, folder: Path) -> None:
    archive = _zip(machine.mirrors[0] / "clue.zip", dev=BODY)
    good = hashlib.sha256(archive.read_bytes()).hexdigest()
    spec = _spec(Source(mirror="clue.zip", member="dev.json", archive_sha256=good))
    assert fetch_files([spec], machine, folder) == {"dev.json": SHA256}
    (folder / "dev.json").unlink()
    bad = _spec(Source(mirror="clue.zip", member="dev.json", archive_sha256="0" * 64))
    assert f"clue.zip: found the archive's sha256 {good[:12]}…, expected 000000000000…" in _message(
        bad, machine, folder
    )


def test_next_source_is_tried_after_a_wrong_one(machine: Machine, folder: Path, server: Script) -> None:
    _put(machine.project / "dev.json", WRONG)
    _put(machine.mirrors[0] / "dev.json", WRONG)
    server.body = BODY
    spec = _spec(Source(path="dev.json"), Source(mirror="dev.json"), _url(server))
    assert fetch_files([spec], machine, folder) == {"dev.json": SHA256}
    assert (folder / "dev.json").read_bytes() == BODY
    assert [path.suffix for path in (machine.state / "downloads").iterdir()] == [".lock"]


def test_every_source_and_what_to_do_in_one_line(machine: Machine, folder: Path, server: Script) -> None:
    _put(machine.mirrors[0] / "clue/dev.json", WRONG)
    (machine.project / "raw").mkdir()
    server.refusals = [(404, {})]
    spec = _spec(Source(path="raw"), Source(mirror="clue/dev.json"), _url(server), name="ocnli/dev.json")
    first, second = (folder / "clue/dev.json" for folder in machine.mirrors)
    wrong = hashlib.sha256(WRONG).hexdigest()[:12]
    assert _message(spec, machine, folder) == (
        "ocnli/dev.json: no source gives it (path raw: is a folder; "
        f"mirror clue/dev.json: {first}: found sha256 {wrong}…, expected {SHA256[:12]}…, {second}: no such file; "
        f"url {server.url}: 404 Not Found); "
        f"put it at {machine.project / 'raw'}, or put it at {first}, or set REGEN_MIRROR to a folder that holds"
        " clue/dev.json, or check the network and try again"
    )


def test_without_mirrors_and_offline(machine: Machine, folder: Path) -> None:
    machine = machine.model_copy(update={"mirrors": (), "offline": True})
    spec = _spec(
        Source(mirror="clue.zip", member="dev.json"),
        Source(url="https://example.org/dev.json"),
        Source(wheel="somedata==1.0", member="dev.json"),
        Source(hub="datasets/some/data", member="dev.json", revision="abc"),
    )
    assert _message(spec, machine, folder) == (
        "dev.json: no source gives it (mirror clue.zip: no mirror folder is set; "
        "url https://example.org/dev.json: offline; wheel somedata==1.0: offline; hub datasets/some/data: offline); "
        "set REGEN_MIRROR to a folder that holds clue.zip, or go online"
    )


def test_damaged_archive_is_named_with_its_member(machine: Machine, folder: Path) -> None:
    archive = _zip(machine.mirrors[0] / "clue.zip", dev=BODY)
    archive.write_bytes(archive.read_bytes()[:-9])
    message = _message(_spec(Source(mirror="clue.zip", member="dev.json")), machine, folder)
    assert f"{archive}: cannot read member dev.json: File is not a zip file" in message
    assert f"put the archive at {archive}" in message


def test_unknown_hash_is_accepted_and_told(machine: Machine, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _put(machine.project / "dev.json")
    with caplog.at_level(logging.WARNING):
        seen = fetch_files([_spec(Source(path="dev.json"), sha256=None)], machine, folder, owner="ocnli")
    assert seen == {"dev.json": SHA256}
    assert caplog.messages == [f"dev.json: sha256 {SHA256} is not pinned; pin it with: kedro source pin ocnli"]


def test_a_hash_that_cannot_be_pinned_is_not_told(
    machine: Machine, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _put(machine.project / "dev.json")
    with caplog.at_level(logging.WARNING):
        fetch_files([_spec(Source(path="dev.json"), sha256=None)], machine, folder, owner=None)
    assert caplog.messages == []
    with pytest.raises(UserError) as caught:
        fetch_files([_spec(Source(path="dev.json"), sha256="0" * 64)], machine, folder, owner=None)
    assert "source pin" not in str(caught.value)


def test_pinned_hash_is_not_told(machine: Machine, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _put(machine.project / "dev.json")
    with caplog.at_level(logging.WARNING):
        fetch_files([_spec(Source(path="dev.json"))], machine, folder)
    assert caplog.messages == []


def test_two_members_of_an_archive_download_it_once(
    machine: Machine, folder: Path, server: Script, tmp_path: Path
) -> None:
    server.body = _zip(tmp_path / "made.zip", dev=BODY, train=WRONG).read_bytes()
    train = hashlib.sha256(WRONG).hexdigest()
    files = [
        _spec(_url(server, member="dev.json")),
        _spec(_url(server, member="train.json"), name="train.json", sha256=train, bytes=len(WRONG)),
    ]
    assert fetch_files(files, machine, folder) == {"dev.json": SHA256, "train.json": train}
    assert len(server.asked) == 1


def test_kept_archive_that_does_not_serve_is_had_anew(
    machine: Machine, folder: Path, server: Script, tmp_path: Path
) -> None:
    spec = _spec(_url(server, member="dev.json"))
    server.body = _zip(tmp_path / "made.zip", dev=WRONG).read_bytes()
    assert "found sha256" in _message(spec, machine, folder)
    server.body = _zip(tmp_path / "made.zip", dev=BODY).read_bytes()
    assert fetch_files([spec], machine, folder) == {"dev.json": SHA256}


def test_known_size_limits_the_download(machine: Machine, folder: Path, server: Script) -> None:
    server.body = BODY
    assert "has more than 10 bytes" in _message(_spec(_url(server), bytes=10), machine, folder)


def test_full_disk_is_no_reason_to_try_the_next_source(
    machine: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    _put(machine.project / "dev.json")
    message = _message(_spec(Source(path="dev.json"), Source(path="other.json")), machine, folder)
    assert message.startswith(f"{folder / 'dev.json'}: cannot be written: the disk is full")


def test_state_folder_that_cannot_be_made(machine: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    message = _message(_spec(Source(url="https://example.org/dev.json")), machine, folder)
    assert message.startswith(f"{machine.state / 'downloads'}: cannot be written: the folder is read-only")


def test_local_files_need_nothing_of_the_network() -> None:
    code = (
        "import sys, regen.sources.fetch; "
        "sys.exit(str({'requests', 'huggingface_hub', 'tqdm', 'regen.sources.https'} & set(sys.modules) or ''))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_processes_that_want_the_same_archive_wait_for_each_other(
    machine: Machine, folder: Path, server: Script, tmp_path: Path
) -> None:
    server.body = _zip(tmp_path / "made.zip", dev=BODY).read_bytes()
    code = (
        "import sys; from pathlib import Path; from regen.config.files import FileSpec, Source; "
        "from regen.config.machine import Machine; from regen.sources.fetch import fetch_files; "
        "url, state, folder = sys.argv[1:]; Path(folder).mkdir(); "
        "spec = FileSpec(name='dev.json', sources=[Source.model_construct(url=url, member='dev.json')]); "
        "fetch_files([spec], Machine(project=folder, state=state), Path(folder))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    folders = [folder / name for name in ("one", "two")]
    running = [
        subprocess.Popen([sys.executable, "-c", code, server.url, str(machine.state), str(each)], env=environment)
        for each in folders
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert [(each / "dev.json").read_bytes() for each in folders] == [BODY, BODY]
    assert len(server.asked) == 1
