"""What a reader hands over."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from regen.config.task import ReadSpec
from regen.errors import UserError


@dataclass
class Reading:
    """Rows of one split, and what was noticed on the way.

    Attributes:
        rows: One dict per example, keys as in the task's ``fields`` plus ``id`` (and ``document`` for CoNLL files
            and passages with questions).
        dropped: Label -> number of rows left out because of it.
        irregular_tags: Tags that break the file's own tagging scheme; read by conlleval's rules all the same.
        shifted_answers: Answers that stand up to three characters before where the file says.
        unlocated_answers: Answers that do not stand where the file says, nor near.
        overlapping_spans: Spans left out since tags cannot hold them beside a longer one that they overlap.
        ids: The ids of the rows, to find one that comes twice.
        odd: Kind of oddity -> ids of the rows that a reader noticed it in, for the data card.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    irregular_tags: int = 0
    shifted_answers: int = 0
    unlocated_answers: int = 0
    overlapping_spans: int = 0
    ids: set[str] = field(default_factory=set)
    odd: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def add_row(reading: Reading, where: str, row: dict[str, Any]) -> None:
    """Take a row in.

    Args:
        reading: What takes it.
        where: File and line.
        row: The row, with its ``id``.

    Raises:
        UserError: Its id stands twice.
    """
    if row["id"] in reading.ids:
        raise UserError(f"{where}: id {row['id']!r} stands twice; leave 'id' out of the task's 'fields' to number rows")
    reading.ids.add(row["id"])
    reading.rows.append(row)


def add_labelled(reading: Reading, where: str, row: dict[str, Any], read: ReadSpec) -> None:
    """Take a row with a label in, or leave it out and count it.

    Args:
        reading: What takes it.
        where: File and line.
        row: The row; its ``label`` is ``None`` where labels are hidden.
        read: How the task's files are read.

    Raises:
        UserError: The label is unknown, or the id stands twice.
    """
    label = row["label"]
    if label is not None:
        label = row["label"] = read.rename_labels.get(label, label)
        if label in read.drop_labels:
            reading.dropped[label] += 1
            reading.odd["dropped"].append(row["id"])
            return
        if label not in read.labels:
            raise UserError(
                f"{where}: found label {label!r}, expected one of {', '.join(read.labels)}; "
                "mend the line or the task's 'labels'"
            )
    add_row(reading, where, row)
