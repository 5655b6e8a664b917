"""Augmentation in recipes: what they take over, and what is refused."""

from typing import Any

import pytest

from made_up import made_up_cell, made_up_task
from regen.config.augmentation import Augmentation, augmentation_modules
from regen.config.task_types import TASK_TYPES, TaskType
from regen.errors import UserError
from small_project import MORE, WORDS, SmallProject

METHODS: dict[str, dict[str, Any]] = {
    **{name: {} for name in Augmentation.model_fields},
    "back_translation": {"there": {"folder": "models/there"}, "back": {"folder": "models/back"}},
}
SUITED = {
    "classification": set(METHODS) - {"entity_swap"},
    "pair_classification": set(METHODS) - {"entity_swap", "concatenation"},
    "tagging": set(METHODS) - {"back_translation"},
}


@pytest.mark.parametrize("task_type", TASK_TYPES)
@pytest.mark.parametrize("method", METHODS)
def test_methods_suit_types_whose_answers_they_keep(method: str, task_type: TaskType) -> None:
    task = made_up_task(task_type, [] if task_type == "span_qa" else ["a", "b"], "zh")
    options = {"estimator": "encoder", "augmentation": {method: METHODS[method]}}
    if method in SUITED.get(task_type, ()):
        config = made_up_cell(task=task, **options)
        assert config.augmentation is not None
        assert list(config.augmentation.methods) == [method]
    else:
        with pytest.raises(UserError, match=rf"^cell .*: augmentation.{method}: found task type {task_type}, expected"):
            made_up_cell(task=task, **options)


@pytest.mark.parametrize("method", ["synonyms", "homophones"])
def test_chinese_methods_are_refused_elsewhere(method: str) -> None:
    with pytest.raises(UserError) as error:
        made_up_cell("linear", made_up_task("classification", ["a", "b"]), augmentation={method: {}})
    told = f"cell made_up.linear: augmentation.{method}: found language 'en', expected zh; leave the method out"
    assert str(error.value) == told


def test_neighbours_need_an_encoder() -> None:
    with pytest.raises(
        UserError, match=r"neighbours: found an estimator without an encoder, expected one with the opt"
    ):
        made_up_cell("linear", made_up_task("classification", ["a", "b"]), augmentation={"neighbours": {}})


MISTAKES = {
    "no method": ("{}", "more.augmentation: found no method, expected one with its settings, such as 'typos: {}'"),
    "all methods off": ("{typos: null}", "more.augmentation: found no method, expected one"),
    "a list": ("[typos]", "more.augmentation: Input should be a valid dictionary"),
    "unknown method": (
        "{typo: {}}",
        "more.augmentation.typo: unknown key; known keys here: synonyms, neighbours, homophones, typos, entity_swap, "
        "concatenation, back_translation (did you mean typos?)",
    ),
    "unknown setting": ("{typos: {shares: 0.1}}", "more.augmentation.typos.shares: unknown key; known keys here: copi"),
    "share": ("{typos: {share: 0}}", "more.augmentation.typos.share: Input should be greater than 0 (found 0)"),
    "copies": ("{typos: {copies: 0}}", "more.augmentation.typos.copies: Input should be greater than or equal to 1"),
    "similarity": ("{neighbours: {similarity: 2}}", "more.augmentation.neighbours.similarity: Input should be less th"),
    "no model": ("{back_translation: {}}", "more.augmentation.back_translation.there: this key is missing; and 1 more"),
    "model": (
        "{back_translation: {there: {folder: ''}, back: {folder: a}}}",
        "more.augmentation.back_translation.there.folder: String should have at least 1 character (found '')",
    ),
    "beams": (
        "{back_translation: {there: {folder: a}, back: {folder: a}, copies: 5}}",
        "more.augmentation.back_translation: 'copies' must be at most 'beams' (found 5 and 4)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    text, told = MISTAKES[mistake]
    project.check_mistake(MORE, "options: {c: 5.0}", f"augmentation: {text}", f":4: {told}")


def test_a_method_that_does_not_suit_a_cell_is_named_in_the_suite(project: SmallProject) -> None:
    project.edit(MORE, "options: {c: 5.0}", "augmentation: {entity_swap: {}}")
    assert project.error().startswith(
        "conf/base/suites/demo.yml:5: cell topic.more: augmentation.entity_swap: found ta"
    )


def test_a_recipe_takes_methods_over_and_may_leave_one_out(project: SmallProject) -> None:
    project.edit(WORDS, "  seeds: [0, 1]\n", "  seeds: [0, 1]\n  augmentation: {typos: {copies: 2}, synonyms: {}}\n")
    project.edit(MORE, "options: {c: 5.0}", "augmentation: {typos: null, homophones: {share: 0.2}}")
    specs = project.specs()
    found = {cell: specs.config(cell).augmentation for cell in ("topic.words", "topic.more", "names.tagger")}
    methods = {cell: list(each.methods) if each else None for cell, each in found.items()}
    assert methods == {
        "topic.words": ["synonyms", "typos"],
        "topic.more": ["synonyms", "homophones"],
        "names.tagger": None,
    }


def test_modules_and_folders_are_those_of_the_methods() -> None:
    assert augmentation_modules(None) == []
    both = Augmentation.model_validate({name: METHODS[name] for name in ("typos", "back_translation")})
    assert augmentation_modules(both) == [
        "regen.augmentation.augment",
        "regen.augmentation.typos",
        "regen.augmentation.back_translation",
    ]
    assert both.folders == ["models/there", "models/back"]
    assert Augmentation.model_validate({"typos": {}}).folders == []
