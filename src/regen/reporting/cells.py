"""What the page of a cell says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean
from types import MappingProxyType
from typing import Any

from regen.config.costs import Price
from regen.config.pages import EncoderNote
from regen.reporting import format as write
from regen.reporting.ages import age, age_note
from regen.reporting.charts import Chart, confusion_chart, curves_chart
from regen.reporting.costs import Costs, costs_grid
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.leaderboard import overlaps, shared_texts
from regen.reporting.origins import leaks, told_steps
from regen.reporting.searches import Search, search_view
from regen.reporting.selections import selection_flags, selection_leaks
from regen.reporting.subsets import limit, of_whole_train
from regen.reporting.weights import encoder_notes
from regen.scoring.confusion import NO_SPAN

MEASURES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1, micro",
    "strict_f1": "strict F1",
    "token_accuracy": "token accuracy",
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "answer_f1": "F1 of answers",
    "macro_f1": "macro F1",
    "boundaries_f1": "F1 by boundaries alone, micro",
    "boundaries_macro_f1": "F1 by boundaries alone, macro",
    "entity_f1": "entity F1, micro",
    "entity_macro_f1": "entity F1, macro",
    "mcc": "Matthews correlation",
}
"""Measures of a repeat that pages show beside the official metric -> how they are called there."""
_STRICT = (
    " Strict F1 counts spans of legal IOB2 alone: an I- that continues no B- of its type is no span. By conlleval’s "
    "rules, which are those of F1, it begins one."
)
_ABSENT = (
    "∅: nothing on this side with the bounds of the other. Its column holds what was missed, its row what was "
    "predicted in excess."
)
_ELSEWHERE = ("history", "made_from")
"""Facts of a model that are no rows of their own: the one is a chart, the other stands among the facts of the cell."""


@dataclass(frozen=True)
class Cell:
    """A cell's page; the commands make the cell again, ``path`` is the folder of its record."""

    name: str
    task: str
    recipe: str
    stale: Sequence[str]
    headline: list[tuple[str, str, str]]
    facts: list[str]
    notes: list[str]
    warnings: list[str]
    commands: tuple[str, str]
    path: str
    scores: list[Grid]
    data: Grid
    confusion: Chart | None
    confusion_note: str
    curves: Chart | None
    search: Search | None
    config: Grid
    provenance: Grid
    costs: Grid | None
    models: Grid


def cell_view(
    record: Record,
    stale: Sequence[str] = (),
    costs: Costs = MappingProxyType({}),
    price: Price | None = None,
    encoders: Mapping[str, EncoderNote] = MappingProxyType({}),
) -> Cell:
    """Gather what the page shows of a record.

    Args:
        record: The record.
        stale: What has changed since it was made: keys of its config, ``code``, ``lock``.
        costs: What cells cost, as far as it is known.
        price: What an hour of the machine costs; ``None`` for no prices.
        encoders: Encoder -> what is known of it.
    """
    return Cell(
        name=record["cell"],
        task=record["task"],
        recipe=record["recipe"],
        stale=stale,
        headline=[_headline(record, split) for split in record["config"]["splits"]],
        facts=_facts(record),
        notes=[
            *encoder_notes(record, encoders),
            *([age_note(record["cell"], stale)] if age(stale) == "earlier" else []),
        ],
        warnings=[
            *([age_note(record["cell"], stale)] if age(stale) == "stale" else []),
            *of_whole_train(record, shared_texts(record)),
            *overlaps(record),
            *leaks(record),
            *selection_leaks(record),
        ],
        commands=write.commands(record),
        path=write.folder(record),
        scores=[grid for grid in (_measures(record), _repeats(record), _classes(record)) if grid.rows],
        data=_data(record),
        confusion=confusion_chart(record),
        confusion_note=_ABSENT if _has_absent(record) else "",
        curves=curves_chart(record),
        search=search_view(record),
        config=_config(record),
        provenance=_provenance(record),
        costs=costs_grid(record, costs, price),
        models=_models(record),
    )


def _has_absent(record: Record) -> bool:
    """Say whether the confusion matrix on dev has a class for what one side lacks."""
    repeats = record["scores"].get("dev", {"repeats": [{}]})["repeats"]
    return any(NO_SPAN in row[:2] for row in repeats[0].get("confusion", ()))


def _headline(record: Record, split: str) -> tuple[str, str, str]:
    """Give a split, its score and the standard deviation between repeats, as far as there are several."""
    if split not in record["scores"]:
        return split, "hidden", ""
    scores = record["scores"][split]
    return split, write.score(scores), "" if scores["sd"] is None else write.deviation(scores["sd"])


def _facts(record: Record) -> list[str]:
    n = write.repeats(record)
    return [
        f"{record['metric']} × 100",
        f"{n} repeat{'s' * (n != '1')}",
        f"{write.count(record['training']['examples'])} training examples",
        *write.flags(record),
        *selection_flags(record),
        *told_steps(record),
        f"selection: {record['training']['selection']}",
    ]


def _measures(record: Record) -> Grid:
    scored = record["scores"]
    present = [key for key in MEASURES if any(key in scores["repeats"][0] for scores in scored.values())]
    rows = [(MEASURES[key], [_mean(scores["repeats"], key) for scores in scored.values()]) for key in present]
    note = f"Means over repeats.{_STRICT if 'strict_f1' in present else ''}"
    return Grid("All measures × 100", list(scored), rows, corner="measure", note=note)


def _mean(rows: Iterable[Mapping[str, Any]], key: str) -> str:
    values = [row[key] for row in rows if key in row]
    return write.hundredfold(fmean(values)) if values else NOTHING


def _repeats(record: Record) -> Grid:
    """One row per repeat, where there are several."""
    scored = record["scores"]
    names = write.repeat_names(record)
    columns = [[write.hundredfold(value) for value in scores["values"]] for scores in scored.values()]
    rows = [(name, list(values)) for name, *values in zip(names, *columns, strict=True)] if len(names) > 1 else []
    return Grid(f"Repeats: {record['metric']} × 100", list(scored), rows, corner="repeat")


def _classes(record: Record) -> Grid:
    """Counts in train, then gold count, precision, recall and F1 of each class on each split."""
    found = {split: [r.get("per_class", {}) for r in scores["repeats"]] for split, scores in record["scores"].items()}
    seen = {label for repeats in found.values() for classes in repeats for label in classes}
    labels = [label for label in record["config"]["labels"] if label in seen]
    splits = record["card"]["splits"]
    train = splits.get("train", splits.get("train_0", {})).get("label_counts", {})
    fold = "" if "train" in splits else " Counts are those of fold 0."
    less = f" Training is limited to {limit(record)}." if limit(record) else ""
    return Grid(
        title="Per class",
        groups=[("whole train split" if limit(record) else "train", 1), *((split, 4) for split in found)],
        columns=["count", *(name for _ in found for name in ("gold", "P", "R", "F1"))],
        rows=[
            (label, [write.count(train.get(label, 0)), *chain.from_iterable(_class(r, label) for r in found.values())])
            for label in [*labels, *sorted(seen - set(labels))]
        ],
        corner="class",
        lang=record["config"]["language"],
        names=True,
        note=f"P, R and F1 × 100, means over repeats.{fold}{less}",
    )


def _class(repeats: Sequence[Mapping[str, Any]], label: str) -> list[str]:
    rows = [classes[label] for classes in repeats if label in classes]
    gold = write.count(rows[0].get("gold", rows[0].get("support", 0))) if rows else NOTHING
    return [gold, *(_mean(rows, key) for key in ("precision", "recall", "f1"))]


def _data(record: Record) -> Grid:
    splits = record["card"]["splits"]
    elsewhere = ("label_counts", "odd_rows")  # the task's data card shows them
    keys = dict.fromkeys(key for split in splits.values() for key in split if key not in elsewhere)
    rows = [(key.replace("_", " "), [_card_value(split.get(key)) for split in splits.values()]) for key in keys]
    shared = ", ".join(f"{pair} {write.count(number)}" for pair, number in record["card"]["shared_texts"].items())
    several = record["card"].get("texts_in_several_folds", {})
    folds = "".join(f" Distinct texts in several folds of {name}: {write.count(n)}." for name, n in several.items())
    return Grid(
        "Counts",
        list(splits),
        rows,
        corner="count",
        note=f"Lengths: min · median · p95 · max. Distinct texts that two splits share: {shared}.{folds}",
    )


def _card_value(value: Any) -> str:
    if value is None:
        return NOTHING
    if not isinstance(value, Mapping):
        return write.fact(value)
    if "median" in value:
        return " · ".join(f"{number:g}" for number in value.values())
    return ", ".join(f"{write.count(number)} × “{label}”" for label, number in value.items()) or "0"


def _config(record: Record) -> Grid:
    flat: dict[str, Any] = {}
    for key, value in record["config"].items():
        inner = value if isinstance(value, Mapping) else None
        flat |= {key: value} if inner is None else {f"{key}.{name}": deep for name, deep in inner.items()}
    rows = [(key, [_setting(key, value)]) for key, value in flat.items()]
    return Grid("Effective config", ["value"], rows, corner="key", names=True)


def _setting(key: str, value: Any) -> str:
    if key.startswith("splits."):
        return "labels public" if value else "labels hidden"
    return ", ".join(value) if key == "labels" else write.setting(value)


def _provenance(record: Record) -> Grid:
    rows = [
        *((f"{name}, sha256", [digest]) for name, digest in record["hashes"].items()),
        *((f"{name}, sha256", [digest]) for name, digest in record["card"]["files"].items()),
        ("schema of the record", [str(record["schema"])]),
    ]
    return Grid("Provenance", ["value"], rows, corner="of")


def _models(record: Record) -> Grid:
    models = record["training"]["models"]
    keys = dict.fromkeys(key for model in models for key in model if key not in _ELSEWHERE)
    rows = [(key.replace("_", " "), [write.fact(model.get(key, NOTHING)) for model in models]) for key in keys]
    return Grid("Models", write.repeat_names(record), rows, corner="fact", names=True)
