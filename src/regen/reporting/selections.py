"""What pages say of settings that were chosen on texts which a cell is scored on."""

from regen.records.selections import chosen_on
from regen.reporting.format import Record


def selection_flags(record: Record) -> list[str]:
    """Name each such task in a few words."""
    return [f"settings chosen on {task}, which shares texts" for task in chosen_on(record)]


def selection_leaks(record: Record) -> list[str]:
    """Say what each such task shares, one sentence for each."""
    known = record["card"].get("overlaps_with", {})
    return [
        f"Leak: the settings of {record['cell']} were chosen on {task}, which shares texts: {known[task]}."
        for task in chosen_on(record)
    ]
