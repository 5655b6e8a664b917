"""The place of a trial in its study, whatever happened to those before it."""

from optuna import Study, create_study
from optuna.trial import TrialState
from search_bench import search_spec

from regen.search.sampling import ERROR, StudySampler, is_finished, place_of
from regen.search.space import Planned
from regen.search.storage import quiet
from regen.search.workers import _free

PLANNED = [Planned({"score": 0.1 * n, "size": n}, f"source {n}") for n in range(5, 9)]


def study() -> Study:
    """Give an empty study of several workers."""
    with quiet():
        return create_study(sampler=StudySampler(search_spec(), PLANNED, alone=False), direction="maximize")


def places(made: Study) -> dict[int, int]:
    """Give number -> place of the trials that hold one."""
    trials = made.get_trials(deepcopy=False)
    return {t.number: place_of(made, t) for t in trials if t.state != TrialState.FAIL or ERROR in t.user_attrs}


def test_each_trial_has_the_next_place() -> None:
    made = study()
    for _ in range(3):
        made.ask()
    assert places(made) == {0: 0, 1: 1, 2: 2}


def test_an_interrupted_trial_leaves_its_place() -> None:
    made = study()
    first, _ = made.ask(), made.ask()
    made.tell(first, state=TrialState.FAIL)
    assert places(made) == {1: 0}


def test_one_that_failed_for_good_keeps_it() -> None:
    made = study()
    first, _ = made.ask(), made.ask()
    first.set_user_attr(ERROR, "broken")
    made.tell(first, state=TrialState.FAIL)
    assert places(made) == {0: 0, 1: 1}
    assert [is_finished(trial) for trial in made.trials] == [True, False]


def test_a_trial_of_a_dead_worker_is_taken_over_in_its_place() -> None:
    """It died before it drew a value: the trial after it must not get its values, nor be left out."""
    made = study()
    made.ask()
    made.ask()
    _free(made, 0)
    for number, place in ((2, 0), (3, 2)):
        trial = made.ask()
        assert trial.number == number
        assert trial.suggest_float("score", 0.1, 0.9) == PLANNED[place].values["score"]
    assert places(made) == {1: 1, 2: 0, 3: 2}


def test_values_that_were_drawn_are_drawn_again() -> None:
    made = study()
    for _ in range(4):
        made.ask()
    drawn = made.ask()
    value = drawn.suggest_float("score", 0.1, 0.9)
    _free(made, drawn.number)
    assert made.ask().suggest_float("score", 0.1, 0.9) == value


def test_a_trial_whose_process_was_killed_twice_failed_for_good() -> None:
    made = study()
    made.ask()
    _free(made, 0)
    made.ask()
    _free(made, 1)
    assert [trial.state for trial in made.trials] == [TrialState.FAIL] * 2
    assert made.trials[1].user_attrs[ERROR] == "its process was killed twice"
    assert places(made) == {1: 0}
    made.ask()
    assert places(made) == {1: 0, 2: 1}
