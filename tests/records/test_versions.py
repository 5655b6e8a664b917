import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from regen.errors import UserError
from regen.records.versions import CELLS, Version, changed_cells, is_cell, read_version, with_same_dev


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)


def write(root: Path, cell: str, score: int, outcomes: bool = False) -> None:
    folder = root / CELLS.joinpath(*cell.split("."))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.json").write_text(json.dumps({"cell": cell, "score": score}), encoding="utf-8")
    if outcomes:
        pd.DataFrame({"unit": [score]}).to_parquet(folder / "outcomes.parquet")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two revisions below its top, and a working tree that differs from both."""
    top = tmp_path_factory.mktemp("top")
    project = top / "project"
    git(top, "init", "-q")
    write(project, "task.old", 1)
    write(project, "task.same", 1)
    write(project, "task.some", 1, outcomes=True)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "one")
    (project / CELLS / "task/old/record.json").unlink()
    write(project, "task.some", 2, outcomes=True)
    write(project, "task.new", 2)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "two")
    write(project, "task.some", 3)
    return project


def test_records_and_outcomes_of_any_time(root: Path) -> None:
    assert [read_version(root, f"task.some{at}").record["score"] for at in ("@HEAD~1", "@HEAD", "")] == [1, 2, 3]
    outcomes = read_version(root, "task.some@HEAD~1").outcomes
    assert outcomes is not None
    assert outcomes["unit"].tolist() == [1]
    assert read_version(root, "task.same").outcomes is None


def test_cells_that_differ_between_revisions(root: Path) -> None:
    expected = {"task.new": "added", "task.old": "removed", "task.some": "changed"}
    assert changed_cells(root, "HEAD~1", "HEAD") == expected
    assert changed_cells(root, "HEAD", "HEAD") == {}


def test_names_of_cells_and_of_revisions(root: Path) -> None:
    assert [is_cell(root, name) for name in ("task.some", "task.old@HEAD~1", "v1.0", "HEAD")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("name", ["task.none", "task.none@HEAD"])
def test_a_record_that_is_not_there(root: Path, name: str) -> None:
    where = "at revision" if "@" in name else "in the working tree"
    with pytest.raises(UserError, match=rf"record.json: found no record {where}"):
        read_version(root, name)


def test_an_unknown_revision(root: Path) -> None:
    with pytest.raises(
        UserError, match=r"nothing: found neither a cell \(task.recipe\) with a record nor a git revision"
    ):
        changed_cells(root, "HEAD", "nothing")
    with pytest.raises(UserError, match=r"task.some@v999: found no git revision v999; 'git log -- data/.*/task/some'"):
        read_version(root, "task.some@v999")


def test_a_task_is_no_cell(root: Path) -> None:
    said = "^task: found a task, expected a cell, which is task.recipe; name one of task.new, task.same, task.some$"
    for call in (lambda: read_version(root, "task"), lambda: changed_cells(root, "HEAD", "task")):
        with pytest.raises(UserError, match=said):
            call()


def of_task(name: str, metric: str = "accuracy", **files: str) -> Version:
    task = name.partition(".")[0]
    return Version(name, {"cell": name, "task": task, "metric": metric, "card": {"files": files}}, None)


DEV = {"large": ["dev"], "small": ["dev"], "other": ["valid"], "copy": ["valid"]}


def test_cells_of_one_task_go_together_whatever_was_read() -> None:
    pair = of_task("large.a", dev="1"), of_task("large.b", "exact_match", dev="2")
    assert with_same_dev(*pair, DEV.get) == pair


def test_two_tasks_go_together_where_they_read_the_same_dev() -> None:
    one, other = with_same_dev(of_task("large.a", dev="1", train="3"), of_task("copy.a", valid="1", train="4"), DEV.get)
    assert one.dev_files == other.dev_files == {"0": "1"}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (of_task("other.a", "span_f1", valid="1"), "metrics accuracy and span_f1"),
        (of_task("other.a", valid="2"), "dev splits from other files"),
        (of_task("other.a", dev="1"), "dev splits from other files"),
        (of_task("unknown.a", dev="1"), "dev splits from other files"),
    ],
)
def test_two_tasks_are_refused(other: Version, found: str) -> None:
    said = (
        f"^large.a and {other.name}: found two tasks with {found}, whose scores do not compare; name two cells of one"
    )
    with pytest.raises(UserError, match=said):
        with_same_dev(of_task("large.a", dev="1"), other, DEV.get)


def test_no_repository_or_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (None, ""):
        if path is not None:
            monkeypatch.setenv("PATH", path)
        with pytest.raises(UserError):
            changed_cells(tmp_path, "HEAD", "HEAD")
