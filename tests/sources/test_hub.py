"""Files of hub repositories, with the library's download replaced."""

import errno
import os
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.errors import UserError
from regen.sources.fetch import fetch_files
from regen.sources.hub import repository_files
from regen.sources.unavailable import UnavailableError


def _spec(hub: str) -> FileSpec:
    return FileSpec(name="dev.json", bytes=4, sources=(Source(hub=hub, member="data/dev.json", revision="abc"),))


@pytest.mark.parametrize(("hub", "kind"), [("datasets/some/data", "dataset"), ("some/data", "model")])
def test_file_at_its_revision(
    machine: Machine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: str, kind: str
) -> None:
    asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    def download(*names: str, **options: Any) -> str:
        asked.append((names, options))
        (tmp_path / "blob").write_bytes(b"body")
        (tmp_path / "cached").symlink_to(tmp_path / "blob")  # as the library's cache does
        return str(tmp_path / "cached")

    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "0")  # so that it is put back
    monkeypatch.delenv("HF_HUB_DISABLE_TELEMETRY")
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    fetch_files([_spec(hub)], machine, folder)
    options = {"repo_type": kind, "revision": "abc", "cache_dir": machine.state / "hub"}
    assert asked == [(("some/data", "data/dev.json"), options)]
    assert (folder / "dev.json").read_bytes() == b"body"
    assert not (folder / "dev.json").is_symlink()
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("404 Client Error.\n\nRepository not found"), r"hub some/data: 404 Client Error\.\)"),
        (KeyError(), r"hub some/data: KeyError\)"),
        (OSError(errno.ENOSPC, "No space left"), "^[^ ]*/state/hub: cannot be written: the disk is full"),
    ],
)
def test_any_failure_is_one_line(
    machine: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def download(*_: str, **__: Any) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    with pytest.raises(UserError, match=message) as caught:
        fetch_files([_spec("some/data")], machine, folder)
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []


def test_files_of_a_repository_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "list_repo_files", lambda name, revision: [revision, name, "a.json"])
    assert repository_files("some/model", "cafe") == ["a.json", "cafe", "some/model"]


def test_a_repository_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(*_: str, **__: Any) -> list[str]:
        raise ValueError("404 Client Error.\n\nRepository not found")

    monkeypatch.setattr(huggingface_hub, "list_repo_files", listed)
    with pytest.raises(UnavailableError, match=r"^404 Client Error\.$"):
        repository_files("some/model", "cafe")
