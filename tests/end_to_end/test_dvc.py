"""The sample suite through the real DVC, in a clone that each test leaves as it found it."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from project_clone import QUICK, Clone

pytestmark = pytest.mark.slow


def _hashes(root: Path) -> dict[str, str]:
    """Give the md5 of every file that the sample suite makes, telemetry and state apart."""
    data = root / "data"
    skipped = ("samples", ".state", "telemetry")
    return {
        path.relative_to(root).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not any(part in skipped for part in path.relative_to(data).parts)
    }


def _stale(samples: Clone, *targets: str) -> set[str]:
    """Give the stages that DVC would run for themselves, not for what they read; of ``QUICK`` without targets."""
    return set(json.loads(samples.run("dvc", "status", "--json", *(targets or ("--with-deps", *QUICK)))))


def _reproduced(samples: Clone) -> set[str]:
    """Make again what is stale of ``QUICK``, and give the stages that ran."""
    printed = samples.run("dvc", "repro", *QUICK)
    return {line.split("'")[1] for line in printed.splitlines() if line.startswith("Running stage")}


@contextmanager
def _edited(path: Path, old: str, new: str) -> Iterator[None]:
    """Edit a file for a while."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def test_repro_makes_the_committed_records_again(samples: Clone, project_root: Path) -> None:
    _same_records(samples, project_root, [tuple(stage.split(".")[:2]) for stage in QUICK])


@pytest.mark.exhaustive
def test_whole_repro_makes_the_committed_records_again(whole_samples: Clone, project_root: Path) -> None:
    assert (whole_samples.root / "data/08_reporting/site/sample/index.html").is_file()
    committed = sorted((project_root / "data/08_reporting/cells").glob("sample_*/*/record.json"))
    cells = [path.parent.parts[-2:] for path in committed]
    assert {recipe for _, recipe in cells} >= {"majority", "linear", "crf", "minilm", "e5_small"}
    _same_records(whole_samples, project_root, cells)
    assert _stale(whole_samples, "dvc.yaml") == set()


def _same_records(made: Clone, project_root: Path, cells: Iterable[tuple[str, ...]]) -> None:
    """Hold the made records and analyses of cells to those in git."""
    for cell in cells:
        folders = [root.joinpath("data/08_reporting/cells", *cell) for root in (project_root, made.root)]
        ours, theirs = (json.loads((folder / "record.json").read_text("utf-8")) for folder in folders)
        if _hardware(ours) != _hardware(theirs):  # sums, and so bytes, differ between kinds of processors
            ours, theirs = _comparable(ours), _comparable(theirs)
        else:
            analyses = {(folder / "analysis.json").read_bytes() for folder in folders}
            assert len(analyses) == 1, f"{'.'.join(cell)}: analysis.json differs: run 'make run', commit it"
        assert theirs == ours, f"{'.'.join(cell)}: run 'make run', commit the record"


def _hardware(record: dict[str, Any]) -> object:
    return [model.get("hardware") for model in record["training"]["models"]]


def _comparable(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what depends on the kind of processor."""
    settled: tuple[str, ...] = ("device", "threads", "precision")
    search = record.get("search", {}).get("search")  # what it picks may differ, what it searches does not
    settled += ("options", "selection") if search else ()
    config = {key: value for key, value in record["config"].items() if key not in settled}
    hashes = {key: value for key, value in record["hashes"].items() if key != "config"}
    told = {"config": config, "hashes": hashes, "card": record["card"], "splits": sorted(record["scores"])}
    return {**told, "search": search}


def _inputs_in_git(lock: Path) -> dict[str, object]:
    """Give commands, parameters and hashes of files in git; made files may differ between kinds of processors."""
    stages = yaml.load(lock.read_text("utf-8"), yaml.CSafeLoader)["stages"]
    return {
        name: (
            stage["cmd"],
            stage.get("params"),
            [dep for dep in stage["deps"] if not dep["path"].startswith("data/0")],
        )
        for name, stage in stages.items()
    }


def test_committed_lock_file_is_current(samples: Clone, project_root: Path) -> None:
    committed, made = (_inputs_in_git(root / "dvc.lock") for root in (project_root, samples.root))
    assert committed == made, "run 'dvc repro --force dvc.yaml' and commit dvc.lock"


def test_stages_that_nothing_made_here_lack_made_files_alone(samples: Clone) -> None:
    """DVC holds code, config and commands of the long stages to the committed lock file, too."""
    changed = json.loads(samples.run("dvc", "status", "--json", "dvc.yaml"))
    told = [(stage, change) for stage, changes in changed.items() for change in changes]
    others = [(stage, change) for stage, change in told if _other_than_lacking(change)]
    assert not others, "run 'make run' and commit dvc.lock"


def _other_than_lacking(change: Any) -> bool:
    """Say whether DVC tells of more than files that are not there: of changed ones, or of another command."""
    if not isinstance(change, dict):
        return True
    return any(how not in ("deleted", "not in cache") for paths in change.values() for how in paths.values())


def test_second_repro_runs_nothing(samples: Clone) -> None:
    assert _reproduced(samples) == set(), "'dvc status' tells what changed"


@pytest.mark.exhaustive
def test_forced_stages_give_the_same_bytes(samples: Clone) -> None:
    before = _hashes(samples.root)
    models = [samples.root / "data/06_models" / cell for cell in ("sample_ner/crf", "sample_topic/linear")]
    for folder in models:
        shutil.rmtree(folder)
    try:
        samples.run("kedro", "run", "--pipelines", "fit,evaluate", "--namespaces", "sample_ner.crf,sample_topic.linear")
        after = _hashes(samples.root)
    finally:
        samples.run("dvc", "checkout", "--quiet", "--force", "--with-deps", *QUICK)
    made = [name for name in after if "/crf/" in name or "/linear/" in name]
    assert {name.split("/")[1] for name in made} == {"06_models", "07_model_output", "08_reporting"}
    assert after == before
    assert _hashes(samples.root) == before


def test_recipe_makes_only_its_cells_stale(samples: Clone) -> None:
    recipe = samples.root / "conf/base/recipes/crf.yml"
    with _edited(recipe, "c2: 0.1", "c2: 0.2"):
        assert _stale(samples) == {f"sample_ner.crf.{stage}" for stage in ("fit", "evaluate", "examine")}


@pytest.mark.exhaustive
def test_title_makes_nothing_stale(samples: Clone) -> None:
    with _edited(samples.root / "conf/base/recipes/crf.yml", "title: ", "title: A "):
        assert _stale(samples) == set()


@pytest.mark.exhaustive
def test_module_makes_exactly_its_importers_stale(samples: Clone) -> None:
    with _edited(samples.root / "src/regen/estimators/linear/features.py", '"""TF-IDF', '"""A TF-IDF'):
        assert _stale(samples) == {"sample_topic.linear.fit", "sample_topic.linear.evaluate"}
    readers = {"sample_ner.prepare", "sample_topic.prepare"}
    with _edited(samples.root / "src/regen/tasks/json_lines.py", '"""Reader of JSON', '"""A reader of JSON'):
        assert _stale(samples) == readers
        assert _reproduced(samples) == readers, "what reads equal files must not run again"
    assert _stale(samples) == readers
    assert _reproduced(samples) == set(), "the run before the edit is remembered"


def test_edited_sample_is_refused_before_anything_is_overwritten(samples: Clone) -> None:
    sample = samples.root / "data/samples/sample_topic/dev.json"
    with _edited(sample, "\n", "\n\n"):
        printed = samples.run("dvc", "repro", "sample_topic.ingest", ok=False)
    line = next(line for line in printed.splitlines() if line.startswith("Error: "))
    assert "dev.json: no source gives it" in line
    samples.run("dvc", "checkout", "--quiet", "--force", "sample_topic.ingest")


@pytest.mark.exhaustive
def test_pull_brings_everything_back(whole_samples: Clone, tmp_path: Path) -> None:
    samples = whole_samples
    before = _hashes(samples.root)
    samples.run("dvc", "remote", "add", "--quiet", "--local", "--default", "store", str(tmp_path / "store"))
    samples.run("dvc", "push", "--quiet", "dvc.yaml")
    for folder in ("01_raw", "03_primary", "06_models", "07_model_output", "08_reporting/site", "08_reporting/tasks"):
        shutil.rmtree(samples.root / "data" / folder)
    shutil.rmtree(samples.root / ".dvc/cache/files")  # what ran before stays known, beside it
    samples.run("dvc", "pull", "--quiet", "dvc.yaml")
    samples.run("dvc", "remote", "remove", "--quiet", "--local", "store")
    assert _hashes(samples.root) == before
    assert _stale(samples, "dvc.yaml") == set()
