"""Files of repositories on the Hugging Face hub."""

import os
from pathlib import Path

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.io.atomic import refuse_unwritable
from regen.sources.unavailable import UnavailableError, one_line
from regen.sources.verify import file_chunks, save


def from_hub(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Have a file of a hub repository at a fixed revision.

    Args:
        source: A hub source.
        spec: What the file must be.
        machine: Its ``state`` holds the hub's cache.
        target: Where the file appears.

    Returns:
        The sha256 of the file.

    Raises:
        UnavailableError: The hub does not give it, or it is not what the spec says.
        UserError: The disk is full, or a folder may not be written.
    """
    return save(file_chunks(_download(source, machine.state / "hub")), target, spec)


def repository_files(repository: str, revision: str) -> list[str]:
    """List the files of a model repository at a revision.

    Raises:
        UnavailableError: The hub does not tell.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from huggingface_hub import list_repo_files

        return sorted(list_repo_files(repository, revision=revision))
    except Exception as error:  # the library raises many kinds, its HTTP client's among them
        raise UnavailableError(_reason(error)) from error


def _download(source: Source, cache: Path) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the library is imported
    repository = source.address.removeprefix("datasets/")
    try:
        from huggingface_hub import hf_hub_download

        found = hf_hub_download(
            repository,
            str(source.member),
            repo_type="dataset" if repository != source.address else "model",
            revision=source.revision,
            cache_dir=cache,
        )
    except Exception as error:  # the library raises many kinds, its HTTP client's among them
        refuse_unwritable(error, cache)
        raise UnavailableError(_reason(error)) from error
    return Path(found)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return one_line(lines[0])
