"""What always holds for the dvc.yaml files of this project."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig
from regen.config.load import Specs
from regen.config.recipe import estimator_modules
from regen.lineage.closure import PACKAGE, closure
from regen.lineage.files import stale
from regen.lineage.folders import folder_code
from regen.lineage.project import lineage_texts
from regen.project import config_loader, read_specs

ROOT = Path(__file__).parents[2]


class Written(NamedTuple):
    """One stage as it stands in a file."""

    file: str
    name: str
    entry: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def namespace(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def outs(self) -> list[str]:
        listed = [*self.entry.get("outs", []), *self.entry.get("metrics", [])]
        return [path for out in listed for path in ([out] if isinstance(out, str) else out)]

    @property
    def in_git(self) -> list[str]:
        """Outputs that DVC does not cache."""
        listed = [*self.entry.get("outs", []), *self.entry.get("metrics", [])]
        return [path for out in listed if isinstance(out, dict) for path, how in out.items() if how == {"cache": False}]

    @property
    def code(self) -> set[str]:
        """Files of code, those of whole folders one by one."""
        found = [ROOT / dep for dep in self.entry["deps"] if dep.startswith("src/")]
        files = [file for path in found for file in (folder_code(path, PACKAGE) if path.is_dir() else [path])]
        return {file.relative_to(ROOT).as_posix() for file in files}


@pytest.fixture(scope="module")
def texts(project_root: Path) -> dict[str, str]:
    """Path -> text, made now."""
    return lineage_texts(project_root)


@pytest.fixture(scope="module")
def stages(texts: dict[str, str]) -> list[Written]:
    """Every stage of every file."""
    files = {path: yaml.load(text, yaml.CSafeLoader)["stages"] for path, text in texts.items()}
    return [Written(path, name, entry) for path, content in files.items() for name, entry in content.items()]


@pytest.fixture(scope="module")
def specs(project_root: Path) -> Specs:
    """The specs of conf/base."""
    return read_specs(config_loader(project_root, "base"), project_root)


def of_kind(stages: list[Written], kind: str) -> list[Written]:
    found = [stage for stage in stages if stage.kind == kind]
    assert found
    return found


def members(specs: Specs, cell: str) -> tuple[CellConfig, ...]:
    """Give the cells whose models a cell joins, if any."""
    ensemble = specs.ensemble(cell)
    return ensemble.members if ensemble else ()


def inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def test_committed_files_are_current(project_root: Path, texts: dict[str, str]) -> None:
    assert stale(project_root, texts) == [], "run 'kedro lineage write' and commit"


def test_every_task_and_cell_has_its_stages_once(stages: list[Written], specs: Specs) -> None:
    tasks = {cell.split(".")[0] for cell in specs.cells}
    expected = [
        *(f"{task}.{kind}" for task in specs.tasks for kind in ("ingest", "prepare")),
        *(f"{cell}.{kind}" for cell in specs.cells for kind in ("fit", "evaluate", "analyse")),
        *(f"{cell}.search" for cell in specs.cells if specs.searches(cell)),
        *(f"{cell}.examine" for cell in specs.examined),
        *(f"{task}.gather" for task in tasks),
        *(f"{encoder}.import_encoder" for encoder, spec in specs.encoders.items() if not spec.derived),
        "ocnli.e5_small_ocnli.transfer",
        "fewclue_eprstmt.e5_small_eprstmt.pretrain",
        "sample.site",
    ]
    assert sorted(stage.name for stage in stages) == sorted(expected)


def test_each_task_and_cell_stands_in_a_file_of_its_own(stages: list[Written], specs: Specs) -> None:
    cells = specs.suites["sample"].cells
    samples = {"sample", *(cell.split(".")[0] for cell in cells), *(specs.config(cell).encoder for cell in cells)}
    for stage in stages:
        task, *recipe = stage.namespace.split(".")
        assert stage.file == ("dvc.yaml" if task in samples else "/".join(["lineage", task, *recipe, "dvc.yaml"]))
        assert stage.entry.get("wdir") == (None if task in samples else "/".join(["../..", *[".."] * len(recipe)]))


def test_command_runs_the_stage(stages: list[Written]) -> None:
    for stage in stages:
        assert stage.entry["cmd"] == f"kedro run --pipelines {stage.kind} --namespaces {stage.namespace}"


def split_files(stages: list[Written], specs: Specs) -> Iterator[tuple[str, str, str]]:
    """Yield (task, split, file of its examples)."""
    made = {stage.namespace: stage.outs for stage in of_kind(stages, "prepare")}
    for task, spec in specs.tasks.items():
        for split in spec.read.splits:
            (path,) = [path for path in made[task] if path.endswith(f"/{split}.parquet")]
            yield task, split, path


def test_fit_never_depends_on_a_test_split(stages: list[Written], specs: Specs) -> None:
    hidden = [path for _, split, path in split_files(stages, specs) if split not in ("train", "dev")]
    assert hidden
    for stage in of_kind(stages, "pretrain"):
        assert {Path(dep).stem for dep in stage.entry["deps"] if dep in hidden} == {"unlabeled"}
    for stage in [*of_kind(stages, "search"), *of_kind(stages, "fit")]:
        assert not [(dep, path) for dep in stage.entry["deps"] for path in hidden if inside(path, dep)]
        assert not [
            dep
            for dep in stage.entry["deps"]
            if dep.startswith("data/") and not dep.endswith(("train.parquet", "dev.parquet"))
            if dep != f"data/02_intermediate/encoders/{specs.config(stage.namespace).encoder}"
            if not (stage.kind == "fit" and dep.endswith("/search/best.json"))
            if dep not in [f"data/06_models/{cell.task}/{cell.recipe}/fit" for cell in members(specs, stage.namespace)]
        ]


def test_fit_depends_on_train_and_dev_and_evaluate_on_all_but_train(stages: list[Written], specs: Specs) -> None:
    files = list(split_files(stages, specs))
    for stage in [*of_kind(stages, "fit"), *of_kind(stages, "evaluate")]:
        own = {split: path for task, split, path in files if task == stage.namespace.split(".")[0]}
        read = {split for split, path in own.items() if path in stage.entry["deps"]}
        taught = set() if members(specs, stage.namespace) else {"train", "dev"}
        assert read == (taught if stage.kind == "fit" else set(own) - {"train", "unlabeled"})


def test_analyse_depends_on_train_and_on_splits_with_public_labels(stages: list[Written], specs: Specs) -> None:
    """And on no model: it reads predictions, and the config from the record."""
    files = list(split_files(stages, specs))
    for stage in of_kind(stages, "analyse"):
        task, recipe = stage.namespace.split(".")
        splits = specs.tasks[task].read.splits
        read = {split for own, split, path in files if own == task and path in stage.entry["deps"]}
        assert read == {split for split in splits if splits[split].labelled and split != "unlabeled"}
        assert {dep for dep in stage.entry["deps"] if dep.startswith("data/")} == {
            *(path for own, split, path in files if own == task and split in read),
            f"data/07_model_output/{task}/{recipe}/predictions.parquet",
            f"data/08_reporting/cells/{task}/{recipe}/record.json",
            f"data/03_primary/{task}/card.json",
        }
        assert not [path for path in stage.code if path.startswith("src/regen/tasks/")]  # a reader changes no analysis
        folder = f"data/08_reporting/cells/{task}/{recipe}"
        assert (stage.outs, stage.in_git) == (
            [f"{folder}/{name}" for name in ("examples", "analysis.json", "outcomes.parquet")],
            [f"{folder}/{name}" for name in ("analysis.json", "outcomes.parquet")],
        )


def test_the_look_of_the_report_leaves_analyses_alone(stages: list[Written]) -> None:
    for stage in of_kind(stages, "analyse"):
        found = {path for path in stage.code if path.startswith(("src/regen/reporting/", "src/regen/records/"))}
        assert found == {"src/regen/records/outcomes.py"}
        assert {Path(path).suffix for path in stage.code if "/analysis/page/" in path} == {".py", ".html", ".css"}


def test_cells_depend_on_their_encoder_and_it_on_its_files(stages: list[Written], specs: Specs) -> None:
    made = {stage.namespace: stage for stage in of_kind(stages, "import_encoder")}
    assert {name: stage.outs for name, stage in made.items()} == {
        name: [f"data/02_intermediate/encoders/{name}"] for name, spec in specs.encoders.items() if not spec.derived
    }
    assert "src/regen/encoders/importer.py" in made["minilm"].code
    assert "src/regen/encoders/e5s1.py" in made["minilm"].code  # the layout is chosen by the spec, in one module
    (keys,) = made["e5_small"].entry["params"]
    assert {"e5_small.files", "e5_small.layout", "e5_small.special_tokens"} <= set(*keys.values())
    for stage in [*of_kind(stages, "fit"), *of_kind(stages, "evaluate")]:
        joined = members(specs, stage.namespace) if stage.kind == "evaluate" else ()
        cells = [specs.config(stage.namespace), *joined]
        used = {dep for dep in stage.entry["deps"] if dep.startswith("data/02_intermediate/encoders/")}
        assert used == {f"data/02_intermediate/encoders/{cell.encoder}" for cell in cells if cell.encoder}


def test_cells_depend_on_their_own_estimator_alone(stages: list[Written], specs: Specs) -> None:
    every = {path for stage in stages for path in stage.code if path.startswith("src/regen/estimators/")}
    for stage in [*of_kind(stages, "fit"), *of_kind(stages, "evaluate")]:
        own = [cell.estimator for cell in (specs.config(stage.namespace), *members(specs, stage.namespace))]
        assert {
            f"src/{module.replace('.', '/')}.py" for name in own for module in estimator_modules(name)
        } <= stage.code
        others = {path for path in every if path.count("/") > 3 and path.split("/")[3] not in own}
        assert others
        assert not others & stage.code


def test_cells_depend_on_the_methods_of_augmentation_that_they_name(stages: list[Written], specs: Specs) -> None:
    common = {"__init__", "augment", "drafts", "words", "folders"}
    found = set()
    for stage in stages:
        if stage.kind == "examine":  # whose perturbations are made as augmented examples are
            continue
        used = {Path(path).stem for path in stage.code if path.startswith("src/regen/augmentation/")} - common
        cell = stage.kind in ("search", "fit", "evaluate")
        augmentation = specs.config(stage.namespace).augmentation if cell else None
        assert used == (set(augmentation.methods) if augmentation else set())
        found |= used
    assert found


def test_a_record_names_the_code_of_its_stage(project_root: Path, stages: list[Written], specs: Specs) -> None:
    """All of it but what loads and saves datasets, and what writes submissions."""

    @cache
    def files(modules: tuple[str, ...]) -> set[str]:
        return {path.relative_to(project_root).as_posix() for path in closure(modules)}

    for stage in of_kind(stages, "evaluate"):
        cells = (specs.config(stage.namespace), *members(specs, stage.namespace))
        modules = [module for cell in cells for module in estimator_modules(cell.estimator)]
        modules += ["regen.pipelines.evaluate.nodes", *augmentation_modules(cells[0].augmentation)]
        hashed = files(tuple(modules))
        assert hashed <= stage.code
        further = {path for path in stage.code - hashed if Path(path).parent.name not in ("io", "submissions")}
        assert further <= {"src/regen/pipelines/evaluate/submission.py"}


def test_an_examination_depends_on_what_explains_its_estimator_and_on_no_test_split(
    stages: list[Written], specs: Specs
) -> None:
    explainers = {"crf", "encoder", "linear"}
    for stage in of_kind(stages, "examine"):
        estimator = specs.config(stage.namespace).estimator
        used = {name for name in explainers if f"src/regen/attributions/{name}.py" in stage.code}
        assert used == {estimator} & explainers
        assert "requirements-examine.lock" in stage.entry["deps"]
        read = {Path(dep).stem for dep in stage.entry["deps"] if dep.startswith("data/03_primary/")}
        assert read == ({"dev", "train"} if specs.config(stage.namespace).task_type == "tagging" else {"dev"})
        assert not {path for path in stage.code if "/pipelines/" in path} - {"src/regen/pipelines/examine/nodes.py"}
        assert not {key for listed in stage.entry["params"] for path in listed if "/suites/" in path for key in path}
        assert [Path(path).name for path in stage.in_git] == ["examination.json"]


def test_other_stages_depend_on_no_estimator(stages: list[Written]) -> None:
    """But for rows of pieces, that pretraining shares with fine-tuning, and for the model that a transfer loads."""
    for stage in stages:
        if stage.kind not in ("search", "fit", "evaluate", "examine", "transfer"):
            found = {path for path in stage.code if path.startswith("src/regen/estimators/")}
            files = ("__init__.py", "base.py", "encoder/__init__.py", "encoder/inputs.py")
            rows = {f"src/regen/estimators/{name}" for name in files}
            assert found <= (rows if stage.kind == "pretrain" else set())


def test_an_encoder_made_here_depends_on_what_it_is_made_from(stages: list[Written]) -> None:
    (transfer,), (pretrain,) = of_kind(stages, "transfer"), of_kind(stages, "pretrain")
    base = "data/02_intermediate/encoders/e5_small"
    examples = "data/03_primary/fewclue_eprstmt"
    assert {dep for dep in transfer.entry["deps"] if dep.startswith("data/")} == {
        base,
        "data/06_models/ocnli/e5_small_250k/fit",
    }
    assert {dep for dep in pretrain.entry["deps"] if dep.startswith("data/")} == {
        *(base, f"{examples}/card.json"),
        *(f"{examples}/{split}.parquet" for split in ("train", "dev", "unlabeled")),
    }
    assert "src/regen/pretraining/masking.py" in pretrain.code
    assert "src/regen/estimators/encoder/model.py" in transfer.code


def test_fit_does_not_depend_on_scores_and_records(stages: list[Written]) -> None:
    """A change in a report or in an interval fits nothing again."""
    for stage in of_kind(stages, "fit"):
        for folder in ("records", "reporting", "statistics", "lineage", "pipelines/evaluate", "sources", "tasks"):
            found = {path for path in stage.code if path.startswith(f"src/regen/{folder}/")}
            # One names the state that a fit goes on from; the other belongs to the official score, which picks epochs.
            assert found <= {"src/regen/lineage/closure.py", "src/regen/statistics/measures.py"}


def test_templates_belong_to_the_pages(stages: list[Written]) -> None:
    (site,) = of_kind(stages, "site")
    assert {Path(path).suffix for path in site.code} >= {".py", ".html", ".css"}


def test_no_output_is_made_twice(stages: list[Written]) -> None:
    outs = [path for stage in stages for path in stage.outs]
    assert [path for path, count in Counter(outs).items() if count > 1] == []
    assert not [(a, b) for a in outs for b in outs if a != b and inside(a, b)]


def git(root: Path, *arguments: str, given: str | None = None) -> list[str]:
    ran = subprocess.run(["git", *arguments], cwd=root, input=given, capture_output=True, text=True, check=False)
    if ran.returncode == 128:
        pytest.skip("not a git checkout")
    return ran.stdout.split("\0")


def test_every_dependency_is_in_git_or_made_by_a_stage(project_root: Path, stages: list[Written]) -> None:
    held = git(project_root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    known = {*held, *(path for stage in stages for path in stage.outs)}
    for stage in stages:
        data = {dep for dep in stage.entry["deps"] if not dep.startswith("src/")}
        assert data | stage.code <= known, stage.name


def test_git_holds_just_what_dvc_does_not_cache(project_root: Path, stages: list[Written]) -> None:
    outs = {path for stage in stages for path in stage.outs}
    given = "".join(f"{path}\0" for path in sorted(outs))
    ignored = set(git(project_root, "check-ignore", "-z", "--no-index", "--stdin", given=given))
    assert outs - ignored == {path for stage in stages for path in stage.in_git}


def test_records_and_metrics_are_in_git(stages: list[Written]) -> None:
    for stage in of_kind(stages, "evaluate"):
        assert sorted(Path(path).name for path in stage.in_git) == ["metrics.json", "record.json"]
        assert [Path(path).name for metric in stage.entry["metrics"] for path in metric] == ["metrics.json"]


def test_tracked_keys_exist(project_root: Path, stages: list[Written]) -> None:
    tracked = {
        (path, key) for stage in stages for item in stage.entry.get("params", []) for path in item for key in item[path]
    }
    assert tracked
    for path, key in tracked:
        content = yaml.load((project_root / path).read_text(encoding="utf-8"), yaml.CSafeLoader)
        for part in key.split("."):
            assert part in content, (path, key)
            content = content[part]


def test_titles_of_tasks_recipes_and_encoders_are_not_tracked(stages: list[Written], specs: Specs) -> None:
    untold = {name for named in (specs.tasks, specs.recipes, specs.encoders) for name in named}
    untold |= {f"{name}.title" for name in untold}
    for stage in stages:
        keys = {key for item in stage.entry.get("params", []) for listed in item.values() for key in listed}
        assert not keys & untold


def test_all_but_ingest_depend_on_the_lock_file(stages: list[Written]) -> None:
    for stage in stages:
        assert ("requirements.lock" in stage.entry["deps"]) == (stage.kind != "ingest")
