"""From a space to values."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from optuna import create_study
from optuna.samplers import RandomSampler
from search_bench import search_spec

from regen.config.search import SearchSpec
from regen.search.space import active, distribution, grid, planned_trials, shown, suggest
from regen.search.storage import quiet

KIND = {"type": "categorical", "choices": ["plain", "other"]}
EXTRA = {"type": "float", "low": 0.0, "high": 0.3, "step": 0.1, "when": {"kind": ["other"]}}
TREE = {"kind": KIND, "extra": EXTRA, "size": {"type": "int", "low": 1, "high": 3, "step": 2}}
OWN = {"kind": "plain", "extra": 0.0, "size": 3, "score": 0.5}


def test_parameters_of_branches_that_are_not_taken_are_missing() -> None:
    space = search_spec(space=TREE).space
    assert active(space, OWN) == {"kind": "plain", "size": 3}
    assert active(space, {**OWN, "kind": "other"}) == {"kind": "other", "extra": 0.0, "size": 3}


def test_a_branch_below_a_branch() -> None:
    deep = {
        "kind": KIND,
        "keep": {"type": "categorical", "choices": ["best", "last"], "when": {"kind": ["other"]}},
        "size": {"type": "int", "low": 1, "high": 2, "when": {"keep": ["best"]}},
    }
    assert grid(search_spec(space=deep).space) == [
        {"kind": "plain"},
        {"kind": "other", "keep": "best", "size": 1},
        {"kind": "other", "keep": "best", "size": 2},
        {"kind": "other", "keep": "last"},
    ]


def test_true_is_not_one_in_a_branch() -> None:
    space = {
        "balanced": {"type": "categorical", "choices": [False, True]},
        "size": {"type": "int", "low": 1, "high": 2, "when": {"balanced": [True]}},
    }
    assert active(search_spec(space=space).space, {"balanced": 1, "size": 2}) == {"balanced": 1}


def test_the_grid_is_the_product_and_a_branch_that_is_not_taken_adds_nothing() -> None:
    points = grid(search_spec(space=TREE).space)
    assert points[:3] == [
        {"kind": "plain", "size": 1},
        {"kind": "plain", "size": 3},
        {"kind": "other", "extra": 0.0, "size": 1},
    ]
    assert len(points) == 2 + 4 * 2
    assert max(point.get("extra", 0) for point in points) == 0.3


def test_planned_trials_come_in_order_and_each_once() -> None:
    fixed = [
        {"source": "a paper", "values": {"kind": "other", "extra": 0.1}},
        {"source": "again", "values": {"size": 3}},
        {"source": "a page", "values": {"size": 1}},
    ]
    planned = planned_trials(search_spec(sampler="grid", space=TREE, fixed=fixed), OWN)
    assert [trial.source for trial in planned] == ["recipe", "a paper", "a page", *["grid"] * 7]
    assert planned[0].values == {"kind": "plain", "size": 3}
    assert planned[1].values == {"kind": "other", "extra": 0.1, "size": 3}
    assert len(planned_trials(search_spec(space=TREE, fixed=fixed), OWN)) == 3


def test_values_in_one_line() -> None:
    assert shown({"rate": 0.00012345, "size": 3, "kind": None}) == "rate 0.000123, size 3, kind None"


@st.composite
def dimensions(draw: st.DrawFn) -> dict[str, Any]:
    """Give a parameter."""
    kind: str = draw(st.sampled_from(["float", "step", "log", "int", "categorical"]))
    if kind == "categorical":
        some: st.SearchStrategy[Any] = st.one_of(st.none(), st.integers(2, 9), st.text("ab", max_size=2))
        return {"type": kind, "choices": draw(st.lists(some, min_size=2, max_size=4, unique=True))}
    if kind == "int":
        first, stride = draw(st.integers(-5, 5)), draw(st.integers(1, 3))
        return {"type": "int", "low": first, "high": first + stride * draw(st.integers(1, 5)), "step": stride}
    low = draw(st.sampled_from([0.001, 0.1, 1 / 3, 2.0]))
    if kind == "step":
        low, step = draw(st.sampled_from([0.0, 0.001, 0.1, 2.0])), draw(st.sampled_from([0.1, 0.05, 0.3, 0.007]))
        high = round(low + step * draw(st.integers(1, 20)), 6)  # as somebody would write it
        return {"type": "float", "low": low, "high": high, "step": step}
    return {"type": "float", "low": low, "high": low * draw(st.floats(1.5, 100)), "log": kind == "log"}


@st.composite
def searches(draw: st.DrawFn) -> SearchSpec:
    """Give a search whose later parameters may depend on earlier categorical ones."""
    space: dict[str, Any] = {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        space[name] = draw(dimensions())
        above = [other for other in space if other != name and space[other]["type"] == "categorical"]
        if draw(st.booleans()) and above:
            other: str = draw(st.sampled_from(above))
            space[name]["when"] = {other: [draw(st.sampled_from(space[other]["choices"]))]}
    return search_spec(space=space)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(searches(), st.integers(0, 2**31))
def test_every_point_lies_in_the_space(search: SearchSpec, seed: int) -> None:
    with quiet():
        study = create_study(sampler=RandomSampler(seed=seed))
    for _ in range(3):
        values = suggest(study.ask(), search.space)
        assert values == active(search.space, {**dict.fromkeys(search.space), **values})
        for name, value in values.items():
            assert search.space[name].holds(value)
            assert distribution(search.space[name])._contains(distribution(search.space[name]).to_internal_repr(value))


@settings(max_examples=60, deadline=None)
@given(dimensions())
def test_every_point_of_a_grid_lies_in_the_space(raw: dict[str, Any]) -> None:
    dimension = search_spec(space={"a": raw}).space["a"]
    points = dimension.points()
    if points is None:
        assert raw["type"] == "float"
        return
    assert all(dimension.holds(point) for point in points)
    if raw["type"] != "categorical":
        assert (points[0], points[-1]) == (raw["low"], raw["high"])


@pytest.mark.parametrize("value", [True, "1", None, 1.5, 0, 4])
def test_what_an_int_does_not_hold(value: Any) -> None:
    assert not search_spec(space={"a": {"type": "int", "low": 1, "high": 3}}).space["a"].holds(value)
