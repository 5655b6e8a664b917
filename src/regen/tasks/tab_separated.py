"""Reader of tab-separated texts with one label: one example a line, no header, no quoting."""

from pathlib import Path
from typing import Any

from regen.config.task import ReadSpec
from regen.tasks.lines import check_width, read_lines
from regen.tasks.reading import Reading, add_labelled


def read_tab_separated(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the 0-based number of each column. ``id`` may be among them; rows are numbered ``<split>-0``
            otherwise.
        split: Name of the split. Where its labels are hidden, the file needs no column for ``label``, which is
            ``None`` in every row.

    Returns:
        Rows with ``id`` and one string per field, as the file has it: quotes and blanks are part of the text.

    Raises:
        UserError: A line has another number of columns than the first one, has an unknown label, or repeats an id.
    """
    reading, spec, width = Reading(), read.splits[split], 0
    fields = {name: int(column) for name, column in read.fields.items() if spec.labelled or name != "label"}
    for number, line in read_lines(path, read.encoding):
        if not line:
            continue
        where, columns = f"{path}:{number}", line.split("\t")
        width = width or len(columns)
        check_width(where, len(columns), width, 1 + max(fields.values()))
        if spec.takes(number - 1):
            row: dict[str, Any] = {"id": f"{split}-{number - 1}"}
            row |= {name: columns[fields[name]] if name in fields else None for name in read.fields}
            add_labelled(reading, where, row, read)
    return reading
