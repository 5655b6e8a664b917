"""Every mistake in a search is one line that names file, line and key, before any work."""

import pytest

from regen.config.search import SearchSpec
from small_project import MORE, WORDS, SmallProject

RECIPE = """\
words:
  title: Words
  estimator: linear
  options: {c: 1.0, min_frequency: 3}
  search:
    trials: 4
    space:
      balanced: {type: categorical, choices: [false, true]}
      c: {type: float, low: 0.5, high: 8.0, log: true}
      min_frequency: {type: int, low: 1, high: 4}
"""
ENCODER = """\
words:
  title: Words
  estimator: encoder
  options: {encoder: tiny, learning_rate: 0.001}
  search:
    trials: 4
    space:
      learning_rate: {type: float, low: 0.0001, high: 0.01, log: true}
"""
TREE = "words.search.space"
MISTAKES = {
    # the space
    "low above high": ("low: 0.5", "low: 9.0", 9, f"{TREE}.c", "must be above 'low' (found 9.0 and 8.0)"),
    "low is high": ("low: 0.5", "low: 8.0", 9, f"{TREE}.c", "must be above 'low' (found 8.0 and 8.0)"),
    "low above high of an int": ("low: 1, high: 4", "low: 5, high: 4", 10, f"{TREE}.min_frequency", "above 'low'"),
    "log of nothing": ("low: 0.5", "low: 0.0", 9, f"{TREE}.c", "must be above 0 with 'log' (found 0.0)"),
    "log below nothing": ("low: 0.5", "low: -1", 9, f"{TREE}.c", "must be above 0 with 'log' (found -1.0)"),
    "no end": ("high: 8.0", "high: .inf", 9, f"{TREE}.c", "should be a finite number (found inf)"),
    "log and step": ("log: true", "log: true, step: 0.5", 9, f"{TREE}.c", "'step' and 'log' do not go together"),
    "step of nothing": ("log: true", "step: 0", 9, f"{TREE}.c", "should be greater than 0 (found 0)"),
    "step beside high": ("log: true", "step: 0.7", 9, f"{TREE}.c", "must lead from 'low' to 'high' (found 0.7)"),
    "step of an int": (
        "high: 4",
        "high: 4, step: 2",
        10,
        f"{TREE}.min_freq",
        "must lead from 'low' to 'high' (found 2)",
    ),
    "one choice": ("[false, true]", "[false]", 8, f"{TREE}.balanced", "should have at least 2 items"),
    "choice twice": ("[false, true]", "[false, true, true]", 8, f"{TREE}.balanced", "must differ, found [False, True"),
    "kind of a parameter": ("type: int", "type: integer", 10, f"{TREE}.min_frequency", "found using 'type' does not"),
    "no option": ("c: {type", "d: {type", 9, f"{TREE}.d", "is no option that can be searched; known: min_freq"),
    "choice that is refused": ("[false, true]", "[false, 7]", 8, f"{TREE}.balanced", "the space holds 7: Input should"),
    "bound that is refused": (
        "low: 1, high",
        "low: 0, high",
        10,
        f"{TREE}.min_f",
        "the space holds 0: Input should be",
    ),
    "own value outside": ("low: 0.5", "low: 2.0", 9, f"{TREE}.c", "own value is tried first, but the space lacks 1.0"),
    "own value between": ("low: 0.5, high: 8.0, log: true", "low: 0.8, high: 1.8, step: 0.5", 9, f"{TREE}.c", "1.0"),
    "empty": (RECIPE[RECIPE.index("\n      bal") :], " {}\n", 7, TREE, "should have at least 1 item"),
    # branches
    "branch of no choices": (
        "log: true",
        "log: true, when: {min_frequency: [3]}",
        9,
        f"{TREE}.c.when.min_frequency",
        "is no categorical parameter of this space",
    ),
    "branch of nothing": ("log: true", "log: true, when: {words: [3]}", 9, f"{TREE}.c.when.words", "is no categorical"),
    "branch of a later one": (
        "      balanced: {type: categorical, choices: [false, true]}\n",
        "      min_frequency: {type: int, low: 1, high: 4, when: {balanced: [true]}}\n"
        "      balanced: {type: categorical, choices: [false, true]}\n",
        8,
        f"{TREE}.min_frequency.when.balanced",
        "must stand above what depends on it",
    ),
    "branch of a wrong choice": (
        "log: true",
        "log: true, when: {balanced: [1]}",
        9,
        f"{TREE}.c.when.balanced",
        "found [1], expected of [False, True]",
    ),
    "branch without a choice": (
        "log: true",
        "log: true, when: {balanced: []}",
        9,
        f"{TREE}.c.when.bal",
        "found nothing",
    ),
    # fixed trials
    "fixed outside": (
        "    space:",
        "    fixed:\n      - {source: paper, values: {c: 9.0}}\n    space:",
        8,
        "words.search.fixed.0.values.c",
        "found 9.0, which the space does not hold",
    ),
    "fixed unknown": (
        "    space:",
        "    fixed:\n      - {source: paper, values: {d: 1.0}}\n    space:",
        8,
        "words.search.fixed.0.values.d",
        "is no parameter of the space: balanced, c, min_frequency",
    ),
    "fixed without values": (
        "    space:",
        "    fixed: [{source: x, values: {}}]\n    space:",
        7,
        "words.search.fixed.0",
        "",
    ),
    # how it is searched
    "trials": ("trials: 4", "trials: -1", 6, "words.search.trials", "should be greater than or equal to 0 (found -1)"),
    "sampler": (
        "trials: 4",
        "trials: 4\n    sampler: cma",
        7,
        "words.search.sampler",
        "Input should be 'grid', 'random'",
    ),
    "pruner": (
        "    space:",
        "    pruner: {type: best}\n    space:",
        7,
        "words.search.pruner",
        "found using 'type' does not",
    ),
    "rungs": (
        "    space:",
        "    pruner: {type: halving, rungs: [2, 1]}\n    space:",
        7,
        "words.search.pruner",
        "must rise, found [2, 1]",
    ),
    "threshold": (
        "    space:",
        "    pruner: {type: threshold, lowest: 80}\n    space:",
        7,
        "words.search.pruner",
        "less than or equal to 1 (found 80)",
    ),
    "grid of floats": (
        "trials: 4",
        "trials: 4\n    sampler: grid",
        10,
        f"{TREE}.c",
        "a grid needs 'step', or type int or categorical",
    ),
    "unknown cost": ("trials: 4", "trials: 4\n    cost: seconds", 7, "words.search.cost", "(found 'seconds')"),
    "cost that is not stated": (
        "trials: 4",
        "trials: 4\n    cost: operations",
        7,
        "words.search.cost",
        "found operations, expected for this estimator: checkpoint_bytes",
    ),
    "pruner without epochs": (
        "    space:",
        "    pruner: {type: median}\n    space:",
        7,
        "words.search.pruner",
        "this estimator has no epochs; give several 'inner' fits or null",
    ),
    "stage without epochs": (
        "    space:",
        "    first_stage: {epochs: 1}\n    space:",
        7,
        "words.search.first_stage",
        "this estimator has no epochs to pause after",
    ),
    "two limits": (
        "    space:",
        "    first_stage: {epochs: 1, tokens: 9}\n    space:",
        7,
        "words.search.first_stage",
        "give exactly one of epochs and tokens",
    ),
    "no limit": (
        "    space:",
        "    first_stage: {top: 2}\n    space:",
        7,
        "words.search.first_stage",
        "give exactly one",
    ),
    "one fold": (
        "    space:",
        "    inner: {folds: 1}\n    space:",
        7,
        "words.search.inner.folds",
        "equal to 2 (found 1)",
    ),
    "seed twice": (
        "    space:",
        "    inner: {seeds: []}\n    space:",
        7,
        "words.search.inner.seeds",
        "at least 1 item",
    ),
}
TOGETHER = {
    "pruner with two objectives": (
        "objectives: [score, operations]\n    cost: operations\n    pruner: {type: median}",
        9,
        "words.search.pruner: only a single objective can stop trials; take objectives: [score]",
    ),
    "another cost": (
        "objectives: [score, operations]",
        5,
        "words.search.cost: found checkpoint_bytes, expected the second objective, operations",
    ),
    "stage with a pruner": (
        "first_stage: {epochs: 1}\n    pruner: {type: median}",
        8,
        "words.search.pruner: does not go with 'first_stage', which stops trials itself",
    ),
    "stage with two objectives": (
        "first_stage: {epochs: 1}\n    objectives: [score, operations]\n    cost: operations",
        7,
        "words.search.first_stage: a trial that pauses has no cost yet; take objectives: [score]",
    ),
    "stage with seeds": (
        "first_stage: {epochs: 1}\n    inner: {seeds: [0, 1]}",
        7,
        "words.search.first_stage: needs one inner fit: one seed and no folds",
    ),
}
UNKNOWN = {
    "of a search": ("trials: 4", "trails: 4", 6, "words.search.trails"),
    "of a parameter": ("log: true", "logarithmic: true", 9, "words.search.space.c"),
    "of a pruner": ("    space:", "    pruner: {type: median, trails: 3}\n    space:", 7, "words.search.pruner"),
    "of fixed trials": ("    space:", "    fixed: [{source: x, value: {c: 1}}]\n    space:", 7, "words.search.fixed.0"),
    "of inner": ("    space:", "    inner: {seed: 3}\n    space:", 7, "words.search.inner.seed"),
    "of the stage": ("    space:", "    first_stage: {epoch: 3}\n    space:", 7, "words.search.first_stage.epoch"),
}


def said(project: SmallProject, recipe: str, old: str, new: str) -> str:
    """Spoil a recipe; give the one line that is said."""
    assert recipe.count(old) == 1
    project.write(WORDS, recipe.replace(old, new))
    return project.quick_error()


def test_a_right_search_is_read(project: SmallProject) -> None:
    project.write(WORDS, RECIPE)
    search = project.specs().recipes["words"].search
    assert isinstance(search, SearchSpec)
    assert list(search.space) == ["balanced", "c", "min_frequency"]
    assert project.specs().searches("topic.words")
    assert not project.specs().searches("names.tagger")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    old, new, line, key, text = MISTAKES[mistake]
    recipe = RECIPE[: RECIPE.rindex("      min")] if mistake == "branch of a later one" else RECIPE
    told = said(project, recipe, old, new)
    assert told.startswith(f"conf/{WORDS}:{line}: {key}")
    assert text in told


@pytest.mark.parametrize("mistake", TOGETHER)
def test_keys_that_do_not_go_together(project: SmallProject, mistake: str) -> None:
    keys, line, text = TOGETHER[mistake]
    told = said(project, ENCODER, "trials: 4", f"trials: 4\n    {keys}")
    assert told == f"conf/{WORDS}:{line}: {text}"


@pytest.mark.parametrize("mistake", UNKNOWN)
def test_an_unknown_key_is_named(project: SmallProject, mistake: str) -> None:
    old, new, line, key = UNKNOWN[mistake]
    told = said(project, RECIPE, old, new)
    assert told.startswith(f"conf/{WORDS}:{line}: {key}")
    assert "unknown key; known keys here: " in told


def test_what_a_task_sets_over_the_recipe_lies_in_the_space(project: SmallProject) -> None:
    """The task ``topic`` sets c to 2."""
    project.edit(MORE, "c: 5.0", "c: 1.0")
    told = said(project, RECIPE, "high: 8.0", "high: 1.5")
    assert told.startswith("conf/base/tasks/topic.yml:25: topic.overrides.words: the recipe's own value is tried first")


@pytest.mark.parametrize("name", ["encoder"])
def test_the_encoder_is_not_searched(project: SmallProject, name: str) -> None:
    old = "learning_rate: {type: float, low: 0.0001, high: 0.01, log: true}"
    told = said(project, ENCODER, old, f"{name}: {{type: categorical, choices: [tiny, other]}}")
    assert told.startswith(
        f"conf/{WORDS}:8: words.search.space.{name}: is no option that can be searched; known: learn"
    )


def test_no_trials_is_no_search(project: SmallProject) -> None:
    project.write(WORDS, RECIPE.replace("trials: 4", "trials: 0").replace("c: {type", "d: {type"))
    assert not project.specs().searches("topic.words")


def test_a_child_may_take_the_search_away(project: SmallProject) -> None:
    project.write(WORDS, RECIPE)
    project.write("base/recipes/more.yml", "more: {title: More, extends: words, search: null}\n")
    assert not project.specs().searches("topic.more")


def test_a_search_is_merged_key_by_key_over_the_one_of_the_recipe_that_is_extended(project: SmallProject) -> None:
    project.write(WORDS, RECIPE)
    project.write("base/recipes/fewer.yml", "fewer: {title: F, extends: words, search: {trials: 2, pick: best}}\n")
    project.write("base/recipes/none.yml", "none: {title: N, extends: fewer, search: null}\n")
    recipes = project.specs().recipes
    words, fewer = recipes["words"].search, recipes["fewer"].search
    assert words is not None
    assert fewer == words.model_copy(update={"trials": 2, "pick": "best"})
    assert recipes["none"].search is None
    assert not recipes["none"].searches
