from collections.abc import Callable
from typing import Any

from regen.config.statistics import StatisticsConfig
from regen.records.standing import task_standing
from regen.reporting.leaderboard import leaderboard
from regen.reporting.order import by_task
from regen.reporting.overview import Cost, Overview, overview

Record = dict[str, Any]
Make = Callable[..., Record]
FIT = {"wall_seconds": 90.0, "peak_memory_bytes": 218_000_000}


def view_of(records: list[Record], stale: dict[str, list[str]] | None = None, **given: Any) -> Overview:
    stand = {task: task_standing(own, {}, StatisticsConfig()) for task, own in by_task(records).items()}
    boards = {
        task: (leaderboard(task, own, stand[task]["leaders"], stale or {}), own)
        for task, own in by_task(records).items()
    }
    return overview(boards, given.get("benchmarks", {}), given.get("costs", {}))


def test_tasks_of_a_benchmark_stand_together_in_the_order_of_their_leaderboards(record: Make) -> None:
    records = [record(cell, [score]) for cell, score in (("a.x", 0.5), ("a.y", 0.6), ("b.x", 0.7), ("c.x", 0.8))]
    view = view_of(records, benchmarks={"a": "one", "b": "other", "c": "one"})
    assert view.tasks == {"one": ["a", "c"], "other": ["b"]}
    assert [line.row.cell for line in view.lines] == ["a.y", "a.x", "c.x", "b.x"]
    assert [line.benchmark for line in view.lines] == ["one"] * 3 + ["other"]
    assert view.recipes == ["x", "y"]
    assert view.counts == "4 cells of 3 tasks."


def test_marks_are_those_of_the_leaderboard_of_the_task(record: Make) -> None:
    view = view_of([record("a.majority", [0.5]), record("a.x", [0.5]), record("b.x", [0.9])])
    found = {line.row.cell: line.groups[0].entries["dev"] for line in view.lines}
    assert {cell: (entry.mark, entry.alarm) for cell, entry in found.items()} == {
        "a.majority": ("tie?", False),
        "a.x": ("tie?", True),
        "b.x": (None, False),
    }


def test_further_splits_stand_under_test(record: Make) -> None:
    one, other = record("a.x", [0.5], [0.25]), record("b.x", [0.5])
    one["scores"]["test_old"] = one["scores"]["test"]
    one["config"]["splits"]["test_old"] = True
    first, second = view_of([one, other]).lines
    assert list(first.groups[1].entries) == ["test", "test_old"]
    assert (second.groups[1].entries, second.groups[1].absent) == ({}, "hidden")
    del other["config"]["splits"]["test"]
    assert view_of([other]).lines[0].groups[1].absent == "–"


def test_costs_as_far_as_they_are_known(record: Make) -> None:
    records = [record("a.x", [0.5, 0.6]), record("a.y", [0.4])]
    view = view_of(records, costs={"a.x": {"fit": FIT, "predict": {**FIT, "wall_seconds": 7200}}})
    first, second = view.lines
    assert first.costs == (Cost("1.5 min", 90.0), Cost("218 MB", 218_000_000), Cost("2.0 h", 7200))
    assert second.costs == (Cost("–", None),) * 3
    assert (view.costs, view_of(records).costs) == (True, False)
    assert (first.repeats, second.repeats) == ("2", "1")


def test_what_the_legend_needs(record: Make) -> None:
    several = [record("a.x", [0.5, 0.6])]
    assert (view_of(several).single, view_of(several).ages) == (False, "")
    view = view_of([record("a.x", [0.5])], stale={"a.x": ["lock"]})
    assert (view.single, view.ages) == (True, "0 stale, 1 from earlier code.")
    assert view.lines[0].row.stale == ["lock"]
    assert view.counts == "1 cell of 1 task."
    assert view.lines[0].benchmark == "–"


def test_a_fit_whose_search_was_not_measured_has_no_time(record: Make) -> None:
    sought = {**record("a.x", [0.5]), "search": {}}
    nodes = {"fit": FIT, "predict": FIT}
    (line,) = view_of([sought], costs={"a.x": nodes}).lines
    assert line.costs == (Cost("– (search not counted)", None), Cost("–", None), Cost("1.5 min", 90.0))
    (line,) = view_of([sought], costs={"a.x": {**nodes, "search": {**FIT, "wall_seconds": 910.0}}}).lines
    assert line.costs[:2] == (Cost("16.7 min", 1000.0), Cost("218 MB", 218_000_000))
