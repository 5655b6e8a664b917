"""DVC stages from pipelines: one per (stage, namespace)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kedro.io import CatalogConfigResolver
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from regen.errors import UserError
from regen.lineage.closure import closure
from regen.lineage.folders import folded
from regen.lineage.inputs import Origin, SpecOrigins

LOCK = "requirements.lock"
_TASK_STAGES = (
    *("ingest", "import_encoder", "transfer", "pretrain", "prepare", "search", "fit", "evaluate", "analyse", "examine"),
    "gather",
)


@dataclass
class Stage:
    """One stage of a dvc.yaml file; paths are relative to the project.

    Attributes:
        name: ``<namespace>.<stage>``.
        namespace: ``task``, ``task.recipe``, ``encoder`` or ``suite``.
        cmd: Command line.
        deps: Files and folders that it reads, code among them.
        params: YAML file -> keys.
        outs: Paths that DVC caches.
        plain_outs: Paths that git holds.
        metrics: Paths of metrics, held by git.
        plots: Tables of the trainings that the stage makes, inside its outputs.
    """

    name: str
    namespace: str
    cmd: str
    deps: list[str] = field(default_factory=list)
    params: dict[str, list[str]] = field(default_factory=dict)
    outs: list[str] = field(default_factory=list)
    plain_outs: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    plots: list[str] = field(default_factory=list)


class Catalog:
    """Catalog entries by dataset name, factories resolved."""

    def __init__(self, config: Mapping[str, Any], root: Path) -> None:
        """Take the catalog's config and the project's folder."""
        self._resolver = CatalogConfigResolver(
            config=dict(config),
            credentials={},
            default_runtime_patterns={"{default}": {"type": "kedro.io.MemoryDataset"}},
        )
        self._root = root
        self._known: dict[str, dict[str, Any] | None] = {}

    def entry(self, name: str) -> dict[str, Any] | None:
        """Give an entry; ``None`` for what lives in memory only.

        Raises:
            UserError: A placeholder took a part of the name that holds a dot.
        """
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> dict[str, Any] | None:
        pattern = self._resolver.match_dataset_pattern(name)
        if pattern is None:
            return self._resolver.config.get(name)
        if pattern.count(".") != name.count("."):
            raise UserError(
                f"lineage: dataset '{name}' was taken by the factory '{pattern}'; it has another number of dots"
            )
        return dict(self._resolver.resolve_pattern(name))

    def path(self, name: str) -> str:
        """Give a dataset's path, relative to the project.

        Raises:
            UserError: The dataset has no entry, so that it cannot pass from stage to stage.
        """
        entry = self.entry(name)
        if entry is None:
            raise UserError(
                f"lineage: dataset '{name}' passes between stages; give it an entry in conf/base/catalog.yml"
            )
        path = Path(entry.get("filepath") or entry["path"])
        return (path.relative_to(self._root) if path.is_absolute() else path).as_posix()


def build_stages(
    pipelines: Mapping[str, Pipeline],
    catalog: Catalog,
    origins: SpecOrigins,
    suite: str,
    root: Path,
    repeats: Callable[[str], Iterable[str]] = lambda _: (),
) -> list[Stage]:
    """Build the stages of all tasks and encoders, and the pages of one suite.

    Args:
        pipelines: Registered pipelines.
        catalog: The catalog.
        origins: Finds what stands behind inputs from specs.
        suite: The suite whose pages are a stage.
        root: The project's folder.
        repeats: Gives, for a cell, the names of the repeats whose training has a history.

    Raises:
        UserError: The graph cannot be written as stages.
    """
    groups: dict[tuple[str, str], list[Node]] = {}
    for stage in (*_TASK_STAGES, "site"):
        for node in pipelines[stage].nodes if stage in pipelines else ():
            if stage != "site" or node.namespace == suite:
                groups.setdefault((stage, str(node.namespace)), []).append(node)
    maker = {output: key for key, nodes in groups.items() for node in nodes for output in node.outputs}
    package = root / "src" / "regen"
    files = cache(
        lambda modules: [path.relative_to(root).as_posix() for path in folded(closure(modules, package), package)]
    )
    made = [
        _stage(key, nodes, catalog, origins.find, files, maker) for key, nodes in sorted(groups.items(), key=_order)
    ]
    for item in made:
        if item.name.endswith(".fit"):
            (folder,) = item.outs
            item.plots = [f"{folder}/{repeat}/history.csv" for repeat in repeats(item.namespace)]
    return made


def _order(item: tuple[tuple[str, str], Any]) -> tuple[str, str, int]:
    stage, namespace = item[0]
    last = stage in ("gather", "site")
    return namespace.split(".")[0], "~" if last else namespace, (*_TASK_STAGES, "site").index(stage)


def _stage(
    key: tuple[str, str],
    nodes: list[Node],
    catalog: Catalog,
    origin: Callable[[str], Origin],
    files: Callable[[frozenset[str]], list[str]],
    maker: Mapping[str, tuple[str, str]],
) -> Stage:
    kind, namespace = key
    stage = Stage(f"{namespace}.{kind}", namespace, f"kedro run --pipelines {kind} --namespaces {namespace}")
    made = {output for node in nodes for output in node.outputs}
    inputs = sorted({name for node in nodes for name in node.inputs} - made)
    found = [origin(name.removeprefix("params:")) for name in inputs if name.startswith("params:")]
    data = [name for name in inputs if not name.startswith("params:")]
    for name in data:
        if name not in maker:
            raise UserError(f"lineage: stage {stage.name} reads '{name}', which no stage makes; check its name")
    modules = {node.func.__module__ for node in nodes} | {module for item in found for module in item.modules}
    modules |= _dataset_modules(catalog, [*data, *made])
    # What is fetched is checked by its hash: no library version can change it.
    lock = [] if kind == "ingest" else [LOCK]
    stage.deps = [*sorted({catalog.path(name) for name in data} | {file for item in found for file in item.files})]
    stage.deps += [*lock, *files(frozenset(modules))]
    for item in found:
        for path, keys in item.keys.items():
            stage.params[path] = list(dict.fromkeys([*stage.params.get(path, []), *keys]))
    _add_outputs(stage, catalog, sorted(made))
    return stage


def _dataset_modules(catalog: Catalog, names: Iterable[str]) -> set[str]:
    """Give the project's own modules that load and save datasets."""
    types = {str((catalog.entry(name) or {}).get("type", "")) for name in names}
    return {kind.rpartition(".")[0] for kind in types if kind.startswith("regen.")}


def _add_outputs(stage: Stage, catalog: Catalog, names: Iterable[str]) -> None:
    for name in names:
        how = ((catalog.entry(name) or {}).get("metadata") or {}).get("dvc", {})
        kind = "metrics" if how.get("metric") else "outs" if how.get("cache", True) else "plain_outs"
        getattr(stage, kind).append(catalog.path(name))
