from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from kedro.pipeline import Pipeline

from made_up import made_up_task
from pretend_estimator import install_pretend
from regen.config.encoder import EncoderSpec
from regen.config.load import Specs
from regen.config.machine import Machine
from regen.config.recipe import RecipeSpec
from regen.config.submission import SubmissionSpec
from regen.config.suite import SuiteSpec
from regen.errors import UserError
from regen.hooks import spec_inputs
from regen.pipeline_registry import DEFAULT_SUITE, STAGES, build_pipelines, register_pipelines
from regen.pipelines.ingest import pipeline as ingest
from regen.project import config_loader, read_specs

pytestmark = pytest.mark.filterwarnings("ignore:One or more dataset names contain:UserWarning")


def suite(*cells: str, examined: tuple[str, ...] = ()) -> SuiteSpec:
    return SuiteSpec.model_validate({"title": "Made up", "cells": cells, "examined": examined})


def made_up_encoder() -> EncoderSpec:
    return EncoderSpec(title="Made up", languages=("en",), licence="CC0-1.0", source="this test", folder="there")


def made_up_specs(**suites: SuiteSpec) -> Specs:
    """Two tasks, one of them with a second and a hidden test split, two recipes, and an encoder that none names."""
    return Specs(
        tasks={
            "topics": made_up_task("classification", ["a"], test=True, test_fixed=True, test_hidden=False),
            "names": made_up_task("tagging", ["x"]),
        },
        encoders={"unused": made_up_encoder()},
        recipes={name: RecipeSpec(title=name, estimator="majority") for name in ("one", "two")},
        suites=suites or {"sample": suite("topics.one", "names.one"), "wide": suite("topics.two", "topics.one")},
    )


@pytest.fixture(scope="module")
def project_specs(project_root: Path) -> Specs:
    """The specs of this project."""
    return read_specs(config_loader(project_root, "base"), project_root)


@pytest.fixture(scope="module", params=["project", "made up"])
def specs(request: pytest.FixtureRequest, project_specs: Specs) -> Specs:
    """Those of this project, and small ones with everything that a task may have."""
    return project_specs if request.param == "project" else made_up_specs()


@pytest.fixture(scope="module")
def drawn(specs: Specs) -> dict[str, Pipeline]:
    """Every registered pipeline."""
    return build_pipelines(specs)


def names(pipeline: Pipeline) -> set[str]:
    return {node.name for node in pipeline.nodes}


def upstream(pipeline: Pipeline, outputs: Iterable[str]) -> set[str]:
    """Walk from datasets back to everything that they are made from."""
    makers = {output: node for node in pipeline.nodes for output in node.outputs}
    seen: set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += makers[name].inputs if name in makers else []
    return seen


def test_one_pipeline_per_stage_task_and_suite(specs: Specs, drawn: dict[str, Pipeline]) -> None:
    there = {
        "search": any(map(specs.searches, specs.cells)),
        "examine": bool(specs.examined),
        "transfer": any(spec.transfer for spec in specs.encoders.values()),
        "pretrain": any(spec.pretraining for spec in specs.encoders.values()),
    }
    stages = [stage for stage in STAGES if there.get(stage, True)]
    assert set(drawn) == {*stages, *specs.tasks, *specs.suites, "__default__"}
    assert all(isinstance(pipeline, Pipeline) and pipeline.nodes for pipeline in drawn.values())


def test_registered_pipelines_are_those_of_the_project(
    project_specs: Specs, project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project_root.parent)
    registered, built = register_pipelines(), build_pipelines(project_specs)
    assert {name: names(pipeline) for name, pipeline in registered.items()} == {
        name: names(pipeline) for name, pipeline in built.items()
    }


def test_a_pipeline_is_drawn_once_and_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    draw = ingest.create_pipeline

    def counted(task: str) -> Pipeline:
        asked.append(task)
        return draw(task)

    monkeypatch.setattr(ingest, "create_pipeline", counted)
    drawn = build_pipelines(made_up_specs())
    assert asked == []
    assert drawn["topics"] is drawn["topics"]
    assert asked == ["topics"]
    assert {f"{task}.ingest" for task in ("topics", "names")} == names(drawn["ingest"])
    assert asked == ["topics", "names"]


def test_the_default_is_the_sample_suite(drawn: dict[str, Pipeline]) -> None:
    assert names(drawn["__default__"]) == names(drawn[DEFAULT_SUITE])


def test_no_default_without_the_sample_suite() -> None:
    assert "__default__" not in build_pipelines(made_up_specs(other=suite("topics.one")))


def test_fit_of_a_cell_is_one_node(specs: Specs, drawn: dict[str, Pipeline]) -> None:
    for cell in specs.cells:
        (node,) = drawn["fit"].filter(node_namespaces=[cell]).nodes
        assert (node.name, node.namespace) == (f"{cell}.fit", cell)
    assert len(drawn["fit"].nodes) == len(specs.cells)


def test_stages_by_hand() -> None:
    drawn = build_pipelines(made_up_specs())
    cells = ("topics.one", "topics.two", "names.one")
    assert names(drawn["ingest"]) == {"topics.ingest", "names.ingest"}
    assert names(drawn["import_encoder"]) == {"unused.import_encoder"}
    assert names(drawn["prepare"]) == {"topics.prepare", "names.prepare"}
    assert names(drawn["fit"]) == {f"{cell}.fit" for cell in cells}
    assert names(drawn["evaluate"]) == {f"{cell}.{node}" for cell in cells for node in ("predict", "score")}
    analysed = ("analyse", "count_outcomes", "show_examples")
    assert names(drawn["analyse"]) == {f"{cell}.{node}" for cell in cells for node in analysed}
    assert names(drawn["gather"]) == {"topics.gather", "names.gather"}
    assert names(drawn["site"]) == {"sample.site", "wide.site"}
    assert names(drawn["report"]) == {"all.report"}


def test_an_analysis_sees_train_and_every_split_with_public_labels() -> None:
    drawn = build_pipelines(made_up_specs())["analyse"]
    (node,) = (node for node in drawn.nodes if node.name == "topics.one.analyse")
    assert set(node.inputs) == {
        *("topics.one.predictions", "topics.one.record", "topics.card", "params:statistics"),
        *("topics.examples_train", "topics.examples_dev", "topics.examples_test"),
        "topics.examples_test_fixed",  # but not those whose labels are hidden
    }
    assert node.outputs == ["topics.one.analysis"]


def test_the_page_of_examples_sees_dev_alone(drawn: dict[str, Pipeline]) -> None:
    """Whoever reads errors on test tunes to it."""
    for node in drawn["analyse"].nodes:
        if node.name.endswith(".show_examples"):
            task, recipe, _ = node.name.split(".")
            cell = f"{task}.{recipe}"
            assert set(node.inputs) == {f"{cell}.predictions", f"{cell}.record", f"{task}.examples_dev"}


def test_a_file_for_a_board_is_made_of_hidden_splits() -> None:
    specs = made_up_specs()
    file = {"test_hidden": SubmissionSpec(file="topics_predict.json")}
    specs.tasks["topics"] = specs.tasks["topics"].model_copy(update={"submission": file})
    drawn = build_pipelines(specs)["evaluate"]
    assert {node.name for node in drawn.nodes if node.name.endswith("submit")} == {
        "topics.one.submit",
        "topics.two.submit",
    }
    (node,) = (node for node in drawn.nodes if node.name == "topics.one.submit")
    assert node.outputs == ["topics.one.submission"]
    assert set(node.inputs) == {
        *("topics.one.predictions", "topics.one.record", "params:topics.submission", "topics.examples_test_hidden")
    }


def test_suites_and_tasks_by_hand() -> None:
    drawn = build_pipelines(made_up_specs())
    nodes = ("fit", "predict", "score", "analyse", "count_outcomes", "show_examples")
    one, two = ({f"topics.{recipe}.{node}" for node in nodes} for recipe in ("one", "two"))
    of_task = {"topics.ingest", "topics.prepare", "topics.gather"}
    assert names(drawn["topics"]) == of_task | one | two
    assert names(drawn["wide"]) == {"wide.site"} | of_task | one | two
    assert names(drawn["sample"]) >= one
    assert not names(drawn["sample"]) & two


def test_cells_that_a_suite_wants_examined() -> None:
    """In every suite that has the cell; a tagger is handed train, whose mentions take the place of others."""
    specs = made_up_specs(
        sample=suite("topics.one", "names.one", examined=("names.one",)),
        wide=suite("topics.two", "names.one", examined=("topics.two",)),
    )
    specs.recipes["two"] = RecipeSpec(title="two", estimator="linear")
    drawn = build_pipelines(specs)
    assert names(drawn["examine"]) == {"topics.two.examine", "names.one.examine"}
    assert names(drawn["sample"]) & names(drawn["examine"]) == {"names.one.examine"}
    nodes = {node.name: node for node in drawn["wide"].nodes}
    tagger, linear = nodes["names.one.examine"], nodes["topics.two.examine"]
    assert set(tagger.inputs) == {
        *("names.one.model", "names.examples_dev", "names.examples_train", "params:statistics"),
        *("params:names.one.config", "params:names.one.attribution"),
    }
    assert tagger.outputs == ["names.one.examination"]
    assert "topics.examples_train" not in linear.inputs
    assert sorted(linear.outputs) == ["topics.two.attributions", "topics.two.examination"]
    assert {"names.one.examination", "topics.two.examination"} <= set(nodes["wide.site"].inputs)
    given = spec_inputs(specs, Machine(project=Path(), state=Path()))
    told = {name: given[f"params:{name}.attribution"].module for name in sorted(specs.examined)}
    assert told == {"names.one": None, "topics.two": "regen.attributions.linear"}


def test_a_task_that_no_suite_names_is_prepared() -> None:
    drawn = build_pipelines(made_up_specs(sample=suite("topics.one")))
    assert names(drawn["names"]) == {"names.ingest", "names.prepare"}


def fits(drawn: dict[str, Pipeline]) -> Iterator[tuple[Pipeline, str]]:
    for pipeline in drawn.values():
        for node in pipeline.nodes:
            if node.name.endswith(".fit"):
                yield pipeline, node.name


def test_no_way_from_a_test_split_to_fit(specs: Specs, drawn: dict[str, Pipeline]) -> None:
    hidden = {
        f"{task}.examples_{split}"
        for task in specs.tasks
        for split in specs.tasks[task].scored_splits
        if split != "dev"
    }
    assert hidden & set(drawn["evaluate"].inputs())
    walked = list(fits(drawn))
    assert len({name for _, name in walked}) == len(specs.cells)
    for pipeline, name in walked:
        (node,) = pipeline.only_nodes(name).nodes
        task, recipe, _ = name.split(".")
        cell = f"{task}.{recipe}"
        encoder, ensemble = specs.config(cell).encoder, specs.ensemble(cell)
        learnt = {f"{task}.examples_train", f"{task}.examples_dev", "params:machine"}
        if ensemble is not None:
            learnt = {f"params:{cell}.members", *(f"{member.cell}.model" for member in ensemble.members)}
        assert set(node.inputs) == {
            *(*learnt, f"params:{cell}.config"),
            *([f"{encoder}.encoder"] if encoder else []),
            *([f"{cell}.best"] if specs.searches(cell) else []),
        }
        assert not upstream(pipeline, node.inputs) & hidden


def test_unlabeled_texts_are_prepared_and_pretraining_alone_reads_them(
    specs: Specs, drawn: dict[str, Pipeline]
) -> None:
    found = {f"{task}.examples_unlabeled" for task, spec in specs.tasks.items() if "unlabeled" in spec.read.splits}
    made = {name for node in drawn["prepare"].nodes for name in node.outputs}
    assert found <= made
    readers = [node for pipeline in drawn.values() for node in pipeline.nodes if found & set(node.inputs)]
    assert {node.name.rpartition(".")[2] for node in readers} <= {"pretrain"}


def test_the_walk_finds_test_splits_of_evaluate(specs: Specs, drawn: dict[str, Pipeline]) -> None:
    for cell in specs.cells:
        task = cell.split(".")[0]
        found = upstream(drawn[task], [f"{cell}.record"])
        assert {f"{task}.examples_{split}" for split in specs.tasks[task].scored_splits} <= found
        assert f"{task}.raw" in found


def test_every_dataset_of_a_suite_is_made_in_it(specs: Specs, drawn: dict[str, Pipeline]) -> None:
    for name in specs.suites:
        assert all(free.startswith("params:") for free in drawn[name].inputs())


def test_nothing_is_drawn_twice(drawn: dict[str, Pipeline]) -> None:
    for pipeline in drawn.values():
        assert len(names(pipeline)) == len(pipeline.nodes)


def specs_with_encoders(monkeypatch: pytest.MonkeyPatch) -> Specs:
    """Specs with recipes that start from encoders, one of which both suites use."""
    install_pretend(monkeypatch)
    specs = made_up_specs(
        sample=suite("topics.one", "topics.first", "names.first"), wide=suite("names.first", "topics.second")
    )
    for recipe in ("first", "second"):
        specs.encoders[f"the_{recipe}"] = made_up_encoder()
        options = {"encoder": f"the_{recipe}"}
        specs.recipes[recipe] = RecipeSpec(title=recipe, estimator="pretend", options=options)
    return specs


def imports(pipeline: Pipeline) -> list[str]:
    return sorted(node.name for node in pipeline.nodes if node.name.endswith("import_encoder"))


def test_each_encoder_is_imported_once_where_cells_start_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = build_pipelines(specs_with_encoders(monkeypatch))
    one, two = "the_first.import_encoder", "the_second.import_encoder"
    assert imports(drawn["import_encoder"]) == [one, two, "unused.import_encoder"]
    assert imports(drawn["sample"]) == imports(drawn["names"]) == [one]
    assert imports(drawn["wide"]) == imports(drawn["topics"]) == [one, two]


def test_an_encoder_leads_to_the_fit_and_the_predictions_of_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = build_pipelines(specs_with_encoders(monkeypatch))
    readers = {node.name for node in drawn["sample"].nodes if "the_first.encoder" in node.inputs}
    assert readers == {f"{task}.first.{node}" for task in ("topics", "names") for node in ("fit", "predict")}
    (plain,) = drawn["fit"].filter(node_namespaces=["topics.one"]).nodes
    assert not [name for name in plain.inputs if name.endswith(".encoder")]
    assert all(name.startswith("params:") for name in drawn["wide"].inputs())


def specs_with_derived_encoders() -> Specs:
    """A chain: the cell names.second starts from text of ``topics``, after a cell of it, after a published encoder."""
    specs = made_up_specs(sample=suite("names.second"), wide=suite("topics.first", "topics.one"))
    told = {"title": "Made up", "languages": ("en",), "licence": "CC0-1.0", "source": "this test"}
    further = {"encoder": "body", "task": "topics", "splits": ("train", "dev")}
    specs.encoders["body"] = EncoderSpec.model_validate({**told, "transfer": {"cell": "topics.first"}})
    specs.encoders["further"] = EncoderSpec.model_validate({**told, "pretraining": further})
    for recipe, encoder in (("first", "unused"), ("second", "further")):
        specs.recipes[recipe] = RecipeSpec(title=recipe, estimator="encoder", options={"encoder": encoder})
    return specs


def test_a_suite_draws_what_its_encoders_are_made_from() -> None:
    drawn = build_pipelines(specs_with_derived_encoders())
    made = {
        *("unused.import_encoder", "topics.body.transfer", "topics.further.pretrain"),
        *("topics.ingest", "topics.prepare", "topics.first.fit", "names.ingest", "names.prepare", "names.second.fit"),
        *("names.second.predict", "names.second.score", "names.second.analyse"),
        *("names.second.count_outcomes", "names.second.show_examples"),
        *("names.gather", "sample.site"),
    }
    assert names(drawn["sample"]) == made
    assert names(drawn["names"]) == made - {"sample.site"}
    assert all(free.startswith("params:") for free in drawn["sample"].inputs())
    assert names(drawn["import_encoder"]) == {"unused.import_encoder"}
    assert not {"topics.body.transfer", "topics.further.pretrain"} & names(drawn["wide"])


def test_one_encoder_that_is_made_here_is_made_alone() -> None:
    drawn = build_pipelines(specs_with_derived_encoders())
    (transfer,) = drawn["transfer"].filter(node_namespaces=["topics.body"]).nodes
    assert set(transfer.inputs) == {"params:body.transfer", "topics.first.model", "unused.encoder"}
    (pretrain,) = drawn["pretrain"].filter(node_namespaces=["topics.further"]).nodes
    assert set(pretrain.inputs) == {
        *("params:further.pretraining", "params:machine", "body.encoder", "topics.card"),
        *("topics.examples_train", "topics.examples_dev"),
    }
    assert (transfer.outputs, pretrain.outputs) == (["body.encoder"], ["further.encoder"])


def test_what_the_stages_are_told_of_encoders_that_are_made_here() -> None:
    machine = Machine(project=Path(), state=Path())
    specs = specs_with_derived_encoders()
    specs.recipes["first"] = specs.recipes["first"].model_copy(update={"seeds": (7, 1)})
    told = spec_inputs(specs, machine)
    assert (told["params:body.transfer"].seed, told["params:body.transfer"].cell) == (7, "topics.first")
    assert (told["params:further.pretraining"].task_type, told["params:further.pretraining"].language) == (
        *("classification", "en"),
    )
    assert not {"params:body.encoder_files", "params:further.encoder_files"} & set(told)


def test_one_encoder_is_imported_alone() -> None:
    (node,) = build_pipelines(made_up_specs())["import_encoder"].filter(node_namespaces=["unused"]).nodes
    assert (node.name, node.namespace, node.outputs) == ("unused.import_encoder", "unused", ["unused.encoder"])
    assert set(node.inputs) == {"params:unused.encoder_files", "params:machine"}


def test_a_project_without_encoders_has_nothing_to_import() -> None:
    specs = made_up_specs()
    specs.encoders.clear()
    assert "import_encoder" not in build_pipelines(specs)


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("kind", ["task", "suite", "encoder"])
def test_the_name_of_a_stage_is_refused(name: str, kind: str) -> None:
    specs = made_up_specs(**{name: suite("topics.one")}) if kind == "suite" else made_up_specs()
    if kind == "task":
        specs.tasks[name] = specs.tasks["topics"]
    if kind == "encoder":
        specs.encoders[name] = made_up_encoder()
    with pytest.raises(UserError, match=rf"^conf/base: .*'{name}'.*; give the task, suite or encoder another$"):
        build_pipelines(specs)


def test_the_name_of_the_pages_over_all_records_is_refused() -> None:
    """They would lie in one folder."""
    with pytest.raises(UserError, match=r"^conf/base: .*'all'.*; give the task, suite or encoder another$"):
        build_pipelines(made_up_specs(all=suite("topics.one")))
