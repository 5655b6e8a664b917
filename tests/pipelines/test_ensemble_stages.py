"""Ensembles in the graph, and from the fits of their members to record and submission."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.encoder import EncoderSpec
from regen.config.ensemble import EnsembleConfig, ensemble_config
from regen.config.load import Specs
from regen.config.machine import Machine
from regen.config.recipe import RecipeSpec, estimator_modules
from regen.config.statistics import StatisticsConfig
from regen.config.submission import SubmissionConfig, SubmissionSpec
from regen.config.suite import SuiteSpec
from regen.config.task import TaskSpec
from regen.errors import UserError
from regen.io.datasets import Folder
from regen.lineage.closure import code_digest
from regen.pipeline_registry import build_pipelines
from regen.pipelines.evaluate.nodes import predict, score
from regen.pipelines.evaluate.submission import submit
from regen.pipelines.fit.ensemble import join
from regen.pipelines.fit.nodes import fit

TOPICS = made_up_task("classification", ["a", "b"], test=True, test_hidden=False)
NAMES = made_up_task("tagging", ["X"])
TEXTS = [("zebra quokka", "a"), ("zebra walrus", "a"), ("lemur gecko", "b"), ("lemur ibis", "b")]
MEMBERS = {"words": ("linear", (3, 5)), "letters": ("linear", (0,))}


def made_up_specs() -> Specs:
    """A task of topics with an ensemble of two encoders, and one of names with a vote that needs none."""
    encoder = EncoderSpec(title="E", languages=("en",), licence="CC0-1.0", source="this test", folder="there")
    made = {
        "one": ("encoder", {"encoder": "small"}),
        "two": ("encoder", {"encoder": "large"}),
        "again": ("encoder", {"encoder": "small", "epochs": 1}),
        "tagger": ("crf", {}),
        "both": ("ensemble", {"members": ["one", "two", "again"]}),
        "alone": ("ensemble", {"members": ["tagger"]}),
    }
    cells = ("topics.one", "topics.two", "topics.again", "topics.both", "names.tagger", "names.alone")
    return Specs(
        tasks={"topics": TOPICS, "names": NAMES},
        encoders={"small": encoder, "large": encoder},
        recipes={name: RecipeSpec(title=name, estimator=how, options=given) for name, (how, given) in made.items()},
        suites={"sample": SuiteSpec(title="Made up", cells=cells)},
    )


@pytest.mark.filterwarnings("ignore:One or more dataset names contain:UserWarning")
def test_the_models_of_members_lead_to_an_ensemble_and_their_encoders_to_its_predictions() -> None:
    drawn = build_pipelines(made_up_specs())
    (joins,) = drawn["fit"].filter(node_namespaces=["topics.both"]).nodes
    models = ["topics.one.model", "topics.two.model", "topics.again.model"]
    assert set(joins.inputs) == {"params:topics.both.config", "params:topics.both.members", *models}
    assert joins.outputs == ["topics.both.model"]
    found = {node.name: set(node.inputs) for node in drawn["evaluate"].nodes if node.name.endswith("predict")}
    common = {f"topics.examples_{split}" for split in TOPICS.scored_splits} | {"small.encoder", "large.encoder"}
    assert found["topics.both.predict"] == {"topics.both.model", "params:topics.both.config", *common}
    assert not [name for name in found["names.alone.predict"] if name.endswith(".encoder")]
    order = [node.name for node in drawn["topics"].nodes]
    assert max(order.index(f"topics.{name}.fit") for name in ("one", "two", "again")) < order.index("topics.both.fit")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "requirements.lock").write_bytes(b"library==1\n")
    return Machine(project=tmp_path, state=tmp_path / "data" / ".state", offline=True)


def examples(rows: Sequence[tuple[str, str | None]], folds: int = 1) -> pd.DataFrame:
    """Give the same rows in each fold."""
    table = pd.DataFrame(rows, columns=["text", "label"]).assign(id=[f"x-{i}" for i in range(len(rows))])
    return table if folds == 1 else pd.concat([table.assign(fold=fold) for fold in range(folds)], ignore_index=True)


def cells(task: TaskSpec, **options: Any) -> tuple[CellConfig, EnsembleConfig]:
    """Give an ensemble's config and those of its members: one with two seeds and one with one."""
    own = made_up_cell("ensemble", task, {"members": list(MEMBERS), **options})
    members = tuple(made_up_cell(how, task, recipe=name, seeds=seeds) for name, (how, seeds) in MEMBERS.items())
    config = ensemble_config(own, members)
    return config, EnsembleConfig(cell=config.cell, folds=task.read.folds or 1, members=members)


def fitted(folder: Path, members: EnsembleConfig, machine: Machine) -> dict[str, Path]:
    """Fit the members; in a fold that is not the first, two labels have changed places."""
    train = examples(TEXTS, members.folds)
    if members.folds > 1:
        train.loc[train["fold"] == 1, "label"] = [label for _, label in reversed(TEXTS)]
    made = {}
    for member in members.members:
        out = Folder(filepath=str(folder / member.recipe))
        out.save(fit(train, examples(TEXTS, members.folds), member, machine))
        made[f"model_{member.recipe}"] = out.load()
    return made


def test_from_fits_to_record_and_submission(machine: Machine, tmp_path: Path) -> None:
    config, members = cells(TOPICS)
    out = Folder(filepath=str(tmp_path / "model"))
    out.save(join(config, members, **fitted(tmp_path, members, machine)))
    hidden = examples([("zebra ibis", None), ("gecko", None)])
    table = predict(out.load(), config, dev=examples(TEXTS), test=examples(TEXTS), test_hidden=hidden)
    assert table[["seed", "fold"]].drop_duplicates().to_numpy().tolist() == [[0, 0]]
    card = {"splits": {"train": {"examples": 4}}}
    record = score(out.load(), table, card, config, StatisticsConfig(resamples=100), machine)["record"]
    assert record["scores"]["test"]["mean"] == 1.0
    assert record["training"]["selection"] == "members chosen on dev"
    (told,) = record["training"]["models"]
    assert list(told["members"]) == ["words-s3", "words-s5", "letters-s0"]
    assert told["checkpoint_bytes"] > 0
    modules = [module for name in ("ensemble", "linear") for module in estimator_modules(name)]
    assert record["hashes"]["code"] == code_digest(["regen.pipelines.evaluate.nodes", *modules])
    spec = SubmissionConfig(task="made_up", files={"test_hidden": SubmissionSpec(file="made_up.json", id="row")})
    (tmp_path / "files").mkdir()
    submit(table, record, spec, test_hidden=hidden)(tmp_path / "files")
    lines = (tmp_path / "files" / "made_up.json").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"id": 0, "label": "a"}, {"id": 1, "label": "b"}]


def test_twice_the_same_bytes(machine: Machine, tmp_path: Path) -> None:
    config, members = cells(TOPICS)
    models = fitted(tmp_path, members, machine)
    for name in ("first", "second"):
        Folder(filepath=str(tmp_path / name)).save(join(config, members, **models))
    files = [path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*") if path.is_file()]
    assert len(files) == 2 + 3 * 3  # ensemble.json and facts.json; three files of each linear model
    for path in files:
        assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "second" / path).read_bytes()


def test_each_fold_has_an_ensemble_of_its_own(machine: Machine, tmp_path: Path) -> None:
    """The folds teach opposite labels: a mean over both would know nothing."""
    task = TOPICS.model_copy(update={"read": TOPICS.read.model_copy(update={"folds": 2})})
    config, members = cells(task)
    out = Folder(filepath=str(tmp_path / "model"))
    out.save(join(config, members, **fitted(tmp_path, members, machine)))
    assert sorted(path.name for path in out.load().iterdir()) == ["repeat-s0-f0", "repeat-s0-f1"]
    table = predict(out.load(), config, dev=examples(TEXTS, 2), test=examples(TEXTS))
    right = (table["gold"] == table["pred"]).groupby(table["fold"]).mean()
    assert right.tolist() == [1.0, 0.0]


def test_a_repeat_that_is_not_there(machine: Machine, tmp_path: Path) -> None:
    config, members = cells(TOPICS)
    models = fitted(tmp_path, members, machine)
    more = members.members[0].model_copy(update={"seeds": (3, 9)})
    members = members.model_copy(update={"members": (more, members.members[1])})
    said = r"repeat-s9-f0: no such repeat; fit the member anew: kedro run --pipelines fit --namespaces made_up.words$"
    with pytest.raises(UserError, match=rf"^cell made_up.ensemble: member made_up.words: .*{said}"):
        join(config, members, **models)
