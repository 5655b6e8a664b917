"""Every mistake in a spec is one line that names file, line and key."""

import mistakes_in_recipes
import mistakes_in_tasks
import pytest

from small_project import MORE, TOPIC, SmallProject

MISTAKES = {**mistakes_in_tasks.MISTAKES, **mistakes_in_recipes.MISTAKES}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    project.check_mistake(*MISTAKES[mistake])


@pytest.mark.parametrize("mistake", list(MISTAKES)[::7])
def test_kedros_loader_changes_nothing_in_the_line(project: SmallProject, mistake: str) -> None:
    file, old, new, _ = MISTAKES[mistake]
    project.edit(file, old, new)
    assert project.error() == project.quick_error()


def test_further_mistakes_are_counted(project: SmallProject) -> None:
    project.edit(TOPIC, "  metric: accuracy\n", "")
    project.edit(TOPIC, "  licence: CC0-1.0\n", "")
    project.edit(TOPIC, "  source: hand-written\n", "")
    assert project.quick_error().endswith("this key is missing; and 2 more")


@pytest.mark.parametrize("content", ["", "5", "[title]", "text"])
def test_a_spec_without_keys_is_named(project: SmallProject, content: str) -> None:
    for file, name in (("base/tasks/z.yml", "z"), ("base/encoders/z.yml", "z"), ("base/suites/z.yml", "z")):
        project.write(file, f"{name}: {content}\n")
        assert project.quick_error().startswith(f"conf/{file}:1: z: Input should be a valid dictionary")
        (project.root / "conf" / file).unlink()
    project.write("base/recipes/z.yml", f"z: {content}\n")
    assert project.quick_error().startswith("conf/base/recipes/z.yml:1: z: Input should be a valid dictionary")
    project.edit(MORE, "extends: words", "extends: z")
    assert "conf/base/recipes/z.yml:1: z: " in project.quick_error()
