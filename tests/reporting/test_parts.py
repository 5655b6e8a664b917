from collections.abc import Callable
from typing import Any

from regen.config.published import published_results
from regen.config.statistics import StatisticsConfig
from regen.records.standing import task_standing
from regen.reporting.parts import task_sections

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
