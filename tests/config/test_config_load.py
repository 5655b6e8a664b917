"""From YAML files to specs: order, heirs and environments."""

from typing import Any

from regen.config.load import load_specs
from small_project import FILES, MORE, TOPIC, WORDS, SmallProject


def test_a_longer_circle_is_found(project: SmallProject) -> None:
    project.edit(WORDS, "  title: Words\n", "  title: Words\n  extends: last\n")
    project.write("base/recipes/last.yml", "last:\n  extends: more\n")
    assert project.quick_error().endswith(".extends: a circle")


def test_a_right_project_is_read(project: SmallProject) -> None:
    specs = project.specs()
    assert list(specs.tasks) == ["names", "topic"]
    assert list(specs.recipes) == ["plain", "tagger", "words", "more"]  # heirs come last
    assert list(specs.encoders) == ["tiny"]
    assert specs.cells == ["topic.words", "topic.more", "names.tagger"]
    assert specs.tasks["names"].scored_splits == ("dev", "test")
    assert specs.encoders["tiny"].files[0].sources[0].kind == "hub"


def test_specs_come_in_the_order_of_their_names_whatever_that_of_the_files(project: SmallProject) -> None:
    content = {"title": "A", "estimator": "majority"}
    for names in ("abc", "cba"):
        raw: dict[str, dict[str, Any]] = {"tasks": {}, "encoders": {}, "suites": {}}
        raw["recipes"] = dict.fromkeys(names, content)
        assert list(load_specs(raw, [project.root / "conf/base"]).recipes) == ["a", "b", "c"]


def test_cells_of_several_suites_come_once_in_the_order_of_suites(project: SmallProject) -> None:
    project.write("base/suites/a.yml", "another: {title: A, cells: [names.plain, topic.words]}\n")
    assert project.specs().cells == ["names.plain", "topic.words", "topic.more", "names.tagger"]


def test_a_recipe_extends_another_and_options_are_merged_key_by_key(project: SmallProject) -> None:
    more = project.specs().recipes["more"]
    assert more.title == "More words"
    assert more.estimator == "linear"
    assert more.seeds == (0, 1)
    assert more.options == {"c": 5.0, "min_frequency": 3}


def test_a_recipe_may_extend_one_that_extends(project: SmallProject) -> None:
    project.write("base/recipes/most.yml", "most: {title: Most, extends: more, seeds: [7], options: {iterations: 9}}\n")
    most = project.specs().recipes["most"]
    assert most.seeds == (7,)
    assert most.options == {"c": 5.0, "min_frequency": 3, "iterations": 9}


def test_a_child_without_options_keeps_those_of_its_parent(project: SmallProject) -> None:
    project.edit(MORE, "  options: {c: 5.0}\n", "")
    assert project.specs().recipes["more"].options == {"c": 1.0, "min_frequency": 3}


def test_the_environment_that_overrides_is_named(project: SmallProject) -> None:
    project.write("local/tasks/mine.yml", "# mine\ntopic:\n  metric: f1\n")
    assert project.error().startswith("conf/local/tasks/mine.yml:3: topic.metric: Input should be 'accuracy'")


def test_the_file_of_base_is_named_where_the_environment_says_nothing(project: SmallProject) -> None:
    project.write("local/tasks/mine.yml", "topic: {version: 2}\n")
    project.edit(TOPIC, "metric: accuracy", "metric: f1")
    assert project.error().startswith("conf/base/tasks/topic.yml:23: topic.metric: Input should be 'accuracy'")


def test_an_environment_changes_one_nested_key(project: SmallProject) -> None:
    base = project.specs("base")
    project.write("smoke/tasks/small.yml", "topic: {read: {expected: {train: {examples: 1}}}}\n")
    project.write("smoke/recipes/small.yml", "words: {options: {min_frequency: 1}}\n")
    smoke = project.specs("smoke")
    changed = base.tasks["topic"].model_dump()
    changed["read"]["expected"]["train"]["examples"] = 1
    assert smoke.tasks["topic"].model_dump() == changed
    assert smoke.tasks["names"] == base.tasks["names"]
    assert smoke.recipes["more"].options == {"c": 5.0, "min_frequency": 1}
    assert project.specs("base") == base


def test_the_fixture_has_every_section() -> None:
    assert {name.split("/")[0] for name in FILES} == {"tasks", "recipes", "encoders", "suites"}
