"""One registered pipeline per stage, task and suite, all from one flat list of cells."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial

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

_Draw = Callable[[], Pipeline]


class Drawn(Mapping[str, Pipeline]):
    """Pipelines by name, each drawn when it is first asked for: a run needs one of dozens."""

    def __init__(self, parts: Mapping[str, Sequence[_Draw]]) -> None:
        self._parts = parts
        self._drawn: dict[str, Pipeline] = {}

    def __getitem__(self, name: str) -> Pipeline:
        if name not in self._drawn:
            self._drawn[name] = _flat([draw() for draw in self._parts[name]])
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def register_pipelines() -> Drawn:
    """Give every pipeline from the specs that the context was made with, or read them where there is no context.

    Raises:
        UserError: The config is wrong, or a task, suite or encoder has the name of a stage.
    """
    from kedro.framework.project import settings

    known = next((hook.specs for hook in settings.HOOKS if isinstance(hook, Project)), None)
    return build_pipelines(known or read_specs(config_loader()))


def build_pipelines(specs: Specs) -> Drawn:
    """Give every pipeline of a set of specs: stages, tasks, suites, ``report`` and ``__default__``.

    Raises:
        UserError: A task, suite or encoder has the name of a stage.
    """
    for name in (*specs.tasks, *specs.suites, *specs.encoders):
        if name in (*STAGES, report.OVERALL):
            raise UserError(
                f"conf/base: a pipeline has the name '{name}' already; give the task, suite or encoder another"
            )
    parts: dict[str, list[_Draw]] = defaultdict(list)
    recipes = _by_task(specs.cells)
    task_parts = cache(partial(_task_parts, specs))  # the same for the task and most of its suites
    for encoder in specs.encoders:
        stage, draw = _encoder_part(specs, encoder)
        parts[stage].append(draw)
    for task in specs.tasks:
        parts[task] += _encoder_parts(specs, [f"{task}.{recipe}" for recipe in recipes.get(task, [])])
        for stage, draw in task_parts(task, tuple(recipes.get(task, ()))):
            parts[stage].append(draw)
            parts[task].append(draw)
    for suite, spec in specs.suites.items():
        tasks = _by_task(spec.cells)
        examined = [cell for cell in spec.cells if cell in specs.examined]
        site = cache(partial(report.create_pipeline, suite, tasks, examined))
        parts["site"].append(site)
        parts[suite] = [site, *_encoder_parts(specs, spec.cells)]
        parts[suite] += [draw for task in tasks for _, draw in task_parts(task, tuple(tasks[task]))]
    parts["report"] = [report.create_overall_pipeline]
    if DEFAULT_SUITE in specs.suites:
        parts["__default__"] = parts[DEFAULT_SUITE]
    return Drawn(dict(parts))


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


def _encoder_parts(specs: Specs, cells: Iterable[str]) -> list[_Draw]:
    """Give how each encoder is had that some of the cells start from, down to published files."""
    used: dict[str, None] = {}
    for cell in cells:
        encoder = specs.config(cell).encoder
        while encoder is not None and encoder not in used:
            used[encoder] = None
            encoder = specs.base(encoder)
    return [draw for encoder in used for draw in (_encoder_part(specs, encoder)[1], *_source_parts(specs, encoder))]


def _source_parts(specs: Specs, name: str) -> list[_Draw]:
    """Give what an encoder that is made here is made from, beside another encoder: a task's text, or a fitted cell."""
    spec = specs.encoders[name]
    if spec.transfer is not None:
        task, recipe = spec.transfer.cell.split(".")
        parts = _task_parts(specs, task, [recipe])
    else:
        parts = _task_parts(specs, spec.pretraining.task, []) if spec.pretraining is not None else []
    return [draw for stage, draw in parts if stage in ("ingest", "prepare", "search", "fit")]


def _encoder_part(specs: Specs, name: str) -> tuple[str, _Draw]:
    """Give how one encoder is had, as (stage, how to draw it)."""
    spec, base = specs.encoders[name], specs.base(name)
    if spec.transfer is not None and base is not None:
        return "transfer", partial(transfer.create_pipeline, name, spec.transfer.cell, base)
    if spec.pretraining is not None and base is not None:
        pretraining = spec.pretraining
        return "pretrain", partial(pretrain.create_pipeline, name, pretraining.task, pretraining.splits, base)
    return "import_encoder", partial(import_encoder.create_pipeline, name)


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


def _draw_evaluation(specs: Specs, cell: str) -> Pipeline:
    """Draw the stage that predicts and scores."""
    config = specs.config(cell)
    return evaluate.create_pipeline(
        config.task,
        config.recipe,
        specs.tasks[config.task].scored_splits,
        config.encoder,
        encoders=_member_encoders(specs, cell),
        searched=specs.searches(cell),
        submitted=specs.tasks[config.task].submission,
    )


def _task_parts(specs: Specs, task: str, recipes: Sequence[str]) -> list[tuple[str, _Draw]]:
    """Give the stages of one task with some of its recipes, as (stage, how to draw it)."""
    spec = specs.tasks[task]
    cells = {recipe: f"{task}.{recipe}" for recipe in recipes}
    parts: list[tuple[str, _Draw]] = [
        ("ingest", partial(ingest.create_pipeline, task)),
        ("prepare", partial(prepare.create_pipeline, task, spec.read.splits)),
        *(
            ("search", partial(search.create_pipeline, task, recipe, specs.config(cell).encoder))
            for recipe, cell in cells.items()
            if specs.searches(cell)
        ),
        *(("fit", partial(_draw_fit, specs, specs.config(cell))) for cell in cells.values()),
        *(("evaluate", partial(_draw_evaluation, specs, cell)) for cell in cells.values()),
        *(("analyse", partial(analyse.create_pipeline, task, recipe, _labelled(spec))) for recipe in recipes),
        *(("examine", partial(_draw_examination, specs, cell)) for cell in cells.values() if cell in specs.examined),
        *(("gather", partial(gather.create_pipeline, task, recipes)) for _ in recipes[:1]),
    ]
    return [(stage, cache(draw)) for stage, draw in parts]


def _flat(parts: list[Pipeline]) -> Pipeline:
    """Join pipelines at once: adding them one by one costs time that grows with the square of their number.

    A node that several of them hold, as the source of an encoder, is taken once.
    """
    return Pipeline(list({node.name: node for part in parts for node in part.nodes}.values()))
