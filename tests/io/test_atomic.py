"""What is replaced is whole, before and after, whatever happens in between."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from regen.errors import UserError
from regen.io import atomic
from regen.io.atomic import replacing, sweep

Tree = dict[str, str]


def _tree(folder: Path) -> Tree:
    """Every file below a folder, hidden ones too, with its text."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def _write_file(new: Path) -> None:
    new.write_text("new")


def _write_folder(new: Path) -> None:
    (new / "deep").mkdir(parents=True)
    (new / "a").write_text("new a")
    (new / "deep/b").write_text("new b")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shelf/file"
    path.parent.mkdir()
    path.write_text("old")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shelf/folder"
    path.mkdir(parents=True)
    (path / "a").write_text("old a")
    (path / "z").write_text("old z")
    return path


@pytest.fixture(params=["file", "folder"])
def case(request: pytest.FixtureRequest) -> tuple[Path, Callable[[Path], None]]:
    """A path that holds something, and what writes its replacement."""
    return request.getfixturevalue(request.param), {"file": _write_file, "folder": _write_folder}[request.param]


def test_a_file_is_replaced_and_nothing_else_is_left(file: Path) -> None:
    with replacing(file) as new:
        assert not new.exists()
        _write_file(new)
        assert file.read_text() == "old"
    assert _tree(file.parent) == {"file": "new"}
    assert len(list(file.parent.iterdir())) == 1


def test_a_folder_is_replaced_whole(folder: Path) -> None:
    with replacing(folder) as new:
        assert not new.exists()
        _write_folder(new)
        assert _tree(folder) == {"a": "old a", "z": "old z"}
    assert _tree(folder.parent) == {"folder/a": "new a", "folder/deep/b": "new b"}
    assert len(list(folder.parent.iterdir())) == 1


def test_a_path_that_is_not_there_yet_gets_its_parents(tmp_path: Path) -> None:
    with replacing(tmp_path / "x/y/file") as new:
        _write_file(new)
    with replacing(tmp_path / "x/z/folder") as new:
        _write_folder(new)
    assert _tree(tmp_path) == {"x/y/file": "new", "x/z/folder/a": "new a", "x/z/folder/deep/b": "new b"}


def test_others_may_read_what_they_could_read_before(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/file").write_text("x")
    for name, write in (("file", _write_file), ("folder", _write_folder)):
        with replacing(tmp_path / name) as new:
            write(new)
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain/file").stat().st_mode
    assert (tmp_path / "folder").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_stays_when_writing_fails(case: tuple[Path, Callable[[Path], None]]) -> None:
    path, write = case
    before = _tree(path.parent)

    def fail() -> None:
        with replacing(path) as new:
            write(new)
            raise KeyError("half-way")

    with pytest.raises(KeyError, match="half-way"):
        fail()
    assert _tree(path.parent) == before
    assert list(path.parent.iterdir()) == [path]


def test_the_old_content_stays_when_nothing_was_written(case: tuple[Path, Callable[[Path], None]]) -> None:
    path, _ = case
    before = _tree(path.parent)
    with pytest.raises(FileNotFoundError), replacing(path):
        pass
    assert _tree(path.parent) == before


def _disk_full(_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_one_line_and_keeps_the_old(
    case: tuple[Path, Callable[[Path], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = case
    before = _tree(path.parent)
    monkeypatch.setattr(os, "fsync", _disk_full)
    with pytest.raises(UserError) as caught, replacing(path) as new:
        write(new)
    assert str(caught.value) == f"{path}: cannot be written: the disk is full: free some space and run again"
    assert _tree(path.parent) == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "the folder is not writable: change its permissions"),
        (errno.EPERM, "the folder is not writable: change its permissions"),
        (errno.EROFS, "the folder is read-only: choose another data_root in conf/local/globals.yml"),
    ],
)
def test_a_folder_that_refuses_is_one_line(file: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    def refuse(**_: object) -> str:
        raise OSError(number, os.strerror(number), str(file.parent))

    monkeypatch.setattr(atomic, "mkdtemp", refuse)
    with pytest.raises(UserError) as caught, replacing(file):
        pytest.fail("there is no place to write")
    assert str(caught.value) == f"{file}: cannot be written: {said}"
    assert _tree(file.parent) == {"file": "old"}


def test_another_error_of_the_system_stays_what_it_is(file: Path) -> None:
    def fail() -> None:
        with replacing(file):
            raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        fail()
    assert _tree(file.parent) == {"file": "old"}


def test_the_old_folder_comes_back_when_the_new_one_cannot_be_put_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if target == folder and self.parent.suffix == ".tmp" and self.name == "folder":
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="broken"), replacing(folder) as new:
        _write_folder(new)
    assert _tree(folder.parent) == {"folder/a": "old a", "folder/z": "old z"}


def test_all_is_on_disk_before_the_name_changes_and_the_name_after_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []
    sync = atomic._sync

    def noting(path: Path) -> None:
        synced.append((path.name, (folder / "z").exists()))
        sync(path)

    monkeypatch.setattr(atomic, "_sync", noting)
    with replacing(folder) as new:
        _write_folder(new)
    assert sorted(synced[:-1]) == [(name, True) for name in ("a", "b", "deep", "folder")]
    assert synced[-1] == ("shelf", False)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from regen.io.atomic import replacing, sweep

    with replacing(Path(sys.argv[1])) as new:
        if sys.argv[2] == "folder":
            new.mkdir()
            new = new / "a"
        with new.open("w") as file:
            file.write("half")
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_killed_writer_leaves_the_old_content_whole(
    kind: str, request: pytest.FixtureRequest, project_root: Path
) -> None:
    path: Path = request.getfixturevalue(kind)
    before = _tree(path) if path.is_dir() else path.read_text()
    environ = {**os.environ, "PYTHONPATH": str(project_root / "src")}
    killed = subprocess.run([sys.executable, "-c", dedent(KILLED), str(path), kind], check=False, env=environ)
    assert killed.returncode == -9
    assert (_tree(path) if path.is_dir() else path.read_text()) == before
    (leftover,) = set(path.parent.iterdir()) - {path}
    assert "half" in _tree(leftover).values()
    assert leftover.match(".*.tmp")  # git and DVC ignore it
    sweep(path.with_name("other"))
    assert leftover.is_dir()
    sweep(path)
    assert set(path.parent.iterdir()) == {path}
