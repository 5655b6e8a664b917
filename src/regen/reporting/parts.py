"""Which parts the pages of tasks have beside their leaderboards."""

from collections.abc import Mapping, Sequence

from regen.config.costs import Price
from regen.config.published import Published
from regen.records.standing import Standing
from regen.reporting.comparisons import comparison_section
from regen.reporting.costs import Costs
from regen.reporting.format import Record
from regen.reporting.order import by_task
from regen.reporting.pareto import cost_section
from regen.reporting.published import published_section
from regen.reporting.sections import Section


def task_sections(
    records: Sequence[Record],
    standings: Mapping[str, Standing],
    costs: Costs,
    published: Published,
    price: Price | None = None,
) -> dict[str, list[Section]]:
    """Give the parts of each task's page: comparisons, costs, and what others published.

    Args:
        records: Records of any tasks.
        standings: Task -> how its cells stand to each other.
        costs: What cells cost, as far as it is known.
        published: Task -> what others printed.
        price: What an hour of the machine costs; ``None`` for no prices.
    """
    found = {}
    for task, own in by_task(records).items():
        parts = [
            comparison_section(own, standings[task]),
            cost_section(task, own, costs, price),
            published_section(own, published.get(task, [])),
        ]
        found[task] = [part for part in parts if part is not None]
    return found


def joined(*parts: Mapping[str, Sequence[Section]]) -> dict[str, list[Section]]:
    """Put the parts of each page that several modules give one after the other."""
    pages = dict.fromkeys(page for some in parts for page in some)
    return {page: [section for some in parts for section in some.get(page, ())] for page in pages}
