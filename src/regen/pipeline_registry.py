"""One registered pipeline per stage, task and suite, all from one flat list of cells."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from kedro.pipeline import Pipeline

from regen.config.attribution import attribution_config
from regen.config.cell import CellConfig
from regen.config.load import Specs
from regen.config.task import TaskSpec
from regen.errors import UserError
from regen.hooks import Project
from regen.pipelines.analyse import pipeline as analyse
from regen.pipelines.evaluate import pipeline as evaluate
from regen.pipelines.examine import pipeline as examine
from regen.pipelines.fit import pipeline as fit
from regen.pipelines.gather import pipeline as gather
from regen.pipelines.import_encoder import pipeline as import_encoder
from regen.pipelines.ingest import pipeline as ingest
from regen.pipelines.prepare import pipeline as prepare
from regen.pipelines.pretrain import pipeline as pretrain
from regen.pipelines.report import pipeline as report
from regen.pipelines.search import pipeline as search
from regen.pipelines.transfer import pipeline as transfer
from regen.project import config_loader, read_specs

DEFAULT_SUITE = "sample"
"""The suite that ``kedro run`` without arguments runs."""


def register_pipelines() -> dict[str, Pipeline]:
    """Draw every pipeline from the specs that the context was made with, or read them where there is no context.

    Raises:
        UserError: The config is wrong, or a task, suite or encoder has the name of a stage.
    """
    from kedro.framework.project import settings

    known = next((hook.specs for hook in settings.HOOKS if isinstance(hook, Project)), None)
    return build_pipelines(known or read_specs(config_loader()))


def build_pipelines(specs: Specs) -> dict[str, Pipeline]:
    """Draw every pipeline of a set of specs: stages, tasks, suites, ``report`` and ``__default__``."""
    for name in (*specs.tasks, *specs.suites, *specs.encoders):
        if name in (*STAGES, report.OVERALL):
            raise UserError(
                f"conf/base: a pipeline has the name '{name}' already; give the task, suite or encoder another"
            )
    parts: dict[str, list[Pipeline]] = defaultdict(list)
    recipes = _by_task(specs.cells)
    draw = cache(lambda task, recipes: _draw_task(specs, task, recipes))  # the same for the task and most of its suites
    for encoder in specs.encoders:
        stage, drawn = _draw_encoder(specs, encoder)
        parts[stage].append(drawn)
    for task in specs.tasks:
        parts[task] += _draw_encoders(specs, [f"{task}.{recipe}" for recipe in recipes.get(task, [])])
        for stage, drawn in draw(task, tuple(recipes.get(task, ()))):
            parts[stage].append(drawn)
            parts[task].append(drawn)
    for suite, spec in specs.suites.items():
        tasks = _by_task(spec.cells)
        site = report.create_pipeline(suite, tasks, [cell for cell in spec.cells if cell in specs.examined])
        parts["site"].append(site)
        parts[suite] = [site, *_draw_encoders(specs, spec.cells)]
        parts[suite] += [drawn for task in tasks for _, drawn in draw(task, tuple(tasks[task]))]
    parts["report"] = [report.create_overall_pipeline()]
    pipelines = {name: _flat(drawn) for name, drawn in parts.items()}
    if DEFAULT_SUITE in specs.suites:
        pipelines["__default__"] = pipelines[DEFAULT_SUITE]
    return pipelines


STAGES = (
    *("ingest", "import_encoder", "transfer", "pretrain", "prepare", "search", "fit", "evaluate", "analyse"),
    *("examine", "gather", "site", "report"),
)
"""Stages in their order; ``report`` is over all committed records and no part of any suite."""


def _by_task(cells: tuple[str, ...] | list[str]) -> dict[str, list[str]]:
    """Give task -> recipes, in order."""
    tasks: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        task, recipe = cell.split(".")
        tasks[task].append(recipe)
    return tasks


def _draw_encoders(specs: Specs, cells: Iterable[str]) -> list[Pipeline]:
    """Draw how each encoder is had that some of the cells start from, down to published files."""
    used: dict[str, None] = {}
    for cell in cells:
        encoder = specs.config(cell).encoder
        while encoder is not None and encoder not in used:
            used[encoder] = None
            encoder = specs.base(encoder)
    return [drawn for encoder in used for drawn in (_draw_encoder(specs, encoder)[1], *_draw_source(specs, encoder))]


def _draw_source(specs: Specs, name: str) -> list[Pipeline]:
    """Draw what an encoder that is made here is made from, beside another encoder: a task's text, or a fitted cell."""
    spec = specs.encoders[name]
    if spec.transfer is not None:
        task, recipe = spec.transfer.cell.split(".")
        drawn = _draw_task(specs, task, [recipe])
    else:
        drawn = _draw_task(specs, spec.pretraining.task, []) if spec.pretraining is not None else []
    return [pipeline for stage, pipeline in drawn if stage in ("ingest", "prepare", "search", "fit")]


def _draw_encoder(specs: Specs, name: str) -> tuple[str, Pipeline]:
    """Draw how one encoder is had, as (stage, pipeline)."""
    spec, base = specs.encoders[name], specs.base(name)
    if spec.transfer is not None and base is not None:
        return "transfer", transfer.create_pipeline(name, spec.transfer.cell, base)
    if spec.pretraining is not None and base is not None:
        return "pretrain", pretrain.create_pipeline(name, spec.pretraining.task, spec.pretraining.splits, base)
    return "import_encoder", import_encoder.create_pipeline(name)


def _draw_fit(specs: Specs, config: CellConfig) -> Pipeline:
    """Draw the stage that makes a cell's models, or joins those of its members."""
    ensemble = specs.ensemble(config.cell)
    if ensemble is not None:
        return fit.create_ensemble_pipeline(config.task, config.recipe, config.options["members"])
    return fit.create_pipeline(config.task, config.recipe, config.encoder, searched=specs.searches(config.cell))


def _member_encoders(specs: Specs, cell: str) -> list[str]:
    """Name each encoder that members of a cell start from, once."""
    ensemble = specs.ensemble(cell)
    return list(dict.fromkeys(m.encoder for m in ensemble.members if m.encoder)) if ensemble else []


def _labelled(spec: TaskSpec) -> list[str]:
    """Name the scored splits whose labels are public."""
    return [split for split in spec.scored_splits if spec.read.splits[split].labelled]


def _draw_examination(specs: Specs, cell: str) -> Pipeline:
    """Draw the stage that examines a cell."""
    config = specs.config(cell)
    return examine.create_pipeline(
        config.task,
        config.recipe,
        config.encoder,
        encoders=_member_encoders(specs, cell),
        swapped=config.task_type == "tagging",
        explained=attribution_config(config).module is not None,
    )


def _draw_task(specs: Specs, task: str, recipes: Sequence[str]) -> list[tuple[str, Pipeline]]:
    """Draw the stages of one task with some of its recipes, as (stage, pipeline)."""
    spec = specs.tasks[task]
    encoders = {recipe: specs.config(f"{task}.{recipe}").encoder for recipe in recipes}
    searched = {recipe for recipe in recipes if specs.searches(f"{task}.{recipe}")}
    return [
        ("ingest", ingest.create_pipeline(task)),
        ("prepare", prepare.create_pipeline(task, spec.read.splits)),
        *(
            ("search", search.create_pipeline(task, recipe, encoder))
            for recipe, encoder in encoders.items()
            if recipe in searched
        ),
        *(("fit", _draw_fit(specs, specs.config(f"{task}.{recipe}"))) for recipe in recipes),
        *(
            (
                "evaluate",
                evaluate.create_pipeline(
                    task,
                    recipe,
                    spec.scored_splits,
                    encoder,
                    encoders=_member_encoders(specs, f"{task}.{recipe}"),
                    searched=recipe in searched,
                    submitted=spec.submission,
                ),
            )
            for recipe, encoder in encoders.items()
        ),
        *(("analyse", analyse.create_pipeline(task, recipe, _labelled(spec))) for recipe in recipes),
        *(
            ("examine", _draw_examination(specs, f"{task}.{recipe}"))
            for recipe in recipes
            if f"{task}.{recipe}" in specs.examined
        ),
        *(("gather", gather.create_pipeline(task, recipes)) for _ in recipes[:1]),
    ]


def _flat(parts: list[Pipeline]) -> Pipeline:
    """Join pipelines at once: adding them one by one costs time that grows with the square of their number.

    A node that several of them hold, as the source of an encoder, is taken once.
    """
    return Pipeline(list({node.name: node for part in parts for node in part.nodes}.values()))
