from pathlib import Path
from typing import Any

import pytest
import yaml
from made_up_project import CHILD, ENCODERS, FILES, PARENTS, SUITE, TASK, read_project, write_project

from regen.errors import UserError
from regen.lineage.inputs import Origin, SpecOrigins

TASK_FILE, PARENTS_FILE, CHILD_FILE = (
    f"conf/base/{name}.yml" for name in ("tasks/topics", "recipes/parents", "recipes/child")
)
ENCODER_FILE = "conf/base/encoders/some.yml"
TASK_KEYS = [f"topics.{key}" for key in ("type", "language", "metric", "read.labels", "read.splits")]


def find(root: Path, name: str) -> Origin:
    return SpecOrigins(root, read_project(root)).find(name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The made-up project."""
    return write_project(tmp_path)


def test_the_machine_changes_no_result(root: Path) -> None:
    assert find(root, "machine") == Origin(files=[], keys={}, modules=[])


def test_statistics(root: Path) -> None:
    assert find(root, "statistics") == Origin(keys={"conf/base/parameters.yml": ["statistics"]})


def test_files_of_a_task(root: Path) -> None:
    """Only files of the project are paths; a mirror is some other machine's folder."""
    paths = ["data/samples/topics/train.json", "data/samples/topics/test.json"]
    assert find(root, "topics.files") == Origin(files=paths, keys={TASK_FILE: ["topics.files"]})


def test_reading_of_a_task(root: Path) -> None:
    assert find(root, "topics.read") == Origin(keys={TASK_FILE: ["topics.type", "topics.read"]})


def test_submission_of_a_task(root: Path) -> None:
    path = root / TASK_FILE
    path.write_text(path.read_text("utf-8") + "  submission: {}\n", encoding="utf-8")
    assert find(root, "topics.submission") == Origin(keys={TASK_FILE: ["topics.submission"]})


def test_suite(root: Path) -> None:
    assert find(root, "small.suite") == Origin(keys={"conf/base/suites/small.yml": ["small.title", "small.cells"]})


def test_benchmarks_of_a_suite(root: Path) -> None:
    assert find(root, "small.pages") == Origin(keys={TASK_FILE: ["topics.benchmark"]})


def test_texts_that_tasks_of_a_suite_share_whichever_declares_it(root: Path) -> None:
    path, other = root / TASK_FILE, root / "conf/base/tasks/others.yml"
    task = path.read_text("utf-8").replace(
        "    child: {c: 3.0}\n", "    child: {c: 3.0}\n  overlaps_with: {topics: a few}\n"
    )
    other.write_text(task.replace("topics:\n  title", "others:\n  title"), encoding="utf-8")
    keys = {TASK_FILE: ["topics.benchmark"], "conf/base/tasks/others.yml": ["others.overlaps_with"]}
    assert find(root, "small.pages") == Origin(keys=keys)
    path.write_text(path.read_text("utf-8") + "  overlaps_with: {others: a few}\n", encoding="utf-8")
    keys[TASK_FILE] = ["topics.benchmark", "topics.overlaps_with"]
    assert find(root, "small.pages") == Origin(keys=keys)


def test_encoders(root: Path) -> None:
    """A folder is read as it is, so DVC watches it."""
    keys = ["licence", "source", "folder", "max_length"]
    assert find(root, "local.encoder_files") == Origin(
        files=["data/models/local"], keys={ENCODER_FILE: [f"local.{key}" for key in keys]}
    )
    assert find(root, "published.encoder_files") == Origin(
        files=["data/config.json"], keys={ENCODER_FILE: [f"published.{key}" for key in ("licence", "source", "files")]}
    )


def test_encoders_that_are_made_here(tmp_path: Path) -> None:
    """What text is follows from the task's type and language."""
    made = ENCODERS + (
        "further:\n  title: F\n  languages: [en]\n  licence: CC0-1.0\n  source: this test\n"
        "  pretraining: {encoder: local, task: topics, splits: [train]}\n"
    )
    root = write_project(tmp_path, {"encoders/some.yml": made})
    assert find(root, "further.pretraining") == Origin(
        keys={
            ENCODER_FILE: [f"further.{key}" for key in ("licence", "source", "pretraining")],
            TASK_FILE: ["topics.type", "topics.language"],
        }
    )


def test_cell(root: Path) -> None:
    assert find(root, "topics.floor.config") == Origin(
        keys={TASK_FILE: TASK_KEYS, PARENTS_FILE: ["floor.estimator"]},
        modules=["regen.estimators.majority.options", "regen.estimators.majority.model"],
    )


def test_cell_of_a_recipe_that_extends_another(root: Path) -> None:
    assert find(root, "topics.child.config") == Origin(
        keys={
            TASK_FILE: [*TASK_KEYS, "topics.overrides.child"],
            CHILD_FILE: ["child.extends", "child.seeds", "child.options"],
            PARENTS_FILE: ["words.estimator", "words.options"],
        },
        modules=["regen.estimators.linear.options", "regen.estimators.linear.model"],
    )


def test_recipes_that_share_a_file(tmp_path: Path) -> None:
    """Both keep their keys."""
    root = write_project(tmp_path, {"recipes/parents.yml": PARENTS + CHILD, "recipes/child.yml": ""})
    own, parents = ["child.extends", "child.seeds", "child.options"], ["words.estimator", "words.options"]
    assert find(root, "topics.child.config").keys[PARENTS_FILE] == [*own, *parents]


def test_a_key_that_is_given_is_tracked(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"tasks/topics.yml": TASK.replace("  metric:", "  version: 2\n  metric:")})
    assert "topics.version" in find(root, "topics.floor.config").keys[TASK_FILE]


def tracked(root: Path, name: str) -> dict[str, Any]:
    """Give the values that DVC compares: file and key -> value."""
    values = {}
    for path, keys in find(root, name).keys.items():
        for key in keys:
            content = yaml.safe_load((root / path).read_text(encoding="utf-8"))
            for part in key.split("."):
                content = content[part]
            values[f"{path}:{key}"] = content
    return values


INPUTS = (
    *("topics.files", "topics.read", "topics.floor.config", "topics.child.config"),
    *("local.encoder_files", "published.encoder_files"),
)


@pytest.mark.parametrize("name", INPUTS)
def test_titles_and_comments_change_nothing(tmp_path: Path, name: str) -> None:
    before = tracked(write_project(tmp_path / "before"), name)
    changed = {
        "tasks/topics.yml": TASK.replace("title: Topics", "title: Other").replace("source: this test", "source: else"),
        "encoders/some.yml": ENCODERS.replace("title: ", "title: Other ").replace("[en]", "[de]"),
        "recipes/parents.yml": "# A comment\n" + PARENTS.replace("title: ", "title: Other "),
        "recipes/child.yml": CHILD.replace("title: ", "title: Other "),
    }
    assert before
    assert tracked(write_project(tmp_path / "after", changed), name) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("tasks/topics.yml", "mirror: topics/dev.json", "mirror: other/dev.json", {"topics.files"}),
        ("tasks/topics.yml", "text: text", "text: sentence", {"topics.read"}),
        (
            "tasks/topics.yml",
            "labels: [a, b]",
            "labels: [a, b, c]",
            {"topics.read", "topics.floor.config", "topics.child.config"},
        ),
        ("tasks/topics.yml", "language: en", "language: zh", {"topics.floor.config", "topics.child.config"}),
        ("tasks/topics.yml", "c: 3.0", "c: 4.0", {"topics.child.config"}),
        ("recipes/parents.yml", "characters: null", "characters: [1, 2]", {"topics.child.config"}),
        ("recipes/parents.yml", "estimator: majority", "estimator: linear", {"topics.floor.config"}),
        ("encoders/some.yml", "max_length: 20", "max_length: 10", {"local.encoder_files"}),
        ("encoders/some.yml", "mirror: config.json", "mirror: c.json", {"published.encoder_files"}),
        ("recipes/child.yml", "seeds: [1, 2]", "seeds: [1, 2, 3]", {"topics.child.config"}),
    ],
)
def test_a_change_reaches_the_inputs_that_it_changes(
    tmp_path: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    text = FILES[file]
    assert old in text
    before = write_project(tmp_path / "before")
    after = write_project(tmp_path / "after", {file: text.replace(old, new)})
    assert {name for name in INPUTS if tracked(before, name) != tracked(after, name)} == expected


@pytest.mark.parametrize("name", ["nothing", "topics.nothing", "topics.floor.nothing"])
def test_an_unknown_input_is_refused(root: Path, name: str) -> None:
    with pytest.raises(UserError, match=f"^lineage: input 'params:{name}' has no known origin; name it in regen"):
        find(root, name)


def test_a_spec_that_stands_in_another_environment_is_refused(root: Path) -> None:
    origins = SpecOrigins(root, read_project(root))
    (root / "conf" / "base" / "suites" / "small.yml").write_text(SUITE.replace("small:", "other:"), encoding="utf-8")
    with pytest.raises(UserError, match="conf/base/suites: no file holds 'small'"):
        origins.find("small.suite")
