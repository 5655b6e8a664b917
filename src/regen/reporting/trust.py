"""What a cell's page says of its examination: temperature, robustness, bias slices and attributions."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from regen.reporting import format as write
from regen.reporting.charts import Chart
from regen.reporting.format import Record
from regen.reporting.grids import Grid
from regen.reporting.sections import Section
from regen.reporting.temperature import temperature_section

Examination = Mapping[str, Any]
"""What the stage ``examine`` writes of a cell, as ``examination.json`` has it."""

_ROUNDING = 1e-4
_SIDES = ("clean", "perturbed")
_BESIDE, _PAIR, _LEAST_PAIR, _HEIGHT = 140, 110, 64, 320
"""Pixels: left of the plot, of a pair of bars, of one on a narrow screen, and of the whole height."""
_SLICES = {"origin": "Names by origin", "gender": "Full names by gender of the given name"}


_MISSING = Section(
    id="robustness",
    title="Robustness",
    notes=[
        "Not made for this cell: temperature, robustness, bias slices and attributions are made for the cells that a "
        "suite lists under examined. docs/trust.md says how."
    ],
)


def trust_by_cell(records: Iterable[Record], examinations: Iterable[Examination]) -> dict[str, list[Section]]:
    """Give the sections of each cell that has a record; one says why there is nothing where it was not examined."""
    found = {examination["cell"]: examination for examination in examinations}
    return {r["cell"]: trust_sections(r, found[r["cell"]]) if r["cell"] in found else [_MISSING] for r in records}


def trust_sections(record: Record, examination: Examination) -> list[Section]:
    """Show a cell's examination.

    Args:
        record: The cell's record.
        examination: The cell's examination.

    Returns:
        Temperature, robustness, bias slices and attributions, as far as there are any.
    """
    sections = [
        temperature_section(examination),
        _robustness(record, examination),
        _bias(record, examination),
        _attributions(record, examination),
    ]
    return [section for section in sections if section.grids]


def _robustness(record: Record, examination: Examination) -> Section:
    drops, drawn = examination["robustness"], examination["drawn"]
    measured = {name: drop for name, drop in drops.items() if "drop" in drop}
    return Section(
        id="robustness",
        title="Robustness",
        grids=[_drops(record, drops, "Perturbed examples", "perturbation")] if drops else [],
        charts=[("Clean and perturbed", _chart(record, measured))] if measured else [],
        notes=[
            f"{write.count(drawn['examples'])} of {write.count(drawn['of'])} dev examples, drawn by {drawn['by']} with "
            f"seed {drawn['seed']}, and the model of the first repeat.",
            "Each row compares the same examples: those that the perturbation changes, before and after. The gold "
            f"answers stay the same.{_over(measured)}",
            *(f"Left out: {line}." for line in examination["skipped"]),
        ],
    )


def _over(measured: Mapping[str, Any]) -> str:
    units = sorted({drop["interval"]["over"] for drop in measured.values()})
    return f" Intervals of the drop: paired bootstrap over {' or '.join(units)}." if units else ""


def _drops(record: Record, drops: Mapping[str, Any], title: str, corner: str) -> Grid:
    return Grid(
        title=f"{title}: {record['metric']} × 100",
        columns=["changed", *_SIDES, "drop", "interval", "other answers %", "all, clean", "all, perturbed", "strength"],
        rows=[(_name(name), _drop(drop)) for name, drop in drops.items()],
        corner=corner,
        texts={"strength"},
        note="All: the score of all drawn examples, with the changed ones in their place."
        + "".join(
            f" {_name(name)}: {write.count(drop['left_out'])} left out, since their answer did not survive."
            for name, drop in drops.items()
            if drop["left_out"]
        ),
    )


def _drop(drop: Mapping[str, Any]) -> list[str]:
    changed, strength = write.count(drop["changed"]), drop["strength"]
    if "drop" not in drop:
        return [changed, *[write.NOTHING] * 7, strength]
    scores = [write.hundredfold(drop[side]) for side in _SIDES]
    everything = [write.hundredfold(drop["all"][side]) for side in _SIDES]
    flips = write.hundredfold(drop["flips"])
    return [changed, *scores, write.hundredfold(drop["drop"]), write.interval(drop), flips, *everything, strength]


def _name(name: str) -> str:
    return {"lookalikes": "look-alikes"}.get(name, name.replace("_", " "))


def _chart(record: Record, measured: Mapping[str, Any]) -> Chart:
    names = [_name(name) for name in measured]
    traces = [
        {
            "type": "bar",
            "name": side,
            "x": names,
            "y": [100 * drop[side] for drop in measured.values()],
            "text": [f"{100 * drop[side]:.2f}" for drop in measured.values()],
            "textposition": "inside",
            "insidetextanchor": "start",
            "textangle": 0,
        }
        for side in _SIDES
    ]
    layout = {
        "barmode": "group",
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": f"{record['metric']} × 100"}, "rangemode": "tozero"},
    }
    return Chart(
        id=f"robustness-{record['cell']}",
        label=f"Bar chart of {record['cell']}: {record['metric']} of clean and of perturbed examples by perturbation",
        width=_BESIDE + _PAIR * len(names),
        least=_BESIDE + _LEAST_PAIR * len(names),
        height=_HEIGHT,
        figure={"data": traces, "layout": layout},
    )


def _bias(record: Record, examination: Examination) -> Section:
    bias = examination["bias"]
    grids = [_slice(kind, slices) for kind, slices in bias.get("names", {}).items()]
    notes = []
    if grids:
        notes.append("Persons get names of other groups in the same sentences. The names are a list of regen's own.")
    if "gendered_words" in bias:
        grids.append(_drops(record, {"gendered_words": bias["gendered_words"]}, "Swapped gender", "swap"))
        notes.append("A right answer need not stay for every text: read the other answers beside the scores.")
    return Section(id="bias", title="Bias slices", grids=grids, notes=notes)


def _slice(kind: str, slices: Mapping[str, Any]) -> Grid:
    return Grid(
        title=_SLICES[kind],
        columns=["recall × 100", "interval", "to own names", "interval of it"],
        rows=[(group, _group(values)) for group, values in slices["groups"].items()],
        corner="group",
        note=f"{write.count(slices['mentions'])} persons in {write.count(slices['sentences'])} sentences.",
    )


def _group(values: Mapping[str, Any]) -> list[str]:
    recall = [write.hundredfold(values["recall"]), write.interval(values)]
    if "difference" not in values:
        return [*recall, write.NOTHING, write.NOTHING]
    gap = {"interval": values["difference_interval"]}
    return [*recall, write.difference(values["difference"]), write.interval(gap)]


def _attributions(record: Record, examination: Examination) -> Section:
    told = examination.get("attributions")
    if not told:
        return Section(id="attributions", title="Attributions")
    page = f"data/08_reporting/cells/{record['task']}/{record['recipe']}/attributions/index.html"
    return Section(
        id="attributions",
        title="Attributions",
        grids=[_shares(told["examples"])],
        notes=[
            f"{told['method']}. The parts add up to the change of the output; the error of their sum is "
            f"{_percent(_middle_error(told['examples']))} % of it in the median example, and "
            f"{_percent(told['largest_delta'])} % at most. Where it is large, the output hardly changed, and the "
            "parts say little.",
            f"On a machine that made them, {page} shows them in the texts.",
        ],
    )


def _percent(delta: float) -> str:
    """Write a share × 100; rounding errors, which say nothing, as a bound."""
    if delta < _ROUNDING:
        return f"less than {100 * _ROUNDING:g}"
    return f"{100 * delta:.2g}" if delta < 1 else write.count(round(100 * delta))


def _middle_error(examples: Sequence[Mapping[str, Any]]) -> float:
    """Give the median over examples of the error of the parts' sum, as a share of the change of the output."""
    changes = [(abs(one["delta"]), abs(one["output"] - one["baseline"])) for one in examples]
    return float(median([delta / change for delta, change in changes if change] or [0.0]))


def _shares(examples: Sequence[Mapping[str, Any]]) -> Grid:
    kinds = {"right answers": True, "wrong answers": False}
    parts = {kind: [one["share"] for one in examples if one["right"] == right] for kind, right in kinds.items()}
    parts = {kind: shares for kind, shares in parts.items() if shares}
    segments = dict.fromkeys(segment for one in examples for segment in one["share"])
    return Grid(
        title="Mean share of the attribution, %",
        columns=[f"{kind} ({len(shares)})" for kind, shares in parts.items()],
        rows=[(segment, [_mean(shares, segment) for shares in parts.values()]) for segment in segments],
        corner="part",
    )


def _mean(shares: Sequence[Mapping[str, float]], segment: str) -> str:
    return write.hundredfold(fmean(share.get(segment, 0.0) for share in shares))
