import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regen.reporting.cells import cell_view
from regen.reporting.search_charts import search_charts
from regen.reporting.searches import search_view
from regen.reporting.site import write_site

Record = dict[str, Any]
Make = Callable[..., Record]


def test_no_search_no_block(record: Make, tmp_path: Path) -> None:
    assert cell_view(record("a.x", [0.5])).search is None
    write_site([record("a.x", [0.5])], "One", tmp_path)
    assert "Search" not in (tmp_path / "cells/a/x.html").read_text(encoding="utf-8")


def test_facts_and_pick(searched: Record) -> None:
    view = search_view(searched)
    assert view is not None
    assert view.facts == [
        "7 trials: 5 complete, 1 pruned, 1 failed",
        "sampler tpe, seed 0",
        "pruner halving (rungs [1], reduction 2)",
        "objective: score",
        "11,000 tokens trained on in all",
        "1 worker, the same each time",
    ]
    assert view.pick == [
        "picked: trial 6, the least operations among some",
        "score × 100: recipe’s own values 50.00",
        "picked 65.00",
        "best 70.00 [64.00, 75.00] (trial 3)",
    ]


def test_facts_of_other_searches(searched: Record) -> None:
    found = searched["search"]
    found["search"] |= {"pruner": None, "objectives": ["score", "checkpoint_bytes"], "cost": "checkpoint_bytes"}
    found["search"]["inner"] = {"seeds": [0, 1], "folds": 3}
    found |= {"workers": 2, "order": "several workers: trials may differ from run to run", "tokens": None}
    found["picked"]["recipe"] = None
    view = search_view(searched)
    assert view is not None
    assert view.facts[2:] == [
        "no pruner",
        "objectives: score, checkpoint bytes",
        "score of a trial: mean over 3 folds × 2 seeds",
        "2 workers, trials may differ from run to run",
    ]
    assert view.pick[1] == "score × 100: recipe’s own values –"
    assert view.charts["Scores by trial"].figure["layout"]["yaxis"]["title"]["text"] == "score in 3 folds × 100"


def test_a_first_stage(searched: Record) -> None:
    found = searched["search"]
    found["search"] |= {"pruner": None, "first_stage": {"epochs": 1, "tokens": None, "top": 3}}
    found["trials"][2] |= {"state": "paused", "first_stage": 0.48}
    view = search_view(searched)
    assert view is not None
    assert view.facts[0] == "7 trials: 5 complete, 1 paused, 1 failed"
    assert view.facts[3] == "first stage: epochs 1, top 3"
    assert traces(searched, "Scores by trial")["paused"]["y"] == [48]


def test_table_of_trials(searched: Record) -> None:
    view = search_view(searched)
    assert view is not None
    grid = view.trials
    assert grid.groups == [("trial", 3), ("values", 3), ("costs", 3), ("failure", 1)]
    assert [*grid.columns] == [
        *("state", "source", "score × 100", "rate", "layers", "warmup"),
        *("tokens", "operations", "checkpoint bytes", "error"),
    ]
    rows = dict(grid.rows)
    assert list(rows) == ["0", "1", "2", "3", "4", "5", "6"]
    assert rows["0"] == ["complete", "recipe", "50.00", "0.0001", "0", "–", "2,000", "1,000,000,000", "1,234", ""]
    assert rows["2"] == ["pruned", "sampled", "–", "0.0003", "0", "–", "1,000", "–", "–", ""]
    assert rows["5"] == ["failed", "sampled", "–", "0.0006", "4", "0.3", "–", "–", "–", "ValueError: <b>no</b>"]
    assert rows["6"][0] == "complete, picked"
    del searched["search"]["trials"][5]["error"]
    without = search_view(searched)
    assert without is not None
    assert "error" not in without.trials.columns


def traces(searched: Record, title: str) -> dict[str, Record]:
    return {trace["name"]: trace for trace in search_charts(searched)[title].figure["data"]}


def test_charts_name_colours_of_the_page(searched: Record) -> None:
    history = traces(searched, "Scores by trial")
    assert {name: trace["x"] for name, trace in history.items()} == {
        "best so far": [0, 1, 2, 3, 4, 5, 6],
        "complete": [0, 1, 3, 4, 6],
        "pruned": [2],
        "failed": [5],
        "picked": [6],
    }
    assert history["best so far"]["y"] == [50, 60, 60, 70, 70, 70, 70]
    assert (history["failed"]["y"], history["failed"]["marker"]["color"]) == ([47], "alarm")
    names = {text.split(":")[0].strip() for text in style().split("--")[1:]}
    used = [color for chart in search_charts(searched).values() for color in colours(chart.figure)]
    assert set(used) <= names
    assert {"test", "muted", "page"} <= set(used)


def style() -> str:
    return (Path(__file__).parents[2] / "src/regen/reporting/static/style.css").read_text(encoding="utf-8")


def colours(value: Any) -> list[str]:
    if isinstance(value, list):
        return [colour for part in value for colour in colours(part)]
    if not isinstance(value, dict):
        return []
    named = [value[key] for key in ("color", "bgcolor") if isinstance(value.get(key), str)]
    return named + [colour for part in value.values() for colour in colours(part)]


def test_charts_have_no_looks_of_their_own(searched: Record) -> None:
    charts = search_charts(searched)
    assert [chart.id for chart in charts.values()] == [
        f"search-{view}-names.sought" for view in ("history", "rungs", "pareto", "importance", "parallel", "slice")
    ]
    for chart in charts.values():
        assert not {"template", "title", "width", "plot_bgcolor"} & set(chart.figure["layout"])
        assert "names.sought" in chart.label
        assert "rgb" not in json.dumps(chart.figure)
        assert chart.least < chart.width


def test_pareto_front_and_slices(searched: Record) -> None:
    pareto = traces(searched, "Score against cost")
    assert {name: trace["y"] for name, trace in pareto.items()} == {
        "dominated": [50, 60, 62.5],
        "Pareto front": [70, 65],
        "picked": [65],
    }
    slices = search_charts(searched)["Score by each parameter (later trials stand out)"].figure
    assert slices["data"][1]["text"] == ["trial 0", "trial 1", "trial 3", "trial 4", "trial 6"]
    assert slices["layout"]["xaxis2"]["ticktext"] == ["0.0001", "0.00026", "0.0007"]


@pytest.mark.parametrize("scores", [{}, {3: 0.0, 6: 0.0}])
def test_views_without_data_are_left_out(searched: Record, scores: dict[int, float]) -> None:
    found = searched["search"]
    for trial in found["trials"]:
        trial |= {"rungs": {}, "costs": {}}
        if trial["number"] in (0, 1, 4):
            trial |= {"state": "pruned", "score": None}
        if trial["number"] in scores:
            trial["score"] = scores[trial["number"]]
    assert list(search_charts(searched)) == [
        "Scores by trial",
        "Values and scores (better trials stand out)",
        "Score by each parameter (later trials stand out)",
    ]


def test_scores_that_do_not_vary_have_no_importance(searched: Record) -> None:
    for trial in searched["search"]["trials"]:
        trial["score"] = None if trial["score"] is None else 0.0
    assert len(search_charts(searched)) == 5
    assert not [chart for chart in search_charts(searched).values() if "importance" in chart.id]


def test_equal_records_give_equal_bytes(searched: Record, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_site([searched], "Sought", tmp_path / name)
        pages.append((tmp_path / name / "cells/names/sought.html").read_bytes())
    assert pages[0] == pages[1]
    assert b"ValueError: &lt;b&gt;no&lt;/b&gt;" in pages[0]


@pytest.mark.parametrize("recipe", ["minilm_2k_search", "minilm_2k_search_whole"])
def test_written_results_number_trials_as_records_do(recipe: str) -> None:
    project = Path(__file__).parents[2]
    record = json.loads((project / f"data/08_reporting/cells/conll2003/{recipe}/record.json").read_text("utf-8"))
    trial = record["search"]["picked"]["trial"]
    assert f"| best trial of both: number {trial} (" in (project / "docs/results.md").read_text("utf-8")
