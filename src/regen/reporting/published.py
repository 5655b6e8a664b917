"""What others printed for a task beside what was made here, and the difference where the two compare."""

from collections.abc import Mapping, Sequence
from typing import Any

from regen.config.published import HUMAN, PublishedResult
from regen.records.order import is_floor
from regen.records.selections import chosen_on
from regen.reporting import format as write
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import splits_of
from regen.reporting.sections import Section

_DOCUMENTS = "sentences were read together with their neighbours"
_WHY = "why not compared"
_TEXTS = (_WHY, "metric", "trained on", "caveats", "source")
_FLOOR = "No recipe of ours is above the majority baseline on dev."
_NOTE = (
    "Standard deviations between runs in round brackets. Differences × 100 are those of our best on dev, {best}: "
    "where the metric is the task’s, both learnt from train alone, and neither or both read neighbouring sentences; "
    "the column says what differs elsewhere. ≈: what others printed lies within our interval. "
    "How settings were chosen may still differ: see the caveats."
)


def published_section(records: Sequence[Record], published: Sequence[PublishedResult]) -> Section | None:
    """Set up a table of published results; ``None`` where there are none for the splits of the records.

    Args:
        records: Records of one task, best on dev first.
        published: What others printed for the task.
    """
    splits, best = splits_of(records), records[0]
    shown = [result for result in published if set(result.scores) & set(splits)]
    if not shown:
        return None
    differences = [f"ours − it, {split}" for split in best["scores"]]
    columns = [*splits, *differences, _WHY, "metric", "n", "trained on", "caveats", "source"]
    rows = [
        (one.system, [*_scores(one, splits), *_differences(one, best), _why(one, best), *_facts(one, best)])
        for one in shown
    ]
    grid = Grid("Published", columns, rows, corner="system", note=_NOTE.format(best=best["recipe"]), texts=_TEXTS)
    return Section("published", "Published by others", [grid], notes=[_FLOOR] if is_floor(best) else [])


def comparable(result: PublishedResult, record: Record) -> bool:
    """Say whether a published result was made under the conditions of a record, as far as its source says."""
    return not _differing(result, record)


def _differing(result: PublishedResult, record: Record) -> list[str]:
    """Name the conditions in which a published result and a record differ."""
    training = record["training"]
    conditions = {
        "people": result.system == HUMAN,
        f"part of the task, {result.reduced}": result.reduced is not None,
        "another metric": result.metric not in (None, record["metric"]),
        **_taught_otherwise(_with_dev(result), training["train_on_dev"]),
        "it read neighbouring sentences": result.documents and not training["document_context"],
        "ours read neighbouring sentences": training["document_context"] and not result.documents,
        **{f"our settings were chosen on {task} which shares texts": True for task in chosen_on(record)},
    }
    return [condition for condition, holds in conditions.items() if holds]


def _taught_otherwise(with_dev: bool | None, ours: bool) -> dict[str, bool]:
    return {
        "not said whether it learnt from dev": with_dev is None,
        "it learnt from dev too": with_dev is True and not ours,
        "ours learnt from dev too": with_dev is False and ours,
    }


def _why(result: PublishedResult, record: Record) -> str:
    """Say why a row has no difference; a dash where it has one."""
    if result.system == HUMAN:  # who learns from nothing, so that no other condition applies
        return "differs: people"
    differing = _differing(result, record)
    differing += [] if set(result.scores) & set(record["scores"]) else ["no score of ours on its split"]
    return f"differs: {', '.join(differing)}" if differing else NOTHING


def _with_dev(result: PublishedResult) -> bool | None:
    """Say whether a system learnt from dev, too; one that was scored on dev did not."""
    return False if result.with_dev is None and "dev" in result.scores else result.with_dev


def _scores(result: PublishedResult, splits: Sequence[str]) -> list[str]:
    return [write.published(result.scores.get(split), result.sd.get(split)) for split in splits]


def _differences(result: PublishedResult, record: Record) -> list[str]:
    able = comparable(result, record)
    return [
        _difference(scores, result.scores[split] / 100) if able and split in result.scores else NOTHING
        for split, scores in record["scores"].items()
    ]


def _difference(scores: Mapping[str, Any], printed: float) -> str:
    """Write our score minus a printed one, marked where our interval holds that."""
    interval = scores["interval"]
    within = interval["low"] <= printed <= interval["high"]
    return f"{write.difference(scores['mean'] - printed)}{' ≈' if within else ''}"


def _facts(result: PublishedResult, record: Record) -> list[str]:
    caveats = [text for text in (result.selection, _DOCUMENTS * result.documents, result.caveats) if text]
    taught = {True: "train and dev", False: "train", None: "not said"}[_with_dev(result)]
    return [
        result.metric or record["metric"],
        str(result.n or "not said"),
        NOTHING if result.system == HUMAN else taught,
        "; ".join(caveats) or NOTHING,
        result.source,
    ]
