"""The project's own commands, in this process; tests/end_to_end runs them as programs."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from kedro.io import DatasetError

from commands import run_command
from regen.cli import _explain
from regen.errors import UserError


@pytest.fixture
def project(tmp_path: Path, project_root: Path) -> Path:
    """A project folder with config, code and lineage files."""
    for name in ("conf", "src", "lineage"):
        shutil.copytree(project_root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "dvc.yaml", "requirements.lock"):
        shutil.copy(project_root / name, tmp_path)
    return tmp_path


def test_lineage_is_written_only_where_it_is_stale(project: Path) -> None:
    assert run_command(project, "lineage", "write").output == "nothing to write\n"
    recipe = project / "conf/base/recipes/minilm.yml"
    recipe.write_text(recipe.read_text("utf-8") + "  train_examples: 9\n", encoding="utf-8")
    checked = run_command(project, "lineage", "write", "--check")
    assert checked.exit_code == 1
    written = run_command(project, "lineage", "write").output.splitlines()
    assert {"dvc.yaml", "lineage/conll2003/minilm/dvc.yaml", "lineage/conll2003/minilm_2k/dvc.yaml"} < set(written)
    assert "lineage/conll2003/crf/dvc.yaml" not in written
    more = len(written) - 1
    assert checked.output == f"Error: dvc.yaml and {more} more: stale; run 'kedro lineage write' and commit\n"
    assert "minilm.train_examples" in (project / "dvc.yaml").read_text("utf-8")


def test_pin_needs_fetched_files(project: Path) -> None:
    result = run_command(project, "source", "pin", "sample_ner")
    assert result.exit_code == 1
    assert "Error: task sample_ner: nothing is fetched yet; run 'kedro run --pipelines ingest" in result.output
    assert "no file holds 'nothing'" in run_command(project, "source", "pin", "nothing").output


def test_pin_refuses_another_hash(project: Path) -> None:
    raw = project / "data/01_raw/sample_ner"
    raw.mkdir(parents=True)
    (raw / "dev.conll").write_text("other", encoding="utf-8")
    result = run_command(project, "source", "pin", "sample_ner")
    assert result.exit_code == 1
    assert "sample_ner.yml: files: dev.conll" in result.output


def test_own_files_are_pinned_again(project: Path) -> None:
    samples = project / "data/samples/sample_ner"
    samples.mkdir(parents=True)
    for name in ("train", "dev", "test"):
        (samples / f"{name}.conll").write_text(f"{name} O\n", encoding="utf-8")
    path = project / "conf/base/tasks/sample_ner.yml"
    before = path.read_text("utf-8")
    assert run_command(project, "source", "pin", "--again", "sample_ner").output == (
        f"{path}: train.conll, dev.conll, test.conll pinned\n"
    )
    after = path.read_text("utf-8")
    assert sha256(b"dev O\n").hexdigest() in after
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert {b.split(":")[0].strip() for _, b in changed} == {"sha256", "bytes"}
    assert len(changed) == 6
    (samples / "dev.conll").unlink()
    assert (
        "dev.conll: no such file; put it there" in run_command(project, "source", "pin", "--again", "sample_ner").output
    )


def fetched(project: Path, name: str, **hashes: str) -> None:
    """Leave what an import of an encoder leaves."""
    folder = project / "data/02_intermediate/encoders" / name
    folder.mkdir(parents=True)
    (folder / "encoder.json").write_text(json.dumps({"fetched": hashes}), encoding="utf-8")


def test_files_of_an_encoder_are_pinned(project: Path) -> None:
    path = project / "conf/base/encoders/e5_small.yml"
    pinned = path.read_text("utf-8")
    (sha,) = (line.split()[1] for line in pinned.splitlines() if line.strip().startswith("sha256: 0b44"))
    path.write_text(pinned.replace(sha, "null"), encoding="utf-8")
    printed = run_command(project, "source", "pin", "e5_small").output
    command = "kedro run --pipelines import_encoder --namespaces e5_small"
    assert f"Error: encoder e5_small: nothing is fetched yet; run '{command}'" in printed
    fetched(project, "e5_small", **{"tokenizer.json": sha})
    assert run_command(project, "source", "pin", "e5_small").output == f"{path}: tokenizer.json pinned\n"
    assert path.read_text("utf-8") == pinned
    assert run_command(project, "source", "pin", "e5_small").output == f"{path}: nothing pinned\n"


def test_an_encoder_of_other_bytes_is_not_pinned(project: Path) -> None:
    fetched(project, "minilm", **{"config.json": "0" * 64})
    result = run_command(project, "source", "pin", "minilm")
    assert result.exit_code == 1
    assert "minilm.yml: files: config.json: its sha256 is 953f" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mine",), "Error: encoder mine: only 'files' have hashes to pin; a hub is pinned by its 'revision'"),
        (("--again", "minilm"), "Error: encoder minilm: no file has a 'path' source, so there is nothing to read anew"),
    ],
)
def test_an_encoder_without_such_files(project: Path, arguments: tuple[str, ...], said: str) -> None:
    (project / "conf/base/encoders/mine.yml").write_text(
        "mine: {title: M, languages: [en], licence: x, source: y, folder: there}\n", encoding="utf-8"
    )
    assert said in run_command(project, "source", "pin", *arguments).output


def test_params_are_refused(project: Path) -> None:
    result = run_command(project, "run", "--params", "crf.c1=3")
    assert result.exit_code == 1
    assert result.output == (
        "Error: --params: found crf, expected none: a cell has one configuration; write another recipe\n"
    )


def test_wrapped_mistakes_are_found_and_faults_are_not_hidden() -> None:
    wrapped = DatasetError("while saving")
    wrapped.__cause__ = UserError("a.yml:1: wrong")
    assert _explain(wrapped) == "a.yml:1: wrong"
    wrapped.__cause__ = DatasetError("while loading")
    wrapped.__cause__.__cause__ = FileNotFoundError(2, "No such file or directory", "data/x.json")
    assert _explain(wrapped) == "data/x.json: no such file; run the stage that makes it first"
    assert _explain(DatasetError("x: cannot\nbe read")) == "x: cannot be read"
    assert _explain(ValueError("a fault of the program")) is None


def test_two_cells_are_compared(project_root: Path) -> None:
    answer = run_command(project_root, "compare", "sample_ner.crf", "sample_ner.majority")
    assert answer.output.splitlines()[:2] == [
        "sample_ner.crf -> sample_ner.majority",
        "  config: estimator: crf -> majority",
    ]


def test_two_tasks_are_not_compared(project_root: Path) -> None:
    answer = run_command(project_root, "compare", "sample_ner.crf", "sample_topic.linear")
    assert answer.exit_code == 1
    assert answer.output == (
        "Error: sample_ner.crf and sample_topic.linear: found two tasks with metrics span_f1 and accuracy, whose "
        "scores do not compare; name two cells of one task\n"
    )


def test_two_revisions_are_compared(tmp_path: Path, project_root: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(project_root / "conf", project / "conf", ignore=shutil.ignore_patterns("local"))
    (project / "conf/local").mkdir()
    folder = project / "data/08_reporting/cells/sample_ner/crf"
    shutil.copytree(project_root / "data/08_reporting/cells/sample_ner/crf", folder)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-C", str(project)]
    subprocess.run([*git, "init", "-q"], check=True)
    for score in ("0.5", "0.75"):
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        record["scores"]["dev"]["mean"] = float(score)
        (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", score], check=True)
        shutil.copytree(folder, folder.parent / "new", dirs_exist_ok=True)
    lines = run_command(project, "compare", "HEAD~1", "HEAD").output.splitlines()
    assert lines[0] == "sample_ner.crf@HEAD~1 -> sample_ner.crf@HEAD"
    assert lines[1].startswith("  dev span_f1: 50.00 [")
    assert lines[-1] == "sample_ner.new: added"
    assert run_command(project, "compare", "HEAD", "HEAD").output == "no record differs\n"
