"""``encoder.json``: what the folder of an encoder holds and where it comes from."""

import json
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

MANIFEST = "encoder.json"


def write_manifest(folder: Path, told: Mapping[str, Any]) -> None:
    """Write what is told of an encoder, and ``files``: file of the folder -> sha256."""
    manifest = {**told, "files": {path.name: file_sha256(path) for path in folder.iterdir()}}
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what is told of the encoder in a folder."""
    content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return content


def file_sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def made_from(encoder: Path) -> list[dict[str, Any]]:
    """Give the steps by which an encoder was made here, the first one first; none for a published encoder."""
    steps: list[dict[str, Any]] = read_manifest(encoder).get("made_from", [])
    return steps


def next_step(base: Path, step: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the steps by which a new encoder is made, the last of which starts from the base.

    Args:
        base: Folder of the encoder that the step starts from.
        step: What the step is: ``how``, ``task`` and more.
    """
    start = {"encoder": read_manifest(base).get("name"), "encoder_sha256": file_sha256(base / MANIFEST)}
    return [*made_from(base), {**step, **start}]
