"""All pairs of a task's cells on a split, tested as one family: ranks, ties and the p-values of tables come from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from regen.config.statistics import StatisticsConfig
from regen.records.comparison import Comparison, Outcomes, Record, compare, pairs_of, run_test
from regen.statistics.paired import difference, holm


@dataclass(frozen=True)
class Tested:
    """A pair of cells on the same examples.

    Attributes:
        cells: The one and the other.
        difference: Mean over repeats of the one minus that of the other, fractions of 1.
        p: Two-sided p-value.
        adjusted: The same, corrected for the number of pairs in the family.
    """

    cells: tuple[str, str]
    difference: float
    p: float
    adjusted: float


Family = Sequence[Tested]


def pair_tests(records: Sequence[Record], outcomes: Outcomes, split: str, seed: int) -> list[Tested]:
    """Test all pairs of cells that share the examples of a split, p-values corrected for their number (Holm).

    The best cell is chosen by the scores that are compared, so that all pairs count, not those with the best alone.

    Args:
        records: Records of one task.
        outcomes: Cell -> outcomes; cells without any are left out.
        split: Where to compare.
        seed: Seed of the random exchanges.
    """
    made = []
    for one, other in combinations(records, 2):
        pairs = pairs_of(one, other, outcomes, split)
        if pairs:
            p = run_test(one, other, pairs, split, seed)[1]
            made.append(Tested((one["cell"], other["cell"]), difference(pairs), p, p))
    adjusted = holm([pair.p for pair in made])
    return [replace(pair, adjusted=value) for pair, value in zip(made, adjusted, strict=True)]


def compare_all(
    records: Sequence[Record],
    base: Record,
    outcomes: Outcomes,
    split: str,
    how: StatisticsConfig,
    family: Family | None = None,
) -> list[Comparison]:
    """Compare cells with one of them, p-values corrected for all pairs of the cells (`pair_tests`).

    Args:
        records: Records of one task, the base among them.
        base: Whom to compare with.
        outcomes: Cell -> outcomes; cells without any are left out.
        split: Where to compare.
        how: Level and seed of the intervals.
        family: What `pair_tests` gives for these records; made here where it is not at hand.
    """
    if family is None:
        family = pair_tests(records, outcomes, split, how.seed)
    adjusted = {frozenset(pair.cells): pair.adjusted for pair in family}
    others = [record for record in records if frozenset((record["cell"], base["cell"])) in adjusted]
    made = [found for record in others if (found := compare(record, base, outcomes, split, how))]
    return [replace(found, adjusted=adjusted[frozenset((found.cell, found.against))]) for found in made]
