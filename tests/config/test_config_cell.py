"""The effective config of a cell: what stands over what, and a digest that notices everything."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig, cell_config
from regen.config.load import Specs
from regen.config.recipe import RecipeSpec
from regen.errors import UserError
from small_project import SmallProject

FIELDS: dict[str, Any] = {
    "cell": "topic.words",
    "task": "topic",
    "task_version": 1,
    "task_type": "classification",
    "language": "zh",
    "metric": "accuracy",
    "labels": ("体育", "财经"),
    "splits": {"dev": True, "test": False},
    "recipe": "words",
    "estimator": "linear",
    "options": {"c": 1.0, "words": None},
    "seeds": (0, 1),
    "train_examples": None,
    "selection": "none: one fixed setting",
    "augmentation": None,
    "device": "cpu",
    "threads": 1,
    "precision": None,
}
OTHERS: dict[str, list[Any]] = {
    "cell": ["topic.more"],
    "task": ["names"],
    "task_version": [2],
    "task_type": ["pair_classification", "tagging"],
    "language": ["en"],
    "metric": ["span_f1"],
    "labels": [("体育",), ("财经", "体育")],
    "splits": [{"dev": True}, {"dev": True, "test": True}],
    "recipe": ["more"],
    "estimator": ["majority"],
    "options": [{"c": 1.0}, {"c": 1.0, "words": 0}, {"c": 1.5, "words": None}],
    "seeds": [(0,), (1, 0)],
    "train_examples": [1],
    "selection": ["best of two on dev"],
    "augmentation": [{"typos": {}}, {"typos": {"copies": 2}}],
    "device": ["cuda"],
    "threads": [2],
    "precision": ["bf16"],
}


def _digest(**changes: Any) -> str:
    return CellConfig(**{**FIELDS, **changes}).digest


def test_every_field_changes_the_digest() -> None:
    assert FIELDS.keys() == OTHERS.keys() == CellConfig.model_fields.keys()
    digests = [_digest(), *(_digest(**{name: value}) for name, values in OTHERS.items() for value in values)]
    assert len(set(digests)) == len(digests)


def test_the_digest_is_that_of_the_canonical_json() -> None:
    text = json.dumps(FIELDS, sort_keys=True, ensure_ascii=False)
    assert _digest() == hashlib.sha256(text.encode()).hexdigest()


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    turned = dict(reversed(FIELDS.items()))
    turned["options"] = {"words": None, "c": 1.0}
    turned["splits"] = {"test": False, "dev": True}
    assert CellConfig(**turned).digest == _digest()


_OPTIONS = st.dictionaries(
    st.sampled_from("abc"), st.one_of(st.none(), st.text(max_size=3), st.lists(st.text(max_size=2)))
)


@settings(deadline=None)
@given(_OPTIONS, _OPTIONS)
def test_digests_are_equal_where_options_are(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (_digest(options=one) == _digest(options=other)) == (one == other)


@settings(deadline=None)
@given(_OPTIONS)
def test_a_config_that_went_through_json_has_its_digest(options: dict[str, Any]) -> None:
    config = CellConfig(**{**FIELDS, "options": options})
    assert CellConfig(**json.loads(json.dumps(config.model_dump(mode="json")))).digest == config.digest


@pytest.fixture
def specs(project: SmallProject) -> Specs:
    return project.specs()


def test_the_task_stands_over_the_recipe_and_the_recipe_over_the_default(specs: Specs) -> None:
    config = specs.config("topic.words")
    assert config.options["c"] == 2.0  # task; the recipe says 1.0, the estimator 1.0
    assert config.options["min_frequency"] == 3  # recipe; the estimator says 1
    assert config.options["iterations"] == 1000  # estimator
    assert config.options["words"] == [1, 2]


def test_a_task_may_run_other_seeds_of_a_recipe(specs: Specs) -> None:
    task = specs.tasks["topic"].model_copy(update={"seeds": {"more": (7,)}})
    assert cell_config("topic", task, "more", specs.recipes["more"]).seeds == (7,)
    assert cell_config("topic", task, "words", specs.recipes["words"]).seeds == specs.recipes["words"].seeds


def test_overrides_are_for_the_recipe_that_they_name(specs: Specs) -> None:
    assert specs.config("topic.more").options["c"] == 5.0


def test_all_else_comes_from_task_and_recipe(specs: Specs) -> None:
    config = specs.config("names.tagger").model_dump()
    del config["options"]
    assert config == {
        "cell": "names.tagger",
        "task": "names",
        "task_version": 1,
        "task_type": "tagging",
        "language": "en",
        "metric": "span_f1",
        "labels": ("X",),
        "splits": {"dev": True, "test": False},
        "recipe": "tagger",
        "estimator": "crf",
        "seeds": (0,),
        "train_examples": None,
        "selection": "none: one fixed setting",
        "augmentation": None,
        "device": "cpu",
        "threads": 1,
        "precision": None,
    }


def test_recipe_and_version_reach_the_cell(specs: Specs) -> None:
    recipe = RecipeSpec(title="x", estimator="majority", seeds=(3, 4), train_examples=5, selection="by hand")
    task = specs.tasks["topic"].model_copy(update={"version": 7})
    config = cell_config("topic", task, "some", recipe)
    assert (config.cell, config.task_version) == ("topic.some", 7)
    assert (config.seeds, config.train_examples, config.selection) == ((3, 4), 5, "by hand")


def test_an_estimator_for_other_types_is_refused(specs: Specs) -> None:
    with pytest.raises(
        UserError, match=r"cell names\.words: estimator 'linear' suits classification, .*pair_classification, "
    ):
        specs.config("names.words")


def test_a_wrong_option_is_named(specs: Specs) -> None:
    recipe = RecipeSpec(title="x", estimator="linear", options={"c": 0})
    with pytest.raises(UserError, match=r"cell topic.some: option 'c': .* \(found 0\)"):
        cell_config("topic", specs.tasks["topic"], "some", recipe)


@pytest.mark.parametrize("column", ["tags", "tokens", "id", "document", "chunk"])
def test_labels_and_unknown_columns_are_no_features(column: str) -> None:
    task = made_up_task("tagging", ["LOC"])
    with pytest.raises(UserError) as caught:
        made_up_cell("crf", task, {"columns": [column]})
    assert str(caught.value) == (
        f"cell made_up.crf: option 'columns': found {column}, expected further fields of the task: pos"
    )
    assert made_up_cell("crf", task, {"columns": ["pos"]}).options["columns"] == ["pos"]
