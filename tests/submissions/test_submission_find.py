"""Which task a file is for."""

from pathlib import Path

import pytest

from made_up import made_up_task
from regen.config.submission import SubmissionSpec
from regen.config.task import TaskSpec
from regen.errors import UserError
from regen.submissions.find import find_split

FOLDS = 5


def task(**files: str) -> TaskSpec:
    spec = made_up_task("classification", ["a"], **dict.fromkeys(files, False))
    read = spec.read.model_copy(update={"folds": FOLDS})
    submission = {split: SubmissionSpec(file=file) for split, file in files.items()}
    return spec.model_copy(update={"read": read, "submission": submission})


TASKS = {
    "one": task(test="one11.json", test_old="one10.json"),
    "large": task(test="size.json"),
    "small": task(test="size.json"),
    "folds": task(test="folds_{fold}.json"),
    "none": made_up_task("classification", ["a"]),
}


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder for files of any name."""
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("one11.json", None, ("one", "test", True)),
        ("one10.json", None, ("one", "test_old", True)),
        ("one10.json", "one", ("one", "test_old", True)),
        ("size.json", "small", ("small", "test", True)),
        ("folds_3.json", None, ("folds", "test", True)),
        ("my.json", "large", ("large", "test", False)),
        ("folds.json", "folds", ("folds", "test", False)),
    ],
)
def test_found(name: str, given: str | None, expected: tuple[str, str, bool], there: Path) -> None:
    (there / name).touch()
    assert find_split(there / name, TASKS, given) == expected


def test_split_of_a_file_of_any_name(there: Path) -> None:
    (there / "my.json").touch()
    assert find_split(there / "my.json", TASKS, "one", "test_old") == ("one", "test_old", False)
    for task, split, expected in (("one", "dev", "test, test_old"), (None, "test", "a task beside it, with --task")):
        with pytest.raises(UserError, match=f"--split: found '{split}', expected {expected}"):
            find_split(there / "my.json", TASKS, task, split)


def test_no_file(there: Path) -> None:
    with pytest.raises(UserError, match=r"one11.json: no such file"):
        find_split(there / "one11.json", TASKS, None)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (
            "two.json",
            None,
            "there/two.json: no board takes a file of this name; expected one of "
            "folds_{fold}.json, one10.json, one11.json, size.json",
        ),
        (
            "two.json",
            "one",
            "there/two.json: one has no file of this name; expected one11.json (--split test) or one10.json (--split t",
        ),
        ("size.json", None, "there/size.json: large and small have files of this name; name the task with --task"),
        ("folds_x.json", None, "there/folds_x.json: no board takes"),
        (
            "folds_5.json",
            None,
            "there/folds_5.json: found fold 5 in the name, expected one of those of folds: 0, 1, 2, 3",
        ),
        ("folds_03.json", "folds", "there/folds_03.json: found fold 03 in the name, expected one of those of folds: 0"),
        ("one11.json", "none", "--task: found 'none', expected a task with submission files: one, large, small, folds"),
        ("one11.json", "what", "--task: found 'what', expected a task with"),
    ],
)
def test_not_found(name: str, given: str | None, said: str, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(there.parent)
    (there / name).touch()
    with pytest.raises(UserError) as caught:
        find_split(Path("there", name), TASKS, given)
    assert str(caught.value).startswith(said)
