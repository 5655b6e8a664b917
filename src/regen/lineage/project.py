"""The lineage files of a project."""

from pathlib import Path

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
        lambda cell: specs.config(cell).seeds if specs.config(cell).encoder else (),
    )
    cells = specs.suites[DEFAULT_SUITE].cells
    tasks = {cell.split(".")[0] for cell in cells}
    encoders = {encoder for cell in cells if (encoder := specs.config(cell).encoder)}
    return render(stages, {DEFAULT_SUITE, *tasks, *encoders})
