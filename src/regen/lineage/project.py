"""The lineage files of a project."""

from pathlib import Path

from regen.config.cell import repeat_name
from regen.config.load import Specs
from regen.lineage.files import render
from regen.lineage.inputs import SpecOrigins
from regen.lineage.stages import Catalog, build_stages
from regen.pipeline_registry import DEFAULT_SUITE, build_pipelines
from regen.project import config_loader, read_specs


def lineage_texts(root: Path) -> dict[str, str]:
    """Give the content of every dvc.yaml file, for conf/base: path relative to the project -> text."""
    loader = config_loader(root, "base")
    specs = read_specs(loader, root)
    stages = build_stages(
        build_pipelines(specs),
        Catalog(loader["catalog"], root),
        SpecOrigins(root, specs),
        DEFAULT_SUITE,
        root,
        lambda cell: _trained(specs, cell),
    )
    cells = specs.suites[DEFAULT_SUITE].cells
    tasks = {cell.split(".")[0] for cell in cells}
    encoders = {encoder for cell in cells if (encoder := specs.config(cell).encoder)}
    return render(stages, {DEFAULT_SUITE, *tasks, *encoders})


def _trained(specs: Specs, cell: str) -> list[str]:
    """Name the repeats of a cell whose training has a history."""
    config = specs.config(cell)
    if config.encoder is None:
        return []
    folds = specs.tasks[config.task].read.folds or 1
    return [repeat_name(seed, fold) for fold in range(folds) for seed in config.seeds]
