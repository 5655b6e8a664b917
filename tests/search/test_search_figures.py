"""Six views of a study."""

from typing import Any

import pytest
from search_bench import SPACE, Bench, search_spec

from regen.search.figures import study_figures

VIEWS = ["history", "parallel", "importance", "slice", "pareto", "rungs"]
BRANCHES = {
    "kind": {"type": "categorical", "choices": ["plain", "other"]},
    "score": {"type": "float", "low": 0.1, "high": 0.9, "when": {"kind": ["plain"]}},
    "extra": {"type": "float", "low": 0.0, "high": 0.4, "when": {"kind": ["other"]}},
}
SEARCHES: dict[str, dict[str, Any]] = {
    "plain": {"trials": 6},
    "one trial": {"trials": 1},
    "two trials": {"trials": 2},
    "branches": {"trials": 8, "space": BRANCHES, "sampler": "tpe", "startup": 4},
    "pruned": {"trials": 6, "pruner": {"type": "halving", "rungs": [1], "reduction": 2}},
    "stages": {"trials": 5, "first_stage": {"epochs": 1, "top": 2}},
    "equal scores": {"trials": 6, "space": {"size": SPACE["size"]}},
    "seeds": {"trials": 3, "inner": {"seeds": [0, 1]}},
    "two objectives": {"trials": 5, "objectives": ["score", "operations"], "cost": "operations"},
}


@pytest.mark.parametrize("keys", SEARCHES.values(), ids=SEARCHES)
def test_six_views_and_the_same_again(bench: Bench, keys: dict[str, Any]) -> None:
    document, best = bench.run(search_spec(**keys))
    figures = study_figures(document, best)
    assert list(figures) == VIEWS
    again = study_figures(document, best)
    for name, figure in figures.items():
        assert figure.to_json() == again[name].to_json()
        assert figure.data or figure.layout.title.text, f"{name} is empty and says nothing"
    assert figures["history"].layout.title.text == f"picked: trial {best['trial']}"


def test_what_history_and_front_show(bench: Bench) -> None:
    fixed = [{"source": "hand", "values": {"score": score, "size": size}} for score, size in ((0.3, 20), (0.8, 30))]
    document, best = bench.run(search_spec(3, fixed=fixed, cost="operations", pick="best"))
    figures = study_figures(document, best)
    line = next(trace for trace in figures["history"].data if trace.name == "best so far")
    assert list(line.y) == pytest.approx([50, 50, 80])
    front = {trace.name: list(trace.y) for trace in figures["pareto"].data}
    assert front["Pareto front"] == pytest.approx([50, 80])
    assert front["dominated"] == pytest.approx([30])
    assert front["picked"] == pytest.approx([80])
    assert figures["importance"].layout.title.text == "too few complete trials for an importance"
    assert list(figures["rungs"].data[0].y) == [3, 3, 3]
