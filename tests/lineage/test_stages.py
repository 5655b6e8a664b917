from pathlib import Path
from typing import Any

import pytest
from kedro.pipeline import Node, Pipeline
from made_up_project import read_project, write_project

from regen.errors import UserError
from regen.lineage.inputs import SpecOrigins
from regen.lineage.stages import Catalog, Stage, build_stages

CATALOG: dict[str, Any] = {
    "{task}.raw": {"type": "regen.io.datasets.Folder", "filepath": "data/raw/{task}"},
    "{encoder}.encoder": {"type": "regen.io.datasets.Folder", "filepath": "data/encoders/{encoder}"},
    "{task}.examples_{split}": {"type": "pandas.ParquetDataset", "filepath": "data/primary/{task}/{split}.parquet"},
    "{task}.{recipe}.model": {"type": "pickle.PickleDataset", "filepath": "data/models/{task}/{recipe}"},
    "{task}.{recipe}.metrics": {
        **{"type": "json.JSONDataset", "filepath": "data/{task}/{recipe}/metrics.json"},
        "metadata": {"dvc": {"cache": False, "metric": True}},
    },
    "{task}.{recipe}.record": {
        **{"type": "json.JSONDataset", "filepath": "data/{task}/{recipe}/record.json"},
        "metadata": {"dvc": {"cache": False}},
    },
    "{suite}.site": {"type": "regen.io.datasets.Folder", "filepath": "data/site/{suite}"},
    "all_cells": {"type": "partitions.PartitionedDataset", "path": "data/cells"},
}


def work(*_: Any) -> None:
    """Stand for the function of a node."""


def node(inputs: list[str], outputs: list[str], namespace: str, name: str = "work") -> Node:
    return Node(work, inputs, outputs, name=name, namespace=namespace)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The made-up project with a package that this module does not belong to."""
    (tmp_path / "src" / "regen").mkdir(parents=True)
    return write_project(tmp_path)


def build(root: Path, catalog: dict[str, Any] | None = None, **pipelines: list[Node]) -> list[Stage]:
    drawn = {stage: Pipeline(nodes) for stage, nodes in pipelines.items()}
    origins = SpecOrigins(root, read_project(root))
    return build_stages(drawn, Catalog(CATALOG if catalog is None else catalog, root), origins, "small", root)


INGEST = node(["params:topics.files", "params:machine"], ["topics.raw"], "topics", "ingest")
PREPARE = node(
    ["topics.raw", "params:topics.read"], ["topics.examples_train", "topics.examples_test"], "topics", "prepare"
)
FIT = node(["topics.examples_train", "params:topics.floor.config"], ["topics.floor.model"], "topics.floor", "fit")
TEST = node(
    ["topics.floor.model", "topics.examples_test"],
    ["topics.floor.metrics", "topics.floor.record"],
    "topics.floor",
    "test",
)


def test_stages_by_hand(root: Path) -> None:
    ingest, prepare, fit, evaluate = build(root, evaluate=[TEST], fit=[FIT], prepare=[PREPARE], ingest=[INGEST])
    assert ingest == Stage(
        name="topics.ingest",
        namespace="topics",
        cmd="kedro run --pipelines ingest --namespaces topics",
        deps=["data/samples/topics/test.json", "data/samples/topics/train.json"],
        params={"conf/base/tasks/topics.yml": ["topics.files"]},
        outs=["data/raw/topics"],
    )
    assert prepare.deps == ["data/raw/topics", "requirements.lock"]
    assert prepare.outs == ["data/primary/topics/test.parquet", "data/primary/topics/train.parquet"]
    assert (fit.name, fit.deps) == ("topics.floor.fit", ["data/primary/topics/train.parquet", "requirements.lock"])
    assert list(fit.params) == ["conf/base/tasks/topics.yml", "conf/base/recipes/parents.yml"]
    assert evaluate.deps == ["data/models/topics/floor", "data/primary/topics/test.parquet", "requirements.lock"]
    assert (evaluate.outs, evaluate.params) == ([], {})
    assert evaluate.plain_outs == ["data/topics/floor/record.json"]
    assert evaluate.metrics == ["data/topics/floor/metrics.json"]


def test_an_encoder_is_imported_before_what_starts_from_it(root: Path) -> None:
    start = node(["local.encoder", "params:topics.floor.config"], ["topics.floor.model"], "topics.floor", "fit")
    load = node(["params:local.encoder_files", "params:machine"], ["local.encoder"], "local", "import_encoder")
    imported, fit = build(root, fit=[start], import_encoder=[load])
    assert imported == Stage(
        name="local.import_encoder",
        namespace="local",
        cmd="kedro run --pipelines import_encoder --namespaces local",
        deps=["data/models/local", "requirements.lock"],
        params={
            "conf/base/encoders/some.yml": [f"local.{key}" for key in ("licence", "source", "folder", "max_length")]
        },
        outs=["data/encoders/local"],
    )
    assert fit.deps == ["data/encoders/local", "requirements.lock"]


def test_nodes_of_one_namespace_make_one_stage(root: Path) -> None:
    first = node(["params:topics.floor.config"], ["topics.floor.model"], "topics.floor", "first")
    second = node(["topics.floor.model", "params:statistics"], ["topics.floor.record"], "topics.floor", "second")
    (stage,) = build(root, evaluate=[first, second])
    assert "data/models/topics/floor" not in stage.deps
    assert (stage.outs, stage.plain_outs) == (["data/models/topics/floor"], ["data/topics/floor/record.json"])
    assert stage.params["conf/base/parameters.yml"] == ["statistics"]


def test_keys_of_two_inputs_in_one_file_are_joined(root: Path) -> None:
    (stage,) = build(root, prepare=[node(["params:topics.read", "params:topics.files"], ["topics.raw"], "topics")])
    assert stage.params == {"conf/base/tasks/topics.yml": ["topics.files", "topics.type", "topics.read"]}


def test_histories_lie_in_the_folder_of_a_fit(root: Path) -> None:
    pipelines = {"prepare": Pipeline([PREPARE]), "ingest": Pipeline([INGEST]), "fit": Pipeline([FIT])}
    origins, catalog = SpecOrigins(root, read_project(root)), Catalog(CATALOG, root)
    stages = build_stages(pipelines, catalog, origins, "small", root, {"topics.floor": ("one", "two")}.__getitem__)
    assert {stage.name: stage.plots for stage in stages} == {
        "topics.ingest": [],
        "topics.prepare": [],
        "topics.floor.fit": [f"data/models/topics/floor/{name}/history.csv" for name in ("one", "two")],
    }


def test_only_the_pages_of_one_suite_are_a_stage(root: Path) -> None:
    nodes = [node(["params:small.suite"], [f"{name}.site"], name, name) for name in ("small", "large")]
    (stage,) = build(root, site=nodes)
    assert stage.name == "small.site"


def test_code_is_what_functions_datasets_and_estimators_import(root: Path) -> None:
    sources = {
        "estimators/majority/model.py": "import regen.names",
        **dict.fromkeys(
            ("io/datasets.py", "estimators/majority/options.py", "estimators/crf/model.py", "names.py"), ""
        ),
    }
    for name, source in sources.items():
        (root / "src" / "regen" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "src" / "regen" / name).write_text(source, encoding="utf-8")
    ingest, prepare, fit = build(root, ingest=[INGEST], prepare=[PREPARE], fit=[FIT])
    assert [dep for dep in ingest.deps if dep.endswith(".py")] == ["src/regen/io/datasets.py"]
    assert [dep for dep in prepare.deps if dep.endswith(".py")] == ["src/regen/io/datasets.py"]
    assert [dep for dep in fit.deps if dep.startswith("src/")] == [
        "src/regen/estimators/majority",
        "src/regen/names.py",
    ]


def test_a_dataset_without_an_entry_cannot_pass_between_stages(root: Path) -> None:
    lacking = {name: entry for name, entry in CATALOG.items() if name != "{task}.examples_{split}"}
    with pytest.raises(
        UserError, match=r"^lineage: dataset 'topics.examples_t\w+' passes between stages; give it an entry"
    ):
        build(root, lacking, ingest=[INGEST], prepare=[PREPARE], fit=[FIT])


@pytest.mark.parametrize("name", ["topics.floor.raw", "topics.floor.more.model"])
def test_a_placeholder_never_takes_a_dot(root: Path, name: str) -> None:
    with pytest.raises(
        UserError, match=rf"^lineage: dataset '{name}' was taken by the factory .* another number of dots"
    ):
        build(root, prepare=[node(["params:topics.read"], [name], "topics")])


def test_an_input_that_no_stage_makes_is_refused(root: Path) -> None:
    with pytest.raises(
        UserError, match=r"^lineage: stage topics\.floor\.fit reads 'topics\.examples_train', which no stage"
    ):
        build(root, fit=[FIT])


def test_an_unknown_parameter_is_refused(root: Path) -> None:
    with pytest.raises(UserError, match=r"^lineage: input 'params:topics\.typo' has no known origin"):
        build(root, prepare=[node(["params:topics.typo"], ["topics.raw"], "topics")])


def test_catalog_entries(root: Path) -> None:
    catalog = Catalog({**CATALOG, "here.raw": {"type": "x", "filepath": str(root / "data" / "here")}}, root)
    assert catalog.path("topics.raw") == "data/raw/topics"
    assert catalog.path("all_cells") == "data/cells"
    assert catalog.path("here.raw") == "data/here"
    assert catalog.entry("nothing") is None
