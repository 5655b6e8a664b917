"""The project's config, read once per use and checked: what the registry, hooks and commands start from."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kedro.config import AbstractConfigLoader, MissingConfigException, OmegaConfigLoader

from regen.config.costs import CostsConfig
from regen.config.load import SECTIONS, Specs, load_specs
from regen.config.machine import Machine, MachineFile
from regen.config.plain import read_plain
from regen.config.statistics import StatisticsConfig
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
        UserError: There is no such environment, a file is not YAML, or anything in it is wrong.
    """
    folders = _environments(loader, root)
    lowest_first = list(dict.fromkeys(reversed(folders)))
    raw = {}
    for section in SECTIONS:
        plain = read_plain(lowest_first, f"{section}/*.yml")
        raw[section] = _section(loader, section, root) if plain is None else plain
    return load_specs(raw, folders)


def read_machine(loader: AbstractConfigLoader, root: Path = ROOT, environ: Mapping[str, str] = os.environ) -> Machine:
    """Read this machine's settings; ``REGEN_MIRROR`` (parted by ``:``) comes before the configured mirrors.

    ``REGEN_STUDY_URL`` names a database for the studies of searches; it may hold a password, so that no file has it.

    Raises:
        UserError: There is no such environment, or a key is unknown or of a wrong type.
    """
    from pydantic import ValidationError

    try:
        settings = MachineFile.model_validate(_section(loader, "machine", root))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"conf/*/machine.yml: {key}: {first['msg']} (found {first['input']!r}); "
            "conf/base/machine.yml shows what the file holds"
        ) from None
    data_root = _section(loader, "globals", root).get("data_root", "data")
    if not (isinstance(data_root, str) and data_root):
        raise UserError(f"conf/*/globals.yml: data_root: found {data_root!r}, expected a folder")
    named = [Path(part).expanduser() for part in environ.get("REGEN_MIRROR", "").split(os.pathsep) if part]
    configured = [root / Path(part).expanduser() for part in settings.mirrors or ()]
    state = root / data_root / ".state"
    return Machine(
        project=root,
        state=state,
        mirrors=(*named, *configured),
        offline=settings.offline,
        processes=settings.processes,
        workers=settings.workers,
        search_workers=settings.search_workers,
        study_url=environ.get("REGEN_STUDY_URL") or None,
        telemetry=settings.telemetry,
    )


def read_statistics(loader: AbstractConfigLoader, root: Path = ROOT) -> StatisticsConfig:
    """Read how intervals are made.

    Raises:
        UserError: There is no such environment, or a key is unknown or of a wrong type.
    """
    from pydantic import ValidationError

    try:
        return StatisticsConfig.model_validate(_section(loader, "parameters", root).get("statistics", {}))
    except ValidationError as error:
        raise UserError(f"conf/*/parameters.yml: statistics: {error.errors(include_url=False)[0]['msg']}") from None


def read_costs_config(loader: AbstractConfigLoader, root: Path = ROOT) -> CostsConfig:
    """Read what runs cost beside time.

    Raises:
        UserError: There is no such environment, a key is unknown or of a wrong type, or price and currency do not go
            together.
    """
    from pydantic import ValidationError

    try:
        return CostsConfig.model_validate(_section(loader, "parameters", root).get("costs") or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = (*first["loc"], *getattr(first.get("ctx", {}).get("error"), "path", ()))
        key = ".".join(map(str, ("costs", *path)))
        text = first["msg"].removeprefix("Value error, ")
        found = "" if first["type"] == "value_error" else f" (found {first['input']!r})"
        raise UserError(
            f"conf/*/parameters.yml: {key}: {text}{found}; conf/base/parameters.yml shows what it holds"
        ) from None


def _environments(loader: AbstractConfigLoader, root: Path) -> list[Path]:
    """Give the folders that the loader merges, the one that overrides first; a missing one reads nothing."""
    folders = [root / "conf" / name for name in (getattr(loader, "env", None) or "local", "base")]
    for folder in folders:
        if not folder.is_dir():
            known = ", ".join(sorted(path.name for path in (root / "conf").glob("*/")))
            raise UserError(
                f"conf/{folder.name}: there is no such environment, found {known or 'none'}; make the folder"
            )
    return folders


def _section(loader: AbstractConfigLoader, name: str, root: Path) -> dict[str, Any]:
    folders = _environments(loader, root)
    try:
        return dict(loader[name])
    except MissingConfigException:
        return {}
    except Exception as error:  # what a YAML library raises on a broken file is of many kinds
        for folder in folders:
            for path in sorted([*folder.glob(f"{name}/*.yml"), *folder.glob(f"{name}*.yml")]):
                problem = _problem(path)
                if problem:
                    raise UserError(f"{path.relative_to(root).as_posix()}{problem}") from error
        raise UserError(f"conf: {name}: {' '.join(str(error).split())}") from error


def _problem(path: Path) -> str | None:
    """Say what is wrong with a YAML file in itself: the loader does not always name the file."""
    import yaml
    from omegaconf import DictConfig, OmegaConf

    try:
        content = OmegaConf.load(path)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        return f"{line}: not YAML: {error.problem}"
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return f": not YAML: {' '.join(str(error).split())}"
    if not isinstance(content, DictConfig):
        return ":1: found no keys at the top, expected the name of what the file holds"
    odd = [repr(key) for key in content if not isinstance(key, str)]
    return f": found the name {odd[0]}, expected one that starts with a letter" if odd else None
