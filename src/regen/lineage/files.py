"""dvc.yaml files from stages: the suite's tasks and encoders in the root, other tasks and cells in their own."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from regen.io.atomic import replacing
from regen.lineage.stages import Stage

HEADER = "# Written by `kedro lineage write` from the pipelines, the catalog and the imports. Edits here are lost.\n"


def render(stages: Iterable[Stage], root_namespaces: Collection[str]) -> dict[str, str]:
    """Give the content of every dvc.yaml file.

    Args:
        stages: All stages.
        root_namespaces: Tasks, encoders and the suite, whose stages stand in the root's file.

    Returns:
        Path relative to the project -> text: ``lineage/<task>/dvc.yaml`` and ``lineage/<task>/<recipe>/dvc.yaml``.
        Small files, since DVC rewrites a whole lock file after each stage, and cells made apart merge without conflict.
    """
    files: dict[str, dict[str, Any]] = {}
    for stage in stages:
        parts = stage.namespace.split(".")
        folder = None if parts[0] in root_namespaces else "/".join([".."] * (1 + len(parts)))
        path = "/".join(["lineage", *parts, "dvc.yaml"]) if folder else "dvc.yaml"
        content = files.setdefault(path, {"stages": {}})
        content["stages"][stage.name] = _entry(stage, folder)
        if stage.plots:
            content.setdefault("plots", []).append({stage.namespace: _plot(stage, folder)})
    return {
        path: HEADER + yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
        for path, content in files.items()
    }


def _entry(stage: Stage, folder: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"cmd": stage.cmd}
    if folder:
        entry["wdir"] = folder
    entry["deps"] = stage.deps
    if stage.params:
        entry["params"] = [{path: keys} for path, keys in sorted(stage.params.items())]
    outs: list[Any] = [*stage.outs, *({path: {"cache": False}} for path in stage.plain_outs)]
    entry["outs"] = outs
    if stage.metrics:
        entry["metrics"] = [{path: {"cache": False}} for path in stage.metrics]
    return entry


def _plot(stage: Stage, folder: str | None) -> dict[str, Any]:
    """Draw the score on dev of every repeat; unlike a stage, a plot has no ``wdir``: its paths start at the file."""
    return {
        "title": f"{stage.namespace}: score on dev",
        "x": "epoch",
        "y": {f"{folder}/{path}" if folder else path: "dev_score" for path in stage.plots},
        "y_label": "score on dev",
    }


def stale(root: Path, texts: Mapping[str, str]) -> list[str]:
    """Give the paths whose file is missing, differs, or is no longer wanted."""
    there = [path.relative_to(root).as_posix() for path in root.glob("lineage/**/dvc.yaml")]
    changed = [p for p, text in texts.items() if not (root / p).is_file() or (root / p).read_text("utf-8") != text]
    return sorted({*changed, *(path for path in there if path not in texts)})


def write(root: Path, texts: Mapping[str, str]) -> list[str]:
    """Write what is stale, remove what is no longer wanted with its lock, and give the paths."""
    paths = stale(root, texts)
    for path in paths:
        if path in texts:
            with replacing(root / path) as new:
                new.write_text(texts[path], encoding="utf-8")
        else:
            (root / path).unlink()
            (root / path).with_name("dvc.lock").unlink(missing_ok=True)
            _remove_empty((root / path).parent, root / "lineage")
    return paths


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
