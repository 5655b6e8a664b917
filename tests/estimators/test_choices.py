"""From scores of choices to answers."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.config.recipe import Assignment
from regen.estimators.choices import chosen, exact, greedy

# Two blanks want the first choice. Greedy gives it to the second, and 1.0 to the first: 4.1; the best sum is 3.9 + 3.0.
SCORES = np.array([[3.0, -1.0, 1.0], [3.1, 3.0, 0.0]])


def blanks(*groups: int, count: int = 3) -> pd.DataFrame:
    return pd.DataFrame({"group": groups, "choices": [[str(i) for i in range(count)] for _ in groups]})


@pytest.mark.parametrize(
    ("assignment", "labels"), [("none", ["0", "0"]), ("greedy", ["2", "0"]), ("exact", ["0", "1"])]
)
def test_one_group_by_hand(assignment: Assignment, labels: list[str]) -> None:
    predictions = chosen(blanks(4, 4), SCORES.ravel(), assignment)
    assert predictions.labels == labels
    powers = np.exp(SCORES)
    expected = [powers[i, int(label)] / powers[i].sum() for i, label in enumerate(labels)]
    assert predictions.scores == pytest.approx(expected)
    assert predictions.scores.dtype == np.float64


def test_groups_do_not_meddle_with_each_other() -> None:
    scores = np.concatenate([SCORES[:1], SCORES[:1], SCORES[1:], SCORES[1:]]).ravel()
    assert chosen(blanks(1, 2, 2, 1), scores, "greedy").labels == ["2", "2", "0", "0"]
    assert chosen(blanks(1, 2, 2, 1).drop(columns="group"), scores, "greedy").labels == ["0", "0", "0", "0"]


def test_examples_may_have_different_numbers_of_choices() -> None:
    examples = pd.DataFrame({"choices": [["a", "b"], ["a", "b", "c", "d"], ["a", "b", "c"]]})
    predictions = chosen(examples, np.array([0.0, 1.0, 9.0, 8.0, 7.0, 9.5, 3.0, 3.0, 2.0]), "exact")
    assert predictions.labels == ["1", "3", "0"]
    assert predictions.scores[0] == pytest.approx(np.e / (1 + np.e))


def test_ties_go_to_the_first_choice_and_of_it_to_the_first_example() -> None:
    """As in CLUE's script, whose list runs over candidates and within each over blanks, and is sorted stably."""
    assert greedy(np.zeros((2, 3))) == {0: 0, 1: 1}
    assert greedy(np.array([[0.0, 1.0], [0.0, 1.0]])) == {0: 1, 1: 0}


@pytest.mark.parametrize("assignment", ["greedy", "exact"])
def test_examples_without_a_choice_left_take_their_best(assignment: Assignment) -> None:
    scores = np.array([[5.0, 1.0], [4.0, 3.5], [2.0, 0.0]])
    labels = chosen(blanks(0, 0, 0, count=2), scores.ravel(), assignment).labels
    assert labels == ["0", "1", "0"]


@given(st.integers(1, 4), st.integers(0, 2**20))
@settings(deadline=None, max_examples=40)
def test_exact_is_the_best_of_all_ways(examples: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(examples, 4))
    dealt = exact(scores)
    assert sorted(dealt) == list(range(examples))
    assert len(set(dealt.values())) == examples
    best = max(sum(scores[range(examples), way]) for way in permutations(range(4), examples))
    assert sum(scores[example, choice] for example, choice in dealt.items()) == pytest.approx(best)


@given(st.integers(1, 4), st.integers(0, 2**20))
@settings(deadline=None, max_examples=40)
def test_greedy_gives_no_choice_twice_and_the_highest_score_away(examples: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(examples, 4))
    dealt = greedy(scores)
    assert len(set(dealt.values())) == len(dealt) == examples
    example, choice = np.unravel_index(scores.argmax(), scores.shape)
    assert dealt[int(example)] == int(choice)
