"""What the page of an examined cell says of the temperature of its model's probabilities."""

from collections.abc import Mapping
from typing import Any

from regen.reporting import format as write
from regen.reporting.grids import Grid
from regen.reporting.sections import Section


def temperature_section(examination: Mapping[str, Any]) -> Section:
    """Show what a temperature does; without a grid where the model gives no probability of every label."""
    found = examination.get("temperature")
    if found is None:
        return Section(id="temperature", title="Temperature")
    return Section(
        id="temperature", title="Temperature", grids=[_grid(found, examination["drawn"])], notes=[_note(found)]
    )


def _grid(found: Mapping[str, Any], drawn: Mapping[str, Any]) -> Grid:
    rows = [("as they are", [*_row(found["before"]), write.NOTHING])]
    if found["value"] is not None:
        change, low, high = map(_decimals, found["change"])
        rows.append(("with temperature", [*_row(found["after"]), f"{change} [{low}, {high}]"]))
    unknown = found["unknown"]
    lost = f"{write.count(unknown)} have a label that the model does not know: no log loss counts them."
    return Grid(
        title=f"Probabilities of all labels: {write.count(found['units'])} {found['unit']}s, from "
        f"{write.count(drawn['examples'])} of {write.count(drawn['of'])} dev examples",
        columns=["ECE × 100", "ECE × 100 if calibrated", "log loss", "its change"],
        rows=rows,
        corner="probabilities",
        note=lost if unknown else "",
    )


def _row(measured: Mapping[str, Any]) -> list[str]:
    loss = measured["log_loss"]
    return [
        write.hundredfold(measured["ece"]),
        f"≤ {write.hundredfold(measured['ece_if_calibrated'])}",
        write.NOTHING if loss is None else _decimals(loss),
    ]


def _decimals(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


def _note(found: Mapping[str, Any]) -> str:
    if found["value"] is None:
        return "No temperature fits these answers."
    return (
        f"Temperature fitted on dev: {found['value']:.2f}; above 1 the model is too sure. Each half of dev is measured "
        "with the temperature of the other one."
    )
