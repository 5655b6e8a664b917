"""From YAML to specs: every error is one line that names file, line and key."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from yaml.nodes import MappingNode, SequenceNode

from regen.config.base import NAME_PATTERN, Spec, WrongValueError
from regen.config.cell import CellConfig, cell_config
from regen.config.derived_checks import check_derived
from regen.config.encoder import EncoderSpec
from regen.config.ensemble import ENSEMBLE, EnsembleConfig, check_members, ensemble_config
from regen.config.recipe import RecipeSpec, options_class
from regen.config.search_checks import check_search
from regen.config.suite import SuiteSpec
from regen.config.task import TaskSpec
from regen.errors import UserError

SECTIONS: dict[str, type[Spec]] = {
    "tasks": TaskSpec,
    "encoders": EncoderSpec,
    "recipes": RecipeSpec,
    "suites": SuiteSpec,
}
"""Config section (folder in conf/<environment>) -> what each of its files holds."""

_MERGED = ("options", "search", "augmentation")
"""Keys of a recipe whose own keys stand over those of the recipe that it extends."""

_S = TypeVar("_S", bound=Spec)


@dataclass(frozen=True)
class Specs:
    """All specs of a project, checked against each other."""

    tasks: dict[str, TaskSpec]
    encoders: dict[str, EncoderSpec]
    recipes: dict[str, RecipeSpec]
    suites: dict[str, SuiteSpec]

    def config(self, cell: str) -> CellConfig:
        """Give the effective config of a cell that stands in a suite."""
        task, recipe = cell.split(".")
        config = cell_config(task, self.tasks[task], recipe, self.recipes[recipe])
        if config.estimator != ENSEMBLE:
            return config
        return ensemble_config(config, [self.config(f"{task}.{member}") for member in config.options["members"]])

    def ensemble(self, cell: str) -> EnsembleConfig | None:
        """Give the members of a cell; ``None`` for one that is no ensemble."""
        config = self.config(cell)
        if config.estimator != ENSEMBLE:
            return None
        members = tuple(self.config(f"{config.task}.{member}") for member in config.options["members"])
        return EnsembleConfig(cell=cell, folds=self.tasks[config.task].read.folds or 1, members=members)

    def searches(self, cell: str) -> bool:
        """Say whether a cell's settings are searched."""
        return self.recipes[cell.split(".")[1]].searches

    def base(self, encoder: str) -> str | None:
        """Name the encoder that one which is made here starts from; ``None`` for a published one."""
        spec = self.encoders[encoder]
        if spec.transfer is not None:
            return self.config(spec.transfer.cell).encoder
        return spec.pretraining.encoder if spec.pretraining is not None else None

    def overlaps(self, task: str) -> dict[str, str]:
        """Give each task that shares texts with one -> what is known of them, whichever of the two declares it."""
        others = {
            name: f"{spec.overlaps_with[task]} (seen from {name})"
            for name, spec in self.tasks.items()
            if task in spec.overlaps_with
        }
        return {**others, **self.tasks[task].overlaps_with}

    @property
    def cells(self) -> list[str]:
        """Every cell of every suite, once, in the order of the suites' names."""
        return list(dict.fromkeys(cell for name in sorted(self.suites) for cell in self.suites[name].cells))

    @property
    def examined(self) -> set[str]:
        """Every cell that some suite wants examined."""
        return {cell for suite in self.suites.values() for cell in suite.examined}


def load_specs(raw: Mapping[str, Mapping[str, Any]], folders: Iterable[Path]) -> Specs:
    """Check all sections.

    Args:
        raw: Section -> name -> content, environments already merged.
        folders: Folders of the environments (conf/base, conf/local), only to name file and line in errors.

    Raises:
        UserError: Anything is wrong in any file.
    """
    files = _Files(list(folders))
    raw = {section: dict(sorted(raw[section].items())) for section in SECTIONS}  # files come in no order
    _check_names(files, raw)
    recipes = {name: _extended(files, raw["recipes"], name) for name in raw["recipes"]}
    recipes = {name: recipes[name] for name in sorted(recipes, key=partial(_generation, raw["recipes"]))}
    specs = Specs(
        tasks=_validated(files, "tasks", raw["tasks"], TaskSpec),
        encoders=_validated(files, "encoders", raw["encoders"], EncoderSpec),
        recipes=_validated(files, "recipes", recipes, RecipeSpec),
        suites=_validated(files, "suites", raw["suites"], SuiteSpec),
    )
    _check_encoders(files, specs)
    _check_overlaps(files, specs)
    _check_recipes(files, specs)
    _check_suites(files, specs)
    check_derived(specs, files.where)
    return specs


class _Files:
    """Finds the file and line that a key stands in; the environment that overrides comes first."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders

    def where(self, section: str, path: Iterable[str | int]) -> str:
        """Give ``conf/base/tasks/x.yml:12`` for a key path; the deepest part of the path that exists counts."""
        keys = [str(part) for part in path]
        found: tuple[int, str] = (0, f"conf/*/{section}")
        for folder in self._folders:
            for file in sorted((folder / section).glob("*.y*ml")):
                depth, line = _locate(yaml.compose(file.read_text(encoding="utf-8"), yaml.CSafeLoader), keys)
                if depth > found[0]:
                    found = depth, f"{folder.parent.name}/{folder.name}/{section}/{file.name}:{line}"
        return found[1]


def _locate(node: yaml.Node | None, keys: list[str]) -> tuple[int, int]:
    """Follow a key path; give (number of keys found, line of the last one)."""
    depth, line = 0, 1
    for key in keys:
        if isinstance(node, SequenceNode) and key.isdigit() and int(key) < len(node.value):
            node = node.value[int(key)]
            line = node.start_mark.line + 1
        elif isinstance(node, MappingNode):
            hit = next(((k, v) for k, v in node.value if k.value == key), None)
            if hit is None:
                break
            line, node = hit[0].start_mark.line + 1, hit[1]
        else:
            break
        depth += 1
    return depth, line


def _check_names(files: _Files, raw: Mapping[str, Mapping[str, Any]]) -> None:
    for section in SECTIONS:
        for name in raw[section]:
            if not re.fullmatch(NAME_PATTERN, name):
                where = files.where(section, (name,))
                raise UserError(f"{where}: found the name {name!r}, expected lower-case letters, digits and '_' only")


def _validated(files: _Files, section: str, raw: Mapping[str, Any], cls: type[_S]) -> dict[str, _S]:
    specs = {}
    for name, content in raw.items():
        try:
            specs[name] = cls.model_validate(content)
        except ValidationError as error:
            raise UserError(_one_line(files, section, name, content, cls, error)) from None
    return specs


def _one_line(files: _Files, section: str, name: str, content: Any, cls: type[Spec], error: ValidationError) -> str:
    # An unknown key first: it often is the misspelt name of one that is missing.
    errors = sorted(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    first = errors[0]
    loc = tuple(_keys_of(content, first["loc"], first["type"] == "missing"))
    loc += getattr(first.get("ctx", {}).get("error"), "path", ())
    key = ".".join(str(part) for part in (name, *loc))
    text = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = list(_known_keys(cls, first["loc"][:-1]))
        close = get_close_matches(str(loc[-1]), known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        text = f"unknown key; known keys here: {', '.join(known)}{hint}"
    elif first["type"] == "missing":
        text = "this key is missing"
    elif first["type"] != "value_error" or isinstance(first["input"], str):
        text += f" (found {first['input']!r})"
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{files.where(section, (name, *loc))}: {key}: {text}{more}"


def _keys_of(content: Any, loc: tuple[str | int, ...], missing: bool) -> Iterator[str | int]:
    """Leave out pydantic's marks: what stands nowhere in the file and is no missing key, which comes last."""
    for part in loc:
        held = isinstance(part, int) if isinstance(content, list) else isinstance(content, Mapping) and part in content
        if held:
            content = content[part]
            yield part
    if missing:
        yield loc[-1]


def _known_keys(cls: type[BaseModel], loc: Iterable[Any]) -> Iterator[str]:
    """Give the keys that the model at a place in the spec knows."""
    models = [cls]
    for part in loc:
        tagged = [model for model in models if part in _tags(model)]  # pydantic names the member of a union so
        fields = [model.model_fields[part].annotation for model in models if part in model.model_fields]
        # else an index or a key of a dict, whose values the models describe already
        models = tagged or [model for field in fields for model in _models(field)] or models
    yield from dict.fromkeys(key for model in models for key in model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Give the models within an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    """Give the values of the key that tells a model from the others of its union."""
    return get_args(model.model_fields["type"].annotation) if "type" in model.model_fields else ()


def _extended(files: _Files, recipes: Mapping[str, Any], name: str, below: tuple[str, ...] = ()) -> dict[str, Any]:
    """Merge a recipe over the one that it extends; ``options``, ``search``, ``augmentation`` key by key."""
    recipe = recipes[name]
    parent_name = recipe.get("extends") if isinstance(recipe, Mapping) else None
    if parent_name is None:
        return recipe  # type: ignore[no-any-return]  # a wrong type is the validator's to name
    known = sorted(recipes)
    if parent_name not in known or parent_name in (*below, name):
        problem = "a circle" if parent_name in known else f"found '{parent_name}', expected one of {', '.join(known)}"
        raise UserError(f"{files.where('recipes', (name, 'extends'))}: {name}.extends: {problem}")
    parent = _extended(files, recipes, parent_name, (*below, name))
    if not isinstance(parent, Mapping):
        raise UserError(f"{files.where('recipes', (parent_name,))}: {parent_name}: found {parent!r}, expected a recipe")
    merged = {**parent, **recipe}
    for key in _MERGED:
        given, own = parent.get(key), recipe.get(key)
        if isinstance(given, Mapping) and isinstance(own, Mapping):
            merged[key] = {**given, **own}
        elif key == "options" and own is None and given is not None:  # an empty key says nothing
            merged[key] = given
    return merged


def _generation(recipes: Mapping[str, Any], name: str) -> int:
    """Count a recipe's ancestors: checked first, they get the blame for what their heirs take over."""
    parent = recipes[name].get("extends") if isinstance(recipes[name], Mapping) else None
    return 0 if parent is None else 1 + _generation(recipes, parent)


def _check_encoders(files: _Files, specs: Specs) -> None:
    """Refuse names that are taken: all of them are Kedro namespaces."""
    for name in specs.encoders:
        for kind, taken in (("task", specs.tasks), ("suite", specs.suites)):
            if name in taken:
                where = files.where("encoders", (name,))
                raise UserError(f"{where}: {name}: a {kind} has this name; an encoder needs another")


def _check_overlaps(files: _Files, specs: Specs) -> None:
    for name, task in specs.tasks.items():
        for other in task.overlaps_with:
            if other not in specs.tasks or other == name:
                where = files.where("tasks", (name, "overlaps_with", other))
                raise UserError(f"{where}: {name}.overlaps_with: there is no other task '{other}'")


def _check_recipes(files: _Files, specs: Specs) -> None:
    for name, recipe in specs.recipes.items():
        try:
            options_class(recipe.estimator)
        except ModuleNotFoundError:
            where = files.where("recipes", (name, "estimator"))
            raise UserError(f"{where}: {name}.estimator: there is no estimator '{recipe.estimator}'") from None
        _check_options(files, "recipes", (name, "options"), recipe, {}, specs)
    for name, task in specs.tasks.items():
        for section, recipe_name in [(key, recipe) for key in ("overrides", "seeds") for recipe in getattr(task, key)]:
            if recipe_name not in specs.recipes:
                where = files.where("tasks", (name, section, recipe_name))
                raise UserError(f"{where}: {name}.{section}: there is no recipe '{recipe_name}'")
        for recipe_name, options in task.overrides.items():
            path = (name, "overrides", recipe_name)
            _check_options(files, "tasks", path, specs.recipes[recipe_name], options, specs)


def _check_options(
    files: _Files,
    section: str,
    path: tuple[str, ...],
    recipe: RecipeSpec,
    overrides: Mapping[str, Any],
    specs: Specs,
) -> None:
    """Check a recipe's options, or those of a task that stand over them at ``path``."""
    cls = options_class(recipe.estimator)
    given = {**recipe.options, **overrides}
    try:
        options = cls(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = (*path, *_keys_of(given, first["loc"], first["type"] == "missing"))
        text = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            text = f"unknown key; known keys here: {', '.join(_known_keys(cls, first['loc'][:-1])) or 'none'}"
        where = files.where(section, keys)
        raise UserError(f"{where}: {'.'.join(map(str, keys))}: {text} (found {first['input']!r})") from None
    encoder = getattr(options, "encoder", None)
    if encoder is not None and encoder not in specs.encoders:
        known = sorted(specs.encoders)
        close = get_close_matches(encoder, known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        where = files.where(section, (*path, "encoder"))
        text = f"there is no encoder '{encoder}'; known: {', '.join(known) or 'none'}{hint}"
        raise UserError(f"{where}: {'.'.join(path)}.encoder: {text}")
    try:
        if recipe.estimator == ENSEMBLE:
            check_members(recipe, getattr(options, "members", ()), specs.recipes)
        if recipe.searches and recipe.search is not None:
            check_search(recipe.search, cls, given)
    except WrongValueError as error:
        at = (path[0], *error.path) if section == "recipes" else path
        raise UserError(f"{files.where(section, at)}: {'.'.join(at)}: {error}") from None


def _check_suites(files: _Files, specs: Specs) -> None:
    for suite, spec in specs.suites.items():
        if suite in specs.tasks:
            raise UserError(f"{files.where('suites', (suite,))}: {suite}: a task has this name; a suite needs another")
        for position, cell in enumerate(spec.cells):
            try:
                _check_cell(specs, suite, cell)
                _check_joined(specs, suite, cell)
            except UserError as error:
                raise UserError(f"{files.where('suites', (suite, 'cells', position))}: {error}") from None


def _check_cell(specs: Specs, suite: str, cell: str) -> None:
    task, recipe = cell.split(".")
    for kind, name, known in (("task", task, specs.tasks), ("recipe", recipe, specs.recipes)):
        if name not in known:
            raise UserError(f"{suite}.cells: there is no {kind} '{name}'; known: {', '.join(sorted(known))}")
    specs.config(cell)


def _check_joined(specs: Specs, suite: str, cell: str) -> None:
    """See that the suite makes what an ensemble of it joins."""
    ensemble = specs.ensemble(cell)
    lacking = (
        [member.cell for member in ensemble.members if member.cell not in specs.suites[suite].cells] if ensemble else []
    )
    if lacking:
        raise UserError(f"{suite}.cells: {cell} joins {', '.join(lacking)}, which the suite lacks; add what is lacking")
