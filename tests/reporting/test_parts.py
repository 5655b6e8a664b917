from collections.abc import Callable
from pathlib import Path
from typing import Any

from record_cells import GOLD, compared_cells
from regen.config.costs import Price
from regen.config.published import published_results
from regen.config.statistics import StatisticsConfig
from regen.records.standing import task_standing
from regen.reporting.comparisons import rank_section
from regen.reporting.languages import translation
from regen.reporting.pareto import COSTS
from regen.reporting.parts import joined, task_sections
from regen.reporting.sections import Section

Record = dict[str, Any]
Make = Callable[..., Record]


def test_a_task_has_the_parts_that_there_is_something_to_say_in(record: Make) -> None:
    some, other = [record("a.x", [0.5, 0.6]), record("a.y", [0.5])], [record("b.x", [0.5])]
    standings = {task: task_standing(own, {}, StatisticsConfig()) for task, own in (("a", some), ("b", other))}
    costs = {cell: {"fit": {"cpu_seconds": 1.0}} for cell in ("a.x", "a.y")}
    published = published_results({"a": [{"system": "BERT", "scores": {"dev": 60}, "n": 1, "source": "s"}]})
    found = task_sections([*some, *other], standings, costs, published)
    assert {task: [part.id for part in parts] for task, parts in found.items()} == {
        "a": ["comparisons", "costs", "published"],
        "b": [],
    }


def strings(section: Section) -> set[str]:
    """Whatever of a part's words is no name, number or value."""
    grids = {text for grid in section.grids for text in (grid.title, grid.note, grid.corner, *grid.columns)}
    return {section.title, *section.notes, *grids, *(title for title, _ in section.charts)}


def test_parts_of_tasks_stand_in_both_languages(tmp_path: Path) -> None:
    records, outcomes = compared_cells(tmp_path, one=[GOLD], other=[["a"] * len(GOLD)] * 2)
    nodes = {
        "fit": {"wall_seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_bytes": 1, "checkpoint_bytes": 1},
        "predict": {"cpu_seconds": 1.0},
        "latency": {"batches": {"32": {"examples_per_second": 10.0}}},
    }
    nodes["fit"] |= {"energy_kwh": 1.0, "energy_by": "CPU by RAPL, memory estimated from its size"}
    costs = {one["cell"]: nodes for one in records}
    standings = {"made_up": task_standing(records, outcomes, StatisticsConfig())}
    published = published_results({"made_up": [{"system": "BERT", "scores": {"dev": 60}, "n": 1, "source": "s"}]})
    parts = task_sections(records, standings, costs, published, Price(per_hour=1.5, currency="EUR"))["made_up"]
    ranks = rank_section({"made_up": standings["made_up"], "again": standings["made_up"]})
    assert [part.id for part in parts] == ["comparisons", "costs", "published"]
    assert ranks is not None
    said = set().union(*(strings(part) for part in [*parts, ranks])) | {cost.title for cost in COSTS}
    known = {"dev", "test", "test_hidden", "n", "made_up", "again", ""}
    chinese = translation().chinese
    assert {text for text in said - known if chinese(text) is None} == set()


def test_parts_of_several_modules_follow_each_other() -> None:
    one, other = Section("a", "A"), Section("b", "B")
    assert joined({"x": [one]}, {"x": [other], "y": [other]}) == {"x": [one, other], "y": [other]}
