"""Commands beside Kedro's own: ``kedro source``, ``kedro lineage``; and ``kedro run`` with errors of one line."""

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.startup import ProjectMetadata

from regen.errors import UserError


class Run(click.Command):
    """``kedro run`` that says a user's mistake in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run in the environment that ``--env`` names, and explain what Kedro wrapped or cannot find."""
        if ctx.params.get("params"):
            keys = ", ".join(ctx.params["params"])
            raise UserError(
                f"--params: found {keys}, expected none: a cell has one configuration; write another recipe"
            )
        if ctx.params.get("env"):
            os.environ["KEDRO_ENV"] = ctx.params["env"]  # the registry reads the same environment
        try:
            return super().invoke(ctx)
        except Exception as error:
            line = _explain(error)
            if line is None:
                raise
            raise UserError(line) from None


def _explain(error: Exception) -> str | None:
    """Give one line for a ``UserError``, also a wrapped one, for a missing file, and for names that Kedro lacks."""
    from kedro.io import DatasetError

    for known in _chain(error):
        if isinstance(known, UserError):
            return " ".join(str(known).split())
    text = " ".join(str(error).split())
    if isinstance(error, DatasetError):
        lacking = next((known.filename for known in _chain(error) if isinstance(known, FileNotFoundError)), None)
        return f"{lacking}: no such file; run the stage that makes it first" if lacking else text
    if isinstance(error, ValueError) and "Pipeline does not contain" in text:
        return f"{text}; 'kedro registry describe <pipeline>' lists what there is"
    if isinstance(error, ValueError) and "Failed to find the pipeline" in text:
        return f"{text.split('. ')[0]}; 'kedro registry list' lists them"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it was raised from, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@click.group(name="regen")
def cli() -> None:
    """Commands of this project."""


cli.add_command(Run("run", params=kedro_run.params, callback=kedro_run.callback, help=kedro_run.help))


@cli.group()
def source() -> None:
    """Published files: their hashes."""


@source.command()
@click.argument("task")
@click.option("--again", is_flag=True, help="Read your own files (path sources) anew and write over their hashes.")
@click.pass_obj
def pin(metadata: ProjectMetadata, task: str, again: bool) -> None:
    """Write the hashes of TASK's fetched files into its YAML file, where it has none yet."""
    from regen.config.locate import spec_file
    from regen.project import config_loader, read_machine, read_specs
    from regen.sources.pin import pin as pin_file

    root = metadata.project_path
    path, _ = spec_file(root, "tasks", task)
    if again:
        files = {
            file.name: root / source.path
            for file in read_specs(config_loader(root), root).tasks[task].files
            for source in file.sources
            if source.path and not source.member
        }
    else:
        raw = read_machine(config_loader(root), root).state.parent / "01_raw" / task
        files = {file.relative_to(raw).as_posix(): file for file in sorted(raw.rglob("*")) if file.is_file()}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise UserError(f"task {task}: {missing[0]}: no such file; put it there or mend its path in {path}")
    if not files:
        raise UserError(f"task {task}: nothing is fetched yet; run 'kedro run --pipelines ingest --namespaces {task}'")
    hashes = {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    changed = pin_file(path, hashes, {name: file.stat().st_size for name, file in files.items()}, replace=again)
    click.echo(f"{path}: {', '.join(changed) or 'nothing'} pinned")


@cli.group()
def lineage() -> None:
    """dvc.yaml files, generated from the pipelines."""


@lineage.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is stale.")
@click.pass_obj
def write(metadata: ProjectMetadata, check: bool) -> None:
    """Write dvc.yaml and lineage/*/dvc.yaml from pipelines, catalog and imports."""
    from regen.lineage.files import stale
    from regen.lineage.files import write as write_files
    from regen.lineage.project import lineage_texts

    root = metadata.project_path
    texts = lineage_texts(root)
    if check:
        paths = stale(root, texts)
        if paths:
            raise UserError(f"{', '.join(paths)}: stale; run 'kedro lineage write' and commit")
        return
    for path in write_files(root, texts) or ["nothing to write"]:
        click.echo(path)
