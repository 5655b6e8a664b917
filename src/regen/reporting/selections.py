"""Whether settings of a cell were chosen on texts that it is scored on, by way of another task."""

import re

from regen.reporting.format import Record


def chosen_on(record: Record) -> list[str]:
    """Give the tasks on which a cell's settings were chosen and whose texts are among those of its own task.

    A selection rule is free text: it names a task where the task's name stands in it as a word.
    """
    selection = record["training"]["selection"]
    shared = record["card"].get("overlaps_with", {})
    return [task for task in shared if re.search(rf"(?<!\w){re.escape(task)}(?!\w)", selection)]


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
