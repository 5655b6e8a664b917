"""Commands beside Kedro's own: ``source``, ``submission``, ``doubts``, …; and ``kedro run`` with errors of one line."""

import json
import os
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.startup import ProjectMetadata

from regen.config.encoder import EncoderSpec
from regen.config.load import Specs
from regen.config.task import TaskSpec
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
        lacking = next((known for known in _chain(error) if isinstance(known, FileNotFoundError)), None)
        if lacking is None:
            return text
        name = lacking.filename or " ".join(str(lacking).split())  # pyarrow's error has no name, but tells it
        return f"{name}: no such file; run the stage that makes it first"
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
@click.argument("name")
@click.option("--again", is_flag=True, help="Read your own files (path sources) anew and write over their hashes.")
@click.pass_obj
def pin(metadata: ProjectMetadata, name: str, again: bool) -> None:
    """Write the hashes of the fetched files of NAME, a task or encoder, into its YAML file, where it has none yet."""
    from regen.config.locate import spec_file
    from regen.project import config_loader, read_specs
    from regen.sources.pin import pin as pin_file

    root = metadata.project_path
    specs = read_specs(config_loader(root), root)
    kind = "encoder" if name in specs.encoders else "task"
    path, _ = spec_file(root, f"{kind}s", name)
    if kind == "encoder" and not specs.encoders[name].files:
        raise UserError(f"encoder {name}: only 'files' have hashes to pin; a hub is pinned by its 'revision'")
    if again:
        hashes, sizes = _own_hashes(specs, root, kind, name)
    else:
        hashes, sizes = _fetched_hashes(root, kind, name)
    changed = pin_file(path, hashes, sizes, replace=again)
    click.echo(f"{path}: {', '.join(changed) or 'nothing'} pinned")


def _own_hashes(specs: Specs, root: Path, kind: str, name: str) -> tuple[dict[str, str], dict[str, int]]:
    """Read a task's or encoder's own files, those that are on this machine: name -> sha256, name -> bytes."""
    spec: TaskSpec | EncoderSpec = specs.encoders[name] if kind == "encoder" else specs.tasks[name]
    files = {
        file.name: root / source.path
        for file in spec.files
        for source in file.sources
        if source.path and not source.member
    }
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise UserError(f"{kind} {name}: {missing[0]}: no such file; put it there or mend its path")
    if not files:
        raise UserError(f"{kind} {name}: no file has a 'path' source, so there is nothing to read anew")
    return _hashed(files)


def _fetched_hashes(root: Path, kind: str, name: str) -> tuple[dict[str, str], dict[str, int]]:
    """Give name -> sha256 and name -> bytes of what was fetched; of an encoder, only its manifest is kept."""
    from regen.project import config_loader, read_machine

    data = read_machine(config_loader(root), root).state.parent
    if kind == "encoder":
        manifest = data / "02_intermediate" / "encoders" / name / "encoder.json"
        if not manifest.is_file():
            raise UserError(_not_fetched(kind, name, "import_encoder"))
        return json.loads(manifest.read_text("utf-8"))["fetched"], {}
    raw = data / "01_raw" / name
    files = {file.relative_to(raw).as_posix(): file for file in sorted(raw.rglob("*")) if file.is_file()}
    if not files:
        raise UserError(_not_fetched(kind, name, "ingest"))
    return _hashed(files)


def _not_fetched(kind: str, name: str, stage: str) -> str:
    return f"{kind} {name}: nothing is fetched yet; run 'kedro run --pipelines {stage} --namespaces {name}'"


def _hashed(files: Mapping[str, Path]) -> tuple[dict[str, str], dict[str, int]]:
    hashes = {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    return hashes, {name: file.stat().st_size for name, file in files.items()}


@cli.command()
@click.argument("cell")
@click.option("--seed", type=int, help="Seed of the repeat; without it, the repeat with the best score on dev.")
@click.option("--fold", type=int, help="Fold of the repeat, where the task has folds; else likewise.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Folder to write; else beside the cell's fits.")
@click.option("--env", "-e", help="Environment of the config, as of kedro run.")
@click.pass_obj
def export(
    metadata: ProjectMetadata, cell: str, seed: int | None, fold: int | None, target: Path | None, env: str | None
) -> None:
    """Write a fitted repeat of CELL (task.recipe) as a folder that plain transformers loads, with a model card."""
    from regen.export.found import find
    from regen.project import config_loader, read_machine, read_specs

    root = metadata.project_path
    loader = config_loader(root, env)
    data = read_machine(loader, root).state.parent
    found = find(cell, seed, data, read_specs(loader, root), fold)
    given = seed is not None and (fold is not None or not found.in_folds)
    why = "given" if given else "the best on dev"
    folder = target or found.checkpoint.parents[1] / f"export-{found.repeat}"
    click.echo(f"{cell}: seed {found.seed}{f', fold {found.fold}' if found.in_folds else ''} ({why})")

    from regen.export.folder import export as write_folder  # after the checks: it imports torch

    write_folder(found, folder)
    click.echo(folder)


@cli.command()
@click.argument("task")
@click.option("--recipe", help="Whose models judge; without it linear, or crf for tagging.")
@click.option("--folds", type=click.IntRange(2), default=5, show_default=True, help="Number of models.")
@click.option("--show", type=click.IntRange(0), default=0, help="Print this many rows with their texts.")
@click.option("--env", "-e", help="Environment of the config, as of kedro run.")
@click.pass_obj
def doubts(metadata: ProjectMetadata, task: str, recipe: str | None, folds: int, show: int, env: str | None) -> None:
    """Rank the training rows of TASK by how much cross-validated models doubt their label."""
    from regen.doubts.run import find_doubts, read_train, shown
    from regen.project import config_loader, read_machine, read_specs

    root = metadata.project_path
    loader = config_loader(root, env)
    data = read_machine(loader, root).state.parent
    path, table = find_doubts(task, recipe, folds, data, read_specs(loader, root))
    if show:
        click.echo("\n".join(shown(table.head(show), read_train(task, data))))
    otherwise = int((table["label"] != table["predicted"]).sum())
    click.echo(f"{path}: {len(table)} rows, {otherwise} of which the models would label otherwise")


@cli.command()
@click.argument("one")
@click.argument("other")
@click.option("--examples", is_flag=True, help="Of two cells, write a page of dev examples that one alone has right.")
@click.pass_obj
def compare(metadata: ProjectMetadata, one: str, other: str, examples: bool) -> None:
    """Say what differs from ONE to OTHER, and how sure the difference of their scores is.

    Each is a cell (conll2003.crf), a cell at a git revision (conll2003.crf@HEAD~1), or a git revision: then all cells
    whose records differ between the two are compared.
    """
    from regen.project import config_loader, read_statistics
    from regen.records.versions import changed_cells, is_cell, read_version, with_same_dev
    from regen.reporting.changes import change_lines

    root = metadata.project_path
    how = read_statistics(config_loader(root), root)
    if any(is_cell(root, name) for name in (one, other)):
        versions = with_same_dev(read_version(root, one), read_version(root, other), partial(_dev_files, root))
        lines = change_lines(*versions, how)
        lines += [line for line in _disagreements(root, one, other) if line not in lines] if examples else []
        click.echo("\n".join(lines))
        return
    if examples:
        raise UserError("--examples: found two revisions, expected two cells: only their last answers are kept")
    for cell, kind in changed_cells(root, one, other).items() or [("", "no record differs")]:
        if kind == "changed":
            before, after = (read_version(root, f"{cell}@{revision}") for revision in (one, other))
            click.echo("\n".join(change_lines(before, after, how)))
        else:
            click.echo(f"{cell}: {kind}" if cell else kind)


def _dev_files(root: Path, task: str) -> list[str] | None:
    """Name the files that dev of a task is read from; ``None`` where the project has no such task."""
    from regen.project import config_loader, read_specs

    specs = read_specs(config_loader(root), root)
    return specs.tasks[task].read.files_of("dev") if task in specs.tasks else None


def _disagreements(root: Path, one: str, other: str) -> list[str]:
    """Write the page of examples on which two cells differ, and say where it is and what it counts."""
    from regen.disagreements.run import show_disagreements
    from regen.project import config_loader, read_machine
    from regen.reporting.changes import agreement_text

    path, counts = show_disagreements(one, other, read_machine(config_loader(root), root).state.parent)
    told = agreement_text("examples", (one, other), (counts["both"], counts["one"], counts["other"], counts["neither"]))
    return [f"  {told}", str(path)]


@cli.command()
@click.argument("cell")
@click.option(
    "--examples", type=click.IntRange(1), default=256, show_default=True, help="Most dev examples to predict."
)
@click.option("--env", "-e", help="Environment of the config, as of kedro run.")
@click.pass_obj
def latency(metadata: ProjectMetadata, cell: str, examples: int, env: str | None) -> None:
    """Time the predictions of CELL (task.recipe) here, one example and 32 at a time; the report shows it."""
    from regen.hooks import machine_name
    from regen.latency.measure import LEAST_CALLS, MOST_SECONDS
    from regen.latency.run import measure_cell
    from regen.project import config_loader, read_machine, read_specs

    root = metadata.project_path
    loader = config_loader(root, env)
    data = read_machine(loader, root).state.parent
    path, told = measure_cell(cell, examples, data, read_specs(loader, root), machine_name())
    for size, times in told["batches"].items():
        median, late, rate = times["p50_ms"], times["p95_ms"], times["examples_per_second"]
        calls = f"{times['calls']:,} calls" + f" (no more in {MOST_SECONDS:g} s)" * (times["calls"] < LEAST_CALLS)
        click.echo(
            f"{size} at a time: p50 {median:,.1f} ms, p95 {late:,.1f} ms, {rate:,.1f} examples per second, {calls}"
        )
    click.echo(path)


@cli.group()
def submission() -> None:
    """Files that a board takes."""


@submission.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--task", help="Task that the file is for, where its name does not tell.")
@click.option("--split", help="Hidden split of that task, where it has several.")
@click.pass_obj
def check(metadata: ProjectMetadata, file: Path, task: str | None, split: str | None) -> None:
    """Say what is wrong with FILE, which a board shall score: one line for each kind of mistake."""
    from regen.project import config_loader, read_machine, read_specs
    from regen.submissions.find import find_split

    root = metadata.project_path
    loader = config_loader(root)
    specs = read_specs(loader, root)
    name, split, named = find_split(file, specs.tasks, task, split)
    spec = specs.tasks[name].submission[split]
    prepared = read_machine(loader, root).state.parent / "03_primary" / name / f"{split}.parquet"
    if not prepared.is_file():
        raise UserError(f"{prepared}: no such file; run 'kedro run --pipelines ingest,prepare --namespaces {name}'")

    import pandas as pd  # after the checks: it takes long

    from regen.submissions.check import check_file
    from regen.submissions.ids import submission_ids

    examples = pd.read_parquet(prepared)
    ids = submission_ids(name, split, spec, examples)
    problems = [] if named else [f"found this name, expected {spec.file}"]
    problems += check_file(file, spec, ids, examples, specs.tasks[name].read.labels)
    for problem in problems:
        click.echo(f"{file}: {problem}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{file}: right for {name}, split {split}: {len(ids):,} examples")


@cli.group()
def lineage() -> None:
    """dvc.yaml files, generated from the pipelines."""


@lineage.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is stale.")
@click.pass_obj
def write(metadata: ProjectMetadata, check: bool) -> None:
    """Write dvc.yaml and those of lineage/ from pipelines, catalog and imports."""
    from regen.lineage.files import stale
    from regen.lineage.files import write as write_files
    from regen.lineage.project import lineage_texts

    root = metadata.project_path
    texts = lineage_texts(root)
    if check:
        paths = stale(root, texts)
        if paths:
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            raise UserError(f"{paths[0]}{more}: stale; run 'kedro lineage write' and commit")
        return
    for path in write_files(root, texts) or ["nothing to write"]:
        click.echo(path)
