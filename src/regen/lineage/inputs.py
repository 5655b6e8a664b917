"""Which YAML keys and files stand behind an input that comes from a spec."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regen.config.load import Specs
from regen.errors import UserError

_TASK_KEYS_OF_A_CELL = ("type", "language", "version", "metric", "read.labels", "read.splits")


@dataclass
class Origin:
    """What a node's input is made from.

    Attributes:
        files: Paths, relative to the project.
        keys: YAML file -> keys in it (``conll2003.read``).
        modules: Modules whose code the input chooses.
    """

    files: list[str] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)


class SpecOrigins:
    """Finds the origin of ``params:…`` inputs in conf/base: dvc.yaml speaks for that environment."""

    def __init__(self, root: Path, specs: Specs) -> None:
        """Take the project's folder and its specs."""
        self._root, self._specs = root, specs

    def find(self, name: str) -> Origin:
        """Give the origin of an input by its name without ``params:``.

        Raises:
            UserError: Nothing is known of it.
        """
        if name == "machine":  # differs from machine to machine and never changes a result
            return Origin()
        if name == "statistics":
            return Origin(keys={"conf/base/parameters.yml": ["statistics"]})
        owner, _, part = name.rpartition(".")
        if part == "files":
            paths = [source.path for file in self._specs.tasks[owner].files for source in file.sources if source.path]
            return Origin(files=paths, keys=self._keys("tasks", owner, ["files"]))
        if part == "read":
            return Origin(keys=self._keys("tasks", owner, ["type", "read"]))
        if part == "suite":
            return Origin(keys=self._keys("suites", owner, ["title", "cells"]))
        if part == "config":
            return self._cell(*owner.split("."))
        raise UserError(f"lineage: input 'params:{name}' has no known origin; name it in regen.lineage.inputs")

    def _cell(self, task: str, recipe: str) -> Origin:
        from regen.config.recipe import estimator_modules

        keys = self._keys("tasks", task, [*_TASK_KEYS_OF_A_CELL, f"overrides.{recipe}"])
        name: str | None = recipe
        while name is not None:
            spec = self._content("recipes", name)[1]
            keys |= self._keys("recipes", name, [key for key in spec if key != "title"])
            name = spec.get("extends")
        return Origin(keys=keys, modules=list(estimator_modules(self._specs.recipes[recipe].estimator)))

    def _keys(self, section: str, name: str, keys: Iterable[str]) -> dict[str, list[str]]:
        """Give those of the keys that the file holds."""
        path, content = self._content(section, name)
        return {path: [f"{name}.{key}" for key in keys if _holds(content, key)]}

    def _content(self, section: str, name: str) -> tuple[str, dict[str, Any]]:
        folder = self._root / "conf" / "base" / section
        for path in sorted(folder.glob("*.yml")):
            content = _read(path)
            if name in content:
                return path.relative_to(self._root).as_posix(), content[name]
        raise UserError(f"{folder}: no file holds '{name}'; lineage files speak for conf/base alone")


@cache
def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def _holds(content: Any, key: str) -> bool:
    for part in key.split("."):
        if not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True
