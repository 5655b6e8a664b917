"""What an ensemble needs of the recipes that it names."""

from pathlib import Path

import pytest

from made_up import made_up_cell, made_up_task
from regen.config.ensemble import ensemble_config
from regen.hooks import spec_inputs
from regen.project import read_machine
from small_project import DEMO, TOPIC, SmallProject

JOINT = "base/recipes/joint.yml"
MEMBERS = "[words, more]"


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """The small project with two ensembles, one of them in its suite."""
    small = SmallProject(tmp_path)
    small.write(JOINT, f"joint:\n  title: Joint\n  estimator: ensemble\n  options:\n    members: {MEMBERS}\n")
    small.write("base/recipes/pair.yml", "pair: {title: Pair, estimator: ensemble, options: {members: [tagger]}}\n")
    small.edit(DEMO, "    - names.tagger\n", "    - names.tagger\n    - topic.joint\n")
    return small


SEARCH = "  search:\n    trials: 2\n    space: {assignment: {type: categorical, choices: [greedy, exact]}}\n"
MISTAKES = {
    "no members": (JOINT, MEMBERS, "[]", ":5: joint.options.members: found none, expected the names of recipes"),
    "forgotten": (JOINT, f"members: {MEMBERS}", "assignment: exact", ":4: joint.options.members: found none, expected"),
    "twice": (JOINT, MEMBERS, "[more, more]", ":5: joint.options.members: 'members' names more twice; name each"),
    "unknown": (JOINT, MEMBERS, "[mor]", ":5: joint.options.members.0: there is no recipe 'mor'; known: joint, more"),
    "itself": (JOINT, MEMBERS, "[joint]", ":5: joint.options.members.0: 'joint' is an ensemble; name the recipes that"),
    "another": (
        JOINT,
        MEMBERS,
        "[words, pair]",
        ":5: joint.options.members.1: 'pair' is an ensemble; name the recipes",
    ),
    "no name": (JOINT, MEMBERS, "[words, 5]", ":5: joint.options.members.1: Input should be a valid string (found 5)"),
    "unknown option": (
        JOINT,
        "members:",
        "weights:",
        ":5: joint.options.weights: unknown key; known keys here: members",
    ),
    "limit": (
        JOINT,
        "  options:",
        "  train_examples: 5\n  options:",
        ":4: joint.train_examples: an ensemble learns from",
    ),
    "augmentation": (
        JOINT,
        "  options:",
        "  augmentation: {typos: {}}\n  options:",
        ":4: joint.augmentation: an ensemble learns from",
    ),
    "search": (JOINT, "  options:", f"{SEARCH}  options:", ":4: joint.search: an ensemble has nothing to search; take"),
    "of a task's own": (
        TOPIC,
        "    words: {c: 2.0}",
        "    joint: {members: [pair]}",
        ":25: topic.overrides.joint: 'pair' is an ensemble; name the recipes that it joins",
    ),
    "lacking": (
        DEMO,
        "    - topic.more\n",
        "",
        ":6: demo.cells: topic.joint joins topic.more, which the suite lacks; add what is lacking",
    ),
}
MISTAKES_OF_A_CELL = {
    "several seeds": (
        "  options:",
        "  seeds: [0, 1]\n  options:",
        "joint: found seeds 0, 1, expected one: an ensemble",
    ),
    "no probabilities": (
        MEMBERS,
        "[plain]",
        "joint: member 'plain': estimator 'majority' gives no probability of ever",
    ),
    "another task type": (
        MEMBERS,
        "[tagger]",
        "tagger: estimator 'crf' suits relation_extraction, tagging, found task",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    project.check_mistake(*MISTAKES[mistake])


@pytest.mark.parametrize("mistake", MISTAKES_OF_A_CELL)
def test_a_mistake_of_a_cell_is_one_line_with_that_of_the_suite(project: SmallProject, mistake: str) -> None:
    old, new, said = MISTAKES_OF_A_CELL[mistake]
    project.edit(JOINT, old, new)
    assert project.quick_error().startswith(f"conf/{DEMO}:7: cell topic.{said}")


def test_questions_about_passages_have_no_ensemble(project: SmallProject) -> None:
    project.edit(TOPIC, "type: classification", "type: span_qa")
    project.edit(TOPIC, "format: json_lines", "format: squad_json")
    project.edit(TOPIC, "{text: sentence, label: label}", "{id: i, context: c, question: q, answers: a}")
    project.edit(TOPIC, "    labels: [a, b]\n", "")
    project.edit(TOPIC, "metric: accuracy", "metric: exact_match")
    project.edit(DEMO, "    - topic.words\n    - topic.more\n", "")
    said = "cell topic.joint: estimator 'ensemble' suits classification, coreference, keyword_match, multiple_choice, "
    assert project.quick_error().startswith(f"conf/{DEMO}:5: {said}")


def test_nodes_get_the_configs_of_the_members(project: SmallProject) -> None:
    specs = project.specs()
    ensemble = specs.ensemble("topic.joint")
    assert ensemble is not None
    assert [(member.cell, member.seeds) for member in ensemble.members] == [
        ("topic.words", (0, 1)),
        ("topic.more", (0, 1)),
    ]
    assert ensemble.members == (specs.config("topic.words"), specs.config("topic.more"))
    assert ensemble.folds == 1
    assert specs.ensemble("topic.words") is None
    inputs = spec_inputs(specs, read_machine({"globals": {}, "machine": {}}, project.root, {}))  # type: ignore[arg-type]
    assert inputs["params:topic.joint.members"] == ensemble
    assert "params:topic.words.members" not in inputs


@pytest.mark.parametrize(("limits", "most"), [((5, 9), 9), ((5, None), None), ((None,), None)])
def test_training_examples_are_those_of_the_member_with_most(limits: tuple[int | None, ...], most: int | None) -> None:
    task = made_up_task("tagging", ["X"])
    own = made_up_cell("ensemble", task, {"members": ["crf"]})
    members = [made_up_cell("crf", task, train_examples=limit) for limit in limits]
    assert ensemble_config(own, members).train_examples == most


def test_members_count_as_chosen_on_dev_unless_the_recipe_says_otherwise() -> None:
    task = made_up_task("tagging", ["X"])
    member = made_up_cell("crf", task)
    own = made_up_cell("ensemble", task, {"members": ["crf"]})
    assert ensemble_config(own, [member]).selection == "members chosen on dev"
    told = made_up_cell("ensemble", task, {"members": ["crf"]}, selection="all there are")
    assert ensemble_config(told, [member]).selection == "all there are"
