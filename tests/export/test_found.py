import json
from pathlib import Path

import pytest
from export_project import ExportProject

from regen.errors import UserError
from regen.export.found import Found, find


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> ExportProject:
    return ExportProject(tmp_path_factory.mktemp("project"), "bert", "tagging", seeds=(0, 2, 1))


@pytest.fixture
def project(shared: ExportProject) -> ExportProject:
    shared.write_record()
    return shared


def found(project: ExportProject, cell: str = "made_up.tuned", seed: int | None = None) -> Found:
    return find(cell, seed, project.data, project.specs)


def message(project: ExportProject, cell: str = "made_up.tuned", seed: int | None = None) -> str:
    with pytest.raises(UserError) as caught:
        found(project, cell, seed)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_the_best_on_dev_is_chosen_and_not_the_best_on_test(project: ExportProject) -> None:
    chosen = found(project)
    assert (chosen.seed, chosen.best) == (2, True)
    assert chosen.record["scores"]["test"]["repeats"][1]["value"] < chosen.record["scores"]["test"]["mean"]
    assert chosen.checkpoint == project.checkpoint(2)


def test_of_equal_repeats_the_first_is_chosen(project: ExportProject) -> None:
    for repeat in project.record["scores"]["dev"]["repeats"]:
        repeat["value"] = 0.5 if repeat["seed"] == 0 else 0.6
    path = project.write_record()
    assert found(project).seed == 2
    assert json.loads(path.read_text("utf-8"))["config"]["seeds"] == [0, 2, 1]


def test_a_seed_can_be_named(project: ExportProject) -> None:
    chosen = found(project, seed=0)
    assert (chosen.seed, chosen.best) == (0, False)
    assert message(project, seed=7) == "cell made_up.tuned: seed 7: its record has the seeds 0, 2, 1"


def test_a_fold_can_be_named(project: ExportProject) -> None:
    """The repeats of the record become one seed on three folds; their checkpoints lie where folds have them."""
    record = json.loads(json.dumps(project.record))
    folder = project.checkpoint(0).parent
    for scores in record["scores"].values():
        for fold, (repeat, value) in enumerate(zip(scores["repeats"], (0.5, 0.7, 0.6), strict=True)):
            if not (folder / f"repeat-s9-f{fold}").exists():
                (folder / f"repeat-s9-f{fold}").symlink_to(project.checkpoint(repeat["seed"]).name)
            repeat |= {"seed": 9, "fold": fold, "value": value}
    record["config"]["seeds"] = [9]
    project.write_record(record=record)
    best = found(project, seed=9)
    assert (best.seed, best.fold, best.best, best.place) == (9, 1, True, 1)
    assert best.name == "made_up-tuned-s9-f1"
    last = find("made_up.tuned", None, project.data, project.specs, fold=2)
    assert (last.fold, last.best, last.place) == (2, False, 2)
    assert last.checkpoint == folder / "repeat-s9-f2"
    with pytest.raises(UserError, match=r"cell made_up.tuned: fold 3: its record has the folds 0, 1, 2"):
        find("made_up.tuned", None, project.data, project.specs, fold=3)


def test_the_majority_baseline_stands_beside(project: ExportProject) -> None:
    assert found(project).majority is None
    record = project.record | {"config": project.record["config"] | {"estimator": "majority", "options": {}}}
    path = project.write_record("plain", record)
    assert found(project).majority == record
    assert message(project, "made_up.plain") == (
        "cell made_up.plain: plain has no transformers form; only cells with an encoder can be exported"
    )
    path.unlink()


def test_task_types_whose_heads_no_class_of_transformers_has(tmp_path: Path) -> None:
    assert message(ExportProject(tmp_path, "bert", "coreference")) == (
        "cell made_up.tuned: a model for task type coreference has no transformers form; only those for "
        "classification, keyword_match, pair_classification, tagging can be exported"
    )


def test_cells_that_are_not_there(project: ExportProject) -> None:
    assert message(project, "made_up.other") == (
        "cell made_up.other: there is no such task or recipe; the suites have made_up.tuned"
    )
    assert message(project, "made_up").startswith("cell made_up: there is no such task or recipe")
    assert message(project, "made_up.plain") == (
        "cell made_up.plain: no record of it yet; make it with 'dvc repro "
        "lineage/made_up/plain/dvc.yaml:made_up.plain.analyse' or "
        "'kedro run --pipelines fit,evaluate,analyse --namespaces made_up.plain'"
    )


def test_a_cell_of_no_suite(project: ExportProject) -> None:
    specs = project.specs
    specs.recipes["loose"] = specs.recipes["plain"]
    with pytest.raises(UserError, match="no record of it, and no suite holds it"):
        find("made_up.loose", None, project.data, specs)


@pytest.mark.parametrize("file", ["model.safetensors", "facts.json"])
def test_a_checkpoint_that_was_not_made_here(project: ExportProject, file: str, tmp_path: Path) -> None:
    path = project.checkpoint(2) / file
    path.rename(tmp_path / "aside")
    assert message(project) == (
        f"cell made_up.tuned: {path}: no such file; it was not made here: make it with "
        "'dvc repro lineage/made_up/tuned/dvc.yaml:made_up.tuned.analyse'"
    )
    (tmp_path / "aside").rename(path)


def test_parts_of_different_fits(project: ExportProject) -> None:
    facts = project.checkpoint(2) / "facts.json"
    before = facts.read_text("utf-8")
    facts.write_text(before.replace('"parameters": 1', '"parameters": 2'), encoding="utf-8")
    assert "is of another fit than the record" in message(project)
    facts.write_text(before, encoding="utf-8")
    manifest = project.encoder / "encoder.json"
    before = manifest.read_text("utf-8")
    manifest.write_text(f"{before} ", encoding="utf-8")
    assert "is not the encoder it was fitted from" in message(project)
    manifest.write_text(before, encoding="utf-8")


def test_multiple_choice_is_refused(project: ExportProject) -> None:
    config = project.record["config"] | {"task_type": "multiple_choice"}
    project.write_record(record=project.record | {"config": config})
    assert message(project).startswith("cell made_up.tuned: a model for task type multiple_choice has no transformers")
