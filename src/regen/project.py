"""The project's config, read once per use and checked: what the registry, hooks and commands start from."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kedro.config import AbstractConfigLoader, MissingConfigException, OmegaConfigLoader

from regen.config.load import SECTIONS, Specs, load_specs
from regen.config.machine import Machine
from regen.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""


def config_loader(root: Path = ROOT, env: str | None = None) -> OmegaConfigLoader:
    """Make a loader with the project's settings; the environment is ``env``, ``KEDRO_ENV`` or ``local``."""
    from regen.settings import CONFIG_LOADER_ARGS

    return OmegaConfigLoader(str(root / "conf"), env=env or os.environ.get("KEDRO_ENV"), **CONFIG_LOADER_ARGS)


def read_specs(loader: AbstractConfigLoader, root: Path = ROOT) -> Specs:
    """Read and check all specs.

    Raises:
        UserError: A file is not YAML, or anything in it is wrong.
    """
    environments = [getattr(loader, "env", None) or "local", "base"]
    raw = {section: _section(loader, section) for section in SECTIONS}
    return load_specs(raw, [root / "conf" / name for name in environments])


def read_machine(loader: AbstractConfigLoader, root: Path = ROOT, environ: Mapping[str, str] = os.environ) -> Machine:
    """Read this machine's settings; ``REGEN_MIRROR`` (parted by ``:``) comes before the configured mirrors.

    Raises:
        UserError: A key is unknown or of a wrong type.
    """
    from pydantic import ValidationError

    settings = _section(loader, "mirrors")
    named = [Path(part).expanduser() for part in environ.get("REGEN_MIRROR", "").split(os.pathsep) if part]
    configured = [root / Path(str(part)).expanduser() for part in settings.pop("mirrors", None) or []]
    data_root = root / str(_section(loader, "globals").get("data_root", "data"))
    try:
        return Machine(project=root, state=data_root / ".state", mirrors=(*named, *configured), **settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(f"conf/*/mirrors.yml: {key}: {first['msg']} (found {first['input']!r})") from None


def _section(loader: AbstractConfigLoader, name: str) -> dict[str, Any]:
    try:
        return dict(loader[name])
    except MissingConfigException:
        return {}
    except Exception as error:  # what a YAML library raises on a broken file is of many kinds
        raise UserError(f"conf: {name}: {' '.join(str(error).split())}") from error
