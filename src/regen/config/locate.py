"""Where a spec stands in conf/base."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regen.errors import UserError


def spec_file(root: Path, section: str, name: str) -> tuple[Path, dict[str, Any]]:
    """Find the YAML file that holds a spec.

    Args:
        root: The project's folder.
        section: ``tasks``, ``encoders``, ``recipes`` or ``suites``.
        name: Name of the spec, a top-level key.

    Returns:
        The file, and what stands under the key.

    Raises:
        UserError: No file of conf/base holds it.
    """
    folder = root / "conf" / "base" / section
    for path in sorted(folder.glob("*.yml")):
        content = _read(path, path.stat().st_mtime_ns)
        if name in content:
            return path, content[name]
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yml")))
    raise UserError(f"conf/base/{section}: no file holds '{name}'; there are {known}")


@cache
def _read(path: Path, changed: int) -> dict[str, Any]:  # noqa: ARG001  # a changed file is read again
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
