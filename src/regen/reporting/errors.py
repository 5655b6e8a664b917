"""What the page of a cell says of its errors."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from regen.reporting import format as write
from regen.reporting.calibration import calibration_section
from regen.reporting.charts import Chart
from regen.reporting.error_charts import breakdown_chart
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.sections import Section
from regen.reporting.subsets import limit

Analysis = Mapping[str, Any]
"""A cell's analysis, as ``regen.analysis.cell`` makes it."""

_COUNTED = {
    "spans": ("Spans by kind of error", "Each span of a side is of one kind."),
    "relations": ("Relations by cause of error", "Each relation of a side is of one kind."),
    "answers": ("Answers by kind of error", "Each answer is of one kind."),
}
"""What is counted -> heading of its table, and the sentence below."""
_KINDS = {
    "correct": "right",
    "wrong_type": "right boundaries, wrong type",
    "wrong_boundary": "wrong boundaries, right type",
    "both_wrong": "overlaps, wrong type",
    "missed": "missed",
    "spurious": "spurious",
    "entity": "boundaries of an entity wrong",
    "entity_type": "type of an entity wrong",
    "pair": "entities right, not related on the other side",
    "label": "entities right, wrong relation",
    "partial": "partly right",
    "wrong": "wrong",
    "none": "no answer",
}
_ONE_SIDED = {"missed": "gold", "spurious": "predicted"}
"""Kinds that one side alone can have -> this side."""
_BREAKDOWNS = {
    "class": "class",
    "entity_class": "type of the entity",
    "familiar": "what train holds of the span",
    "span_length": "length of the span in tokens",
    "sentence_length": "length of the sentence in tokens",
    "text_length": "length of the input in characters",
    "overlap": "overlap of the two texts",
    "answer_length": "length of the answer in characters",
    "question_length": "length of the question in characters",
    "context_length": "length of the passage in characters",
    "seen": "whether train holds the input",
}
"""Breakdown -> what its groups are by, in the order of the page."""
_LABELS = ("class", "entity_class")
"""Breakdowns whose groups are labels."""
_DRAWN = tuple(name for name in _BREAKDOWNS if name not in (*_LABELS, "seen"))
"""Classes have a chart of their own, the confusion matrix; and two groups need none."""
_MEASURES = {
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "answer_f1": "F1",
    "f1": "F1",
    "precision": "P",
    "recall": "R",
}


def cell_sections(records: Sequence[Record], analyses: Sequence[Analysis]) -> dict[str, list[Section]]:
    """Give the parts of each cell's page that tell of errors and calibration: cell -> sections.

    Args:
        records: Records of cells.
        analyses: Analyses of some of them, in any order; of the others it is said how theirs are made.
    """
    known = {analysis["cell"]: analysis for analysis in analyses}
    return {
        record["cell"]: _known(record, known[record["cell"]]) if record["cell"] in known else [_missing(record)]
        for record in records
    }


def _known(record: Record, analysis: Analysis) -> list[Section]:
    return [*error_sections(record, analysis), *calibration_section(analysis)]


def _missing(record: Record) -> Section:
    """Say how errors are had where a cell was not analysed."""
    note = f"Errors, calibration and examples: not made for this cell. {write.commands(record)[0]} makes them."
    return Section(id="errors", title="Errors", notes=[note])


def error_sections(record: Record, analysis: Analysis) -> list[Section]:
    """Say which errors a cell makes, and in which groups of examples."""
    splits = analysis["splits"]
    found = {name: _groups(splits, name) for name in _BREAKDOWNS}
    present = {name: groups for name, groups in found.items() if any(groups.values())}
    language = record["config"]["language"]
    return [
        Section(
            id="errors",
            title="Errors",
            grids=[*_kinds(splits), *_confusions(splits, language)],
            notes=["Of the first repeat.", _texts(record)],
        ),
        Section(
            id="groups",
            title="Scores of groups",
            grids=[_breakdown(name, groups, language) for name, groups in present.items()],
            charts=[
                (f"By {_BREAKDOWNS[name]}", _chart(record["cell"], name, groups))
                for name, groups in present.items()
                if name in _DRAWN
            ],
            notes=[
                "Scores × 100 of the first repeat, with intervals. Bounds of lengths and of overlap are quartiles of "
                "train, so they are the same for every cell of the task.",
                *_limited(record, present),
            ],
        ),
    ]


def _limited(record: Record, present: Collection[str]) -> list[str]:
    most = limit(record) if "seen" in present else ""
    told = "Whether train holds an input is said of the whole train split; training is limited to"
    return [f"{told} {most}."] if most else []


def _groups(splits: Mapping[str, Any], name: str) -> dict[str, list[Any]]:
    return {split: own["breakdowns"].get(name, []) for split, own in splits.items()}


def _texts(record: Record) -> str:
    """Name the page of examples; no link, since it holds texts and is no part of the site, which stays whole."""
    page = f"{write.folder(record)}/examples/index.html"
    return f"On a machine that made them, {page} shows examples of dev with their texts."


def _kinds(splits: Mapping[str, Any]) -> list[Grid]:
    """Set up one table for each thing that is counted."""
    counted = [
        (name, {split: own["errors"][name] for split, own in splits.items() if name in own["errors"]})
        for name in _COUNTED
    ]
    return [_kinds_of(*_COUNTED[name], found) for name, found in counted if found]


def _kinds_of(title: str, note: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Grid:
    """Set up the table of one thing: kinds, with counts and shares of gold and predicted ones."""
    first = next(iter(found.values()))
    sides = [side for side in ("gold", "predicted") if side in first[0]]
    heads = ["count", "%"] if len(sides) == 1 else [text for side in sides for text in (side, f"% of {side}")]
    return Grid(
        title=title,
        groups=[(split, len(heads)) for split in found],
        columns=heads * len(found),
        rows=[
            (_KINDS[row["kind"]], list(chain.from_iterable(_sides(rows[place], sides) for rows in found.values())))
            for place, row in enumerate(first)
        ],
        corner="kind",
        note=note,
    )


def _sides(row: Mapping[str, Any], sides: Sequence[str]) -> list[str]:
    """Give count and share of each side that can have this kind."""
    return [
        text
        for side in sides
        for text in (
            (NOTHING, NOTHING)
            if _ONE_SIDED.get(row["kind"], side) != side
            else (write.count(row[side]), bounded(row[f"of_{side}"]))
        )
    ]


def _confusions(splits: Mapping[str, Any], language: str) -> list[Grid]:
    """Set up one table per split that has confusions."""
    found = {split: own["confusions"] for split, own in splits.items() if own["confusions"]["most"]}
    return [
        Grid(
            title=f"Most frequent confusions on {split}",
            columns=["predicted", "count"],
            rows=[(gold, [pred, write.count(count)]) for gold, pred, count in own["most"]],
            corner="gold",
            lang=language,
            names=True,
            note=f"Further confusions: {write.count(own['left_out'])}." if own["left_out"] else "",
        )
        for split, own in found.items()
    ]


def _breakdown(name: str, groups: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> Grid:
    rows = {split: {row["group"]: row for row in own} for split, own in groups.items()}
    first = next(row for own in groups.values() for row in own)
    measures = [key for key in _MEASURES if key in first]
    counted = "gold" if "gold" in first else "examples"
    order = list(dict.fromkeys(row["group"] for own in groups.values() for row in own))
    return Grid(
        title=f"By {_BREAKDOWNS[name]}",
        groups=[(split, 1 + len(measures)) for split in groups],
        columns=[text for _ in groups for text in ("n" if counted == "examples" else counted, *_called(measures))],
        rows=[
            (group, [text for own in rows.values() for text in _row(own.get(group), counted, measures)])
            for group in order
        ],
        corner="group",
        lang=language if name in _LABELS else "en",
        names=name in _LABELS,
    )


def _called(measures: Sequence[str]) -> list[str]:
    return [_MEASURES[key] for key in measures]


def _row(row: Mapping[str, Any] | None, counted: str, measures: Sequence[str]) -> list[str]:
    if row is None:
        return [NOTHING] * (1 + len(measures))
    return [write.count(row[counted]), *(bounded(row[key]) for key in measures)]


def bounded(triple: Sequence[float | None]) -> str:
    """Write a fraction × 100 with its interval, a dash where it is undefined: ``70.59 [63.95, 77.94]``."""
    value, low, high = triple
    if value is None or low is None or high is None:
        return NOTHING
    return f"{write.hundredfold(value)} {write.bounds(low, high)}"


def _chart(cell: str, name: str, groups: Mapping[str, Sequence[Mapping[str, Any]]]) -> Chart:
    first = next(row for own in groups.values() for row in own)
    measure = next(key for key in _MEASURES if key in first)
    return breakdown_chart(cell, name, groups, (measure, _MEASURES[measure]), _BREAKDOWNS[name])
