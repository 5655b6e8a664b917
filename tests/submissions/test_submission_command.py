"""``kedro submission check``."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from commands import run_command

LINES = ['{"id": 0, "label": "0"}', '{"id": 1, "label": "1"}']


@pytest.fixture
def project(tmp_path: Path, project_root: Path) -> Path:
    """The project's config, and two prepared examples of a task's hidden test split."""
    shutil.copytree(project_root / "conf", tmp_path / "conf")
    folder = tmp_path / "data/03_primary/afqmc"
    folder.mkdir(parents=True)
    frame = pd.DataFrame({"id": ["test-0", "test-1"], "text_a": "x", "text_b": "y", "label": None})
    frame.to_parquet(folder / "test.parquet")
    return tmp_path


def write(folder: Path, name: str, *lines: str) -> str:
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(folder / name)


def test_a_right_file(project: Path) -> None:
    file = write(project, "afqmc_predict.json", *LINES)
    result = run_command(project, "submission", "check", file)
    assert (result.exit_code, result.output) == (0, f"{file}: right for afqmc, split test: 2 examples\n")


def test_a_wrong_file(project: Path) -> None:
    file = write(project, "afqmc_predict.json", LINES[1], '{"id": 0, "label": "2"}')
    result = run_command(project, "submission", "check", file)
    assert result.exit_code == 1
    assert result.output == (
        f"{file}: line 1: the order is not that of the test file: found the id 1, expected 0\n"
        f"{file}: line 2: 'label' is \"2\", expected one of 0, 1\n"
    )


def test_a_wrong_name(project: Path) -> None:
    file = write(project, "mine.json", *LINES)
    unknown = run_command(project, "submission", "check", file)
    assert unknown.exit_code == 1
    assert f"Error: {file}: no board takes a file of this name; expected one of afqmc_predict.json" in unknown.output
    named = run_command(project, "submission", "check", file, "--task", "afqmc")
    assert (named.exit_code, named.output) == (1, f"{file}: found this name, expected afqmc_predict.json\n")


def test_a_name_that_two_tasks_have(project: Path) -> None:
    file = write(project, "ocnli_50k_predict.json", *LINES)
    result = run_command(project, "submission", "check", file)
    assert result.exit_code == 1
    assert f"{file}: ocnli and ocnli_3k have files of this name; name the task with --task" in result.output


def test_a_split_that_is_not_prepared(project: Path) -> None:
    file = write(project, "tnews11_predict.json", *LINES)
    result = run_command(project, "submission", "check", file)
    assert result.exit_code == 1
    assert "/data/03_primary/tnews/test.parquet: no such file; " in result.output
    assert "run 'kedro run --pipelines ingest,prepare --namespaces tnews'\n" in result.output
