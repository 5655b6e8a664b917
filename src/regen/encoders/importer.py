"""From an encoder's spec to a folder that plain transformers loads."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from regen.config.encoder import TOKENIZER_FILE, EncoderSpec
from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.encoders.e5s1 import read_e5s1
from regen.encoders.manifest import write_manifest
from regen.encoders.tokenizer import import_tokenizer, read_json, stated_length
from regen.encoders.unusable import UnusableError
from regen.encoders.weights import CONFIG, WEIGHTS, import_weights, wanted_files
from regen.errors import UserError
from regen.sources.fetch import fetch_files
from regen.sources.unavailable import UnavailableError


def import_encoder(spec: EncoderSpec, name: str, machine: Machine, folder: Path) -> None:
    """Fill a folder with an encoder.

    ``AutoModel.from_pretrained(folder, dtype=torch.float32)`` loads it with every weight but, at most, those of a
    pooler; ``AutoTokenizer.from_pretrained(folder)`` loads the published tokenizer. ``encoder.json`` says what it is:
    ``name``, ``licence``, ``source``, ``max_length`` (the most tokens that it takes), ``fetched`` (published file ->
    sha256) and ``files`` (file of this folder -> sha256). Equal files give equal bytes.

    Args:
        spec: The encoder's spec.
        name: Its name.
        machine: Mirrors, the project's folder, the state folder and whether the network may be asked.
        folder: An existing, empty folder.

    Raises:
        UserError: The published files cannot be had, or make no encoder.
    """
    with TemporaryDirectory(prefix=f".{name}-", suffix=".tmp", dir=folder.parent) as temporary:
        found = Path(temporary)
        try:
            files = _published(spec, machine)
            # A hub's commit and a folder on this machine have no hashes to pin.
            fetched = fetch_files(files, machine, found, name if spec.files else None)
            max_length = _convert(spec, found, folder)
        except UnusableError as reason:
            raise UserError(f"encoder {name}: {reason}") from None
    told = {"name": name, "licence": spec.licence, "source": spec.source, "max_length": max_length, "fetched": fetched}
    write_manifest(folder, told)


def _published(spec: EncoderSpec, machine: Machine) -> tuple[FileSpec, ...]:
    """Give the files to fetch; those of a folder or repository are found by their names."""
    if spec.folder:
        there = machine.project / Path(spec.folder).expanduser()
        if not there.is_dir():
            raise UnusableError(f"folder {there}: no such folder; put a transformers folder there, or mend 'folder'")
        names = wanted_files({path.name for path in there.iterdir() if path.is_file()})
        return tuple(FileSpec(name=file, sources=(Source(path=str(there / file)),)) for file in names)
    if spec.hub:
        names = wanted_files(_listed(spec.hub, spec.revision, machine))
        return tuple(
            FileSpec(name=file, sources=(Source(hub=spec.hub, member=file, revision=spec.revision),)) for file in names
        )
    if spec.layout == "transformers":
        wanted = wanted_files({file.name for file in spec.files})
        return tuple(file for file in spec.files if file.name in wanted)
    return spec.files


def _listed(hub: str, revision: str | None, machine: Machine) -> list[str]:
    from regen.sources.hub import repository_files

    if revision is None:
        raise UnusableError(
            f"hub {hub}: 'revision' is null, and a branch moves; pin it: write the 40 hex digits of a commit from "
            f"https://huggingface.co/{hub}/commits/main"
        )
    if machine.offline:
        raise UnusableError(f"hub {hub}: offline; go online, or name a local copy with 'folder'")
    try:
        return repository_files(hub, revision)
    except UnavailableError as reason:
        raise UnusableError(f"hub {hub}: {reason}; check the network, or name a local copy with 'folder'") from reason


def _convert(spec: EncoderSpec, found: Path, folder: Path) -> int:
    """Write config, weights and tokenizer, and give the most tokens that the model takes."""
    if spec.layout == "e5s1":
        _convert_e5s1(next(file.name for file in spec.files if file.name != TOKENIZER_FILE), found, folder)
    else:
        import_weights(found, folder)
    stated = stated_length(found)
    max_length = spec.max_length or stated
    if max_length is None:
        raise UnusableError("nothing says how many tokens it takes; give max_length")
    positions = read_json(folder / CONFIG).get("max_position_embeddings", max_length)
    if max_length > positions:
        raise UnusableError(f"max_length: found {max_length}, but {CONFIG} has {positions} positions")
    import_tokenizer(found, folder, spec.special_tokens, max_length)
    return max_length


def _convert_e5s1(weights: str, found: Path, folder: Path) -> None:
    from safetensors.numpy import save_file

    config, tensors = read_e5s1(found / weights)
    (folder / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
