"""Which YAML keys and files stand behind an input that comes from a spec."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regen.config.attribution import attribution_config
from regen.config.augmentation import augmentation_modules
from regen.config.load import Specs
from regen.config.locate import spec_file
from regen.config.recipe import estimator_modules
from regen.errors import UserError

_TASK_KEYS_OF_A_CELL = ("type", "language", "version", "metric", "read.labels", "read.splits")
_ENCODER_KEYS_FOR_READERS = ("title", "languages")


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
        finders: dict[str, Callable[[str], Origin]] = {
            "files": self._files,
            "read": lambda task: Origin(keys=self._keys("tasks", task, ["type", "read", "overlaps_with"])),
            "submission": lambda task: Origin(keys=self._keys("tasks", task, ["submission"])),
            "pages": self._pages,
            "suite": lambda suite: Origin(keys=self._keys("suites", suite, ["title", "cells"])),
            "encoder_files": self._encoder,
            "transfer": self._encoder,
            "pretraining": self._pretraining,
            "config": lambda cell: self._cell(*cell.split(".")),
            "members": self._members,
            "attribution": self._attribution,
            "search": lambda cell: Origin(keys=self._recipe_keys(cell.split(".")[1], ["search"])),
        }
        if part not in finders:
            raise UserError(f"lineage: input 'params:{name}' has no known origin; name it in regen.lineage.inputs")
        return finders[part](owner)

    def _files(self, task: str) -> Origin:
        paths = [source.path for file in self._specs.tasks[task].files for source in file.sources if source.path]
        return Origin(files=paths, keys=self._keys("tasks", task, ["files"]))

    def _pages(self, suite: str) -> Origin:
        """Name what pages say of a suite's tasks: also what another task declares of texts shared with one of them."""
        tasks = dict.fromkeys(cell.split(".")[0] for cell in self._specs.suites[suite].cells)
        others = [name for name, spec in self._specs.tasks.items() if tasks.keys() & spec.overlaps_with.keys()]
        wanted = {name: ["overlaps_with"] for name in others} | {name: ["benchmark", "overlaps_with"] for name in tasks}
        keys = [self._keys("tasks", name, names) for name, names in wanted.items()]
        return Origin(keys={path: found for part in keys for path, found in part.items()})

    def _encoder(self, name: str) -> Origin:
        spec = self._specs.encoders[name]
        files = [source.path for file in spec.files for source in file.sources if source.path]
        keys = [key for key in self._content("encoders", name)[1] if key not in _ENCODER_KEYS_FOR_READERS]
        return Origin(files=[*files, *([spec.folder] if spec.folder else [])], keys=self._keys("encoders", name, keys))

    def _pretraining(self, name: str) -> Origin:
        pretraining, origin = self._specs.encoders[name].pretraining, self._encoder(name)
        for path, keys in self._keys("tasks", pretraining.task if pretraining else "", ["type", "language"]).items():
            origin.keys.setdefault(path, []).extend(keys)
        return origin

    def _cell(self, task: str, recipe: str) -> Origin:
        keys = self._keys("tasks", task, [*_TASK_KEYS_OF_A_CELL, f"overrides.{recipe}", f"seeds.{recipe}"])
        for path, found in self._recipe_keys(recipe).items():
            keys.setdefault(path, []).extend(found)
        spec = self._specs.recipes[recipe]
        modules = [*estimator_modules(spec.estimator), *augmentation_modules(spec.augmentation)]
        ensemble = self._specs.ensemble(f"{task}.{recipe}")
        for member in ensemble.members if ensemble else ():  # whoever predicts with it predicts with them
            modules += estimator_modules(member.estimator)
        folders = spec.augmentation.folders if spec.augmentation else []
        return Origin(files=folders, keys=keys, modules=modules)

    def _attribution(self, cell: str) -> Origin:
        """Name what explains a cell's answers, and the pins of the libraries that examining alone needs."""
        module = attribution_config(self._specs.config(cell)).module
        return Origin(files=["requirements-examine.lock"], modules=[module] if module else [])

    def _members(self, cell: str) -> Origin:
        ensemble = self._specs.ensemble(cell)
        origin = Origin()
        for member in ensemble.members if ensemble else ():
            for path, keys in self._cell(member.task, member.recipe).keys.items():
                origin.keys.setdefault(path, []).extend(keys)
        return origin

    def _recipe_keys(self, recipe: str, wanted: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Give keys of a recipe and of those that it extends: the wanted ones, or all that decide one fit."""
        keys: dict[str, list[str]] = {}
        name: str | None = recipe
        while name is not None:
            spec = self._content("recipes", name)[1]
            chosen = wanted or [key for key in spec if key not in ("title", "search")]
            for path, found in self._keys("recipes", name, chosen).items():
                if found:
                    keys.setdefault(path, []).extend(found)
            name = spec.get("extends")
        return keys

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
