from pathlib import Path

import pytest
import yaml
from click.testing import Result
from export_project import ExportProject
from transformers import AutoModelForTokenClassification

from commands import run_command
from small_project import SmallProject


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with config and one fitted cell of two repeats."""
    root = tmp_path_factory.mktemp("project")
    small = SmallProject(root)
    made = ExportProject(root, "bert", "tagging", seeds=(3, 4))
    small.write("base/tasks/made_up.yml", yaml.safe_dump({"made_up": made.task.model_dump(mode="json")}))
    recipe = {"title": "Tuned", "estimator": "encoder", "seeds": [3, 4], "options": {"encoder": "tiny"}}
    small.write("base/recipes/tuned.yml", yaml.safe_dump({"tuned": recipe}))
    return root


def run(project: Path, *arguments: str) -> Result:
    return run_command(project, "export", *arguments)


def test_the_best_on_dev_is_written_beside_the_fits(project: Path) -> None:
    result = run(project, "made_up.tuned")
    folder = project / "data/06_models/made_up/tuned/export-s4"
    assert result.output == f"made_up.tuned: seed 4 (the best on dev)\n{folder}\n"
    assert AutoModelForTokenClassification.from_pretrained(folder).config.num_labels == 4


def test_seed_and_folder_can_be_named(project: Path, tmp_path: Path) -> None:
    result = run(project, "made_up.tuned", "--seed", "3", "--to", str(tmp_path / "mine"))
    assert result.output == f"made_up.tuned: seed 3 (given)\n{tmp_path / 'mine'}\n"
    assert (tmp_path / "mine/README.md").is_file()


def test_mistakes_are_one_line(project: Path) -> None:
    result = run(project, "made_up.other")
    assert result.exit_code == 1
    assert result.output == (
        "Error: cell made_up.other: there is no such task or recipe; the suites have none with an encoder\n"
    )
    assert "Error: conf/nowhere: there is no such environment" in run(project, "made_up.tuned", "-e", "nowhere").output
