"""The file of conf/base that holds a spec."""

import os

import pytest

from regen.config.locate import spec_file
from regen.errors import UserError
from small_project import SmallProject


def test_the_file_is_found_by_its_key_and_not_by_its_name(project: SmallProject) -> None:
    project.write("base/recipes/a.yml", "one: {title: One}\ntwo: {title: Two}\n")
    path = project.root / "conf/base/recipes/a.yml"
    assert spec_file(project.root, "recipes", "two") == (path, {"title": "Two"})


def test_a_changed_file_is_read_again(project: SmallProject) -> None:
    path, content = spec_file(project.root, "recipes", "more")
    assert content["options"] == {"c": 5.0}
    project.edit("base/recipes/more.yml", "5.0", "7.5")
    os.utime(path, ns=(1, 1))
    assert spec_file(project.root, "recipes", "more")[1]["options"] == {"c": 7.5}


def test_an_unknown_name_is_one_line(project: SmallProject) -> None:
    project.write("base/recipes/empty.yml", "")
    with pytest.raises(
        UserError, match=r"^conf/base/recipes: no file holds 'most'; there are empty, more, plain, tagger, words$"
    ):
        spec_file(project.root, "recipes", "most")
