"""Whether settings of a cell were chosen on texts that it is scored on, by way of another task."""

import re
from collections.abc import Mapping
from typing import Any


def chosen_on(record: Mapping[str, Any]) -> list[str]:
    """Give the tasks on which a cell's settings were chosen and whose texts are among those of its own task.

    A selection rule is free text: it names a task where the task's name stands in it as a word.
    """
    selection = record["training"]["selection"]
    shared = record["card"].get("overlaps_with", {})
    return [task for task in shared if re.search(rf"(?<!\w){re.escape(task)}(?!\w)", selection)]
