"""Commands beside Kedro's own: ``kedro source``, ``kedro lineage``; and ``kedro run`` with errors of one line."""

import os
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.startup import ProjectMetadata

from regen.errors import UserError


class Clear(click.Command):
    """A command that says a user's mistake in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and turn a ``UserError``, also one that Kedro wrapped, into ``Error: …`` and exit status 1."""
        if ctx.params.get("env"):
            os.environ["KEDRO_ENV"] = ctx.params["env"]  # the registry reads the same environment
        try:
            return super().invoke(ctx)
        except Exception as error:
            known = _user_error(error)
            if known is None:
                raise
            raise click.ClickException(" ".join(str(known).split())) from None


def _user_error(error: BaseException | None) -> UserError | None:
    while error is not None and not isinstance(error, UserError):
        error = error.__cause__ or error.__context__
    return error


@click.group(name="regen")
def cli() -> None:
    """Commands of this project."""


cli.add_command(Clear("run", params=kedro_run.params, callback=kedro_run.callback, help=kedro_run.help))


@cli.group()
def source() -> None:
    """Published files: their hashes."""


@source.command(cls=Clear)
@click.argument("task")
@click.pass_obj
def pin(metadata: ProjectMetadata, task: str) -> None:
    """Write the hashes of TASK's fetched files into its YAML file, where it has none yet."""
    from regen.project import config_loader, read_machine, read_specs
    from regen.sources.pinning import pin_task

    loader = config_loader(metadata.project_path)
    specs, machine = read_specs(loader, metadata.project_path), read_machine(loader, metadata.project_path)
    for line in pin_task(metadata.project_path, specs, machine, task):
        click.echo(line)


@cli.group()
def lineage() -> None:
    """dvc.yaml files, generated from the pipelines."""


@lineage.command(cls=Clear)
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
