"""What the page of a cell says of its confidence."""

from collections.abc import Mapping
from typing import Any

from regen.reporting import format as write
from regen.reporting.error_charts import reliability_chart
from regen.reporting.grids import Grid
from regen.reporting.sections import Section


def calibration_section(analysis: Mapping[str, Any]) -> list[Section]:
    """Compare confidence with accuracy; nothing where a cell's scores are no probabilities."""
    found = analysis.get("calibration", {})
    if not found:
        return []
    return [
        Section(
            id="calibration",
            title="Calibration",
            grids=[_numbers(analysis)],
            charts=[("Reliability", reliability_chart(analysis["cell"], found))],
            notes=[
                "Confidence is the model’s probability of its whole answer: of all tags of a sentence, of all entities "
                "and relations, of both ends of an answer. First repeat, 15 bins of equal width."
            ],
        )
    ]


def _numbers(analysis: Mapping[str, Any]) -> Grid:
    rows = [(split, _row(own)) for split, own in analysis["calibration"].items()]
    temperature = analysis.get("temperature")
    cases = f"{100 * analysis['interval']['level']:g} of 100 cases"
    note = f"On few examples ECE is above 0 even if confidence is true: the next column bounds it in {cases}."
    if temperature:
        value = f"{temperature['value']:.2f}"
        rows += [(f"{split}, with temperature", _row(own)) for split, own in temperature["after"].items()]
        note += f" Temperature fitted on dev: {value}; above 1 the model is too sure."
    return Grid(
        title="Confidence and accuracy",
        columns=["n", "accuracy × 100", "mean confidence × 100", "ECE × 100", "ECE × 100 if calibrated", "Brier score"],
        rows=rows,
        corner="split",
        note=note,
    )


def _row(calibration: Mapping[str, Any]) -> list[str]:
    low, high = (write.hundredfold(bound) for bound in calibration["accuracy"][1:])
    brier = calibration["brier"]
    return [
        write.count(calibration["examples"]),
        f"{write.hundredfold(calibration['accuracy'][0])} [{low}, {high}]",
        write.hundredfold(calibration["confidence"]),
        write.hundredfold(calibration["ece"]),
        f"≤ {write.hundredfold(calibration['ece_if_calibrated'])}",
        f"{brier[0]:.4f} [{brier[1]:.4f}, {brier[2]:.4f}]",
    ]
