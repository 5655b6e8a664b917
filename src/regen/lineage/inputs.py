"""Which YAML keys and files stand behind an input that comes from a spec."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regen.config.load import Specs
from regen.config.locate import spec_file
from regen.config.recipe import estimator_modules
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
        keys = self._keys("tasks", task, [*_TASK_KEYS_OF_A_CELL, f"overrides.{recipe}"])
        name: str | None = recipe
        while name is not None:
            spec = self._content("recipes", name)[1]
            for path, found in self._keys("recipes", name, [key for key in spec if key != "title"]).items():
                keys.setdefault(path, []).extend(found)
            name = spec.get("extends")
        return Origin(keys=keys, modules=list(estimator_modules(self._specs.recipes[recipe].estimator)))

    def _keys(self, section: str, name: str, keys: Iterable[str]) -> dict[str, list[str]]:
        """Give those of the keys that the file holds."""
        path, content = self._content(section, name)
        return {path: [f"{name}.{key}" for key in keys if _holds(content, key)]}

    def _content(self, section: str, name: str) -> tuple[str, dict[str, Any]]:
        path, content = spec_file(self._root, section, name)
        return path.relative_to(self._root).as_posix(), content


def _holds(content: Any, key: str) -> bool:
    for part in key.split("."):
        if not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True
