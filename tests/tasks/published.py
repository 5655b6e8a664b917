"""Published files in a mirror, read as the stages read them."""

from pathlib import Path
from typing import Any

from regen.config.load import Specs
from regen.config.task import PrepareConfig, ReadSpec
from regen.pipelines.prepare.nodes import prepare
from regen.sources.local import take
from regen.tasks.examples import read_split
from regen.tasks.reading import Reading


def prepare_task(specs: Specs, task: str, mirror: Path, raw: Path) -> dict[str, Any]:
    """Run the stage on the files of a mirror, out of their archives and checked."""
    for file in specs.tasks[task].files:
        source = next(source for source in file.sources if source.mirror)
        take(mirror / source.address, source, file, raw / file.name)
    spec = specs.tasks[task]
    return prepare(raw, PrepareConfig(task=task, type=spec.type, read=spec.read))


def read_file(path: Path, **keys: Any) -> Reading:
    """Read one file as a dev split."""
    splits = {"train": {"file": path.name}, "dev": {"file": path.name}}
    return read_split(path.parent, ReadSpec(splits=splits, **keys), "dev")
