"""What differs between two versions of cells, as lines of text."""

from collections.abc import Iterator, Mapping
from typing import Any

from regen.config.statistics import StatisticsConfig
from regen.records.agreement import SPLIT, agreement
from regen.records.comparison import (
    DRAWS,
    MCNEMAR,
    NO_OUTCOMES,
    OTHER_METRIC,
    Comparison,
    Outcomes,
    Untested,
    compare,
    untested,
)
from regen.records.versions import Version
from regen.reporting import format as write

Record = Mapping[str, Any]
_ABSENT = "not there"
_LEAST = 2 / DRAWS
"""Smallest p-value that the number of exchanges can tell well from smaller ones."""
_TINY = 1e-300
"""Below it the p-value of McNemar's test is lost in rounding."""


def change_lines(one: Version, other: Version, how: StatisticsConfig) -> list[str]:
    """Say what changed from one version to the other: config, data, code, and the scores.

    Args:
        one: The version before.
        other: The version after.
        how: How the interval of a difference is made.
    """
    return [
        f"{one.name} -> {other.name}",
        *(f"  config: {text}" for text in _settings(one.record["config"], other.record["config"])),
        *(f"  data: {text}" for text in _hashes(one.record["card"]["files"], other.record["card"]["files"])),
        *(f"  {text}" for text in _hashes(*(_made_by(version.record) for version in (one, other)))),
        *(f"  {text}" for text in _scores(one, other, how)),
    ]


def difference_text(found: Comparison) -> str:
    """Write a difference with its interval and test: ``+2.20 [1.10, 3.31], p = 0.0004, uncorrected (McNemar)``."""
    bounds = write.bounds(found.low, found.high)
    return f"{write.difference(found.difference)} {bounds}, {p_value(found.p, found.test)}, uncorrected ({found.test})"


def p_value(p: float, test: str, factor: float = 1) -> str:
    """Write a p-value to two digits: ``p = 0.013``; ``p < 0.0002`` below what random exchanges can tell.

    Args:
        p: As the test gave it.
        test: Name of the test, as a comparison has it.
        factor: What the correction for several comparisons multiplies it with; a bound is multiplied, too.
    """
    least = _TINY if test == MCNEMAR else _LEAST
    return f"p < {min(1, factor * least):.2g}" if p < least else f"p = {factor * p:.2g}"


def _settings(one: Record, other: Record) -> Iterator[str]:
    """Name what differs; of two estimators, no option that one of them does not have."""
    alike = one["estimator"] == other["estimator"]
    for text in _values(one, other):
        if not text.startswith(("cell: ", "task: ", "recipe: ")) and (alike or _ABSENT not in text):
            yield text


def _values(one: Record, other: Record, prefix: str = "") -> Iterator[str]:
    for key in dict.fromkeys([*one, *other]):
        before, after = one.get(key), other.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _values(before, after, f"{prefix}{key}.")
        elif before != after or (key in one) != (key in other):
            yield f"{prefix}{key}: {_value(one, key)} -> {_value(other, key)}"


def _value(config: Record, key: str) -> str:
    return write.fact(config[key]) if key in config else _ABSENT


def _hashes(one: Mapping[str, str], other: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys([*one, *other]):
        if one.get(name) != other.get(name):
            before, after = (write.short(side[name]) if name in side else _ABSENT for side in (one, other))
            yield f"{name}: {before} -> {after}"


def _made_by(record: Record) -> dict[str, str]:
    return {name: record["hashes"][name] for name in ("code", "lock")}


def _scores(one: Version, other: Version, how: StatisticsConfig) -> Iterator[str]:
    records, outcomes = _named(one, other)
    for split in dict.fromkeys([*records[0]["scores"], *records[1]["scores"]]):
        sides = [write.score(r["scores"][split]) if split in r["scores"] else "no score" for r in records]
        metrics = dict.fromkeys(record["metric"] for record in records)
        paired = _difference(records, outcomes, split, how)
        yield f"{split} {' and '.join(metrics)}: {sides[0]} -> {sides[1]}{paired}"
        if split == SPLIT:
            yield from _agreement(one, other)
    for version in (one, other):
        if version.outcomes is None and "@" not in version.name:
            yield f"{version.name}: {write.without_outcomes(version.record)}"


def _difference(records: list[Record], outcomes: Outcomes, split: str, how: StatisticsConfig) -> str:
    """Write the difference of two named records on a split, and its test or why there is none."""
    one, other = records
    found = compare(other, one, outcomes, split, how)
    if found is not None:
        return f"; {difference_text(found)}"
    plain = untested(other, one, outcomes, split)
    return "" if plain is None else f"; {_plain(plain, outcomes)}"


def _plain(found: Untested, outcomes: Outcomes) -> str:
    """Write a difference that nothing tests, and why: ``+1.82, not tested: no outcomes of conll2003.minilm``."""
    if found.reason == NO_OUTCOMES:
        lacking = [name for name in (found.against, found.cell) if name not in outcomes]
        return f"{write.difference(found.difference)}, not tested: {NO_OUTCOMES} of {' and '.join(lacking)}"
    if found.reason == OTHER_METRIC:
        return "no difference: they have other metrics"
    return f"{write.difference(found.difference)}, not tested: they were not scored on the same examples"


def _agreement(one: Version, other: Version) -> Iterator[str]:
    """Say how many units of dev both, one, or neither has right; nothing where that is not known."""
    records, outcomes = _named(one, other)
    found = agreement(records[0], records[1], outcomes)
    if found is not None:
        counts = (found.both, found.only_cell, found.only_against, found.neither)
        yield agreement_text(found.units, (one.name, other.name), counts)


def agreement_text(units: str, names: tuple[str, str], counts: tuple[int, int, int, int]) -> str:
    """Write how many units of dev both cells, the one, the other, or neither has right."""
    both, one, other, neither = map(write.count, counts)
    return (
        f"{SPLIT} {units} that are right in the first repeat: {both} in both, {one} in {names[0]} alone, "
        f"{other} in {names[1]} alone, {neither} in neither"
    )


def _named(one: Version, other: Version) -> tuple[list[Record], Outcomes]:
    """Give records and outcomes of two versions, which may be of the same cell, under names of their own."""
    records = [_record(version) for version in (one, other)]
    return records, {version.name: version.outcomes for version in (one, other) if version.outcomes is not None}


def _record(version: Version) -> Record:
    """Give the record under the version's name; of what shares no more than dev with the other's task, dev alone."""
    record: Record = {**version.record, "cell": version.name}
    if version.dev_files is None:
        return record
    card = {**record["card"], "files": version.dev_files}
    scores = {split: value for split, value in record["scores"].items() if split == SPLIT}
    return {**record, "task": "", "card": card, "scores": scores}
