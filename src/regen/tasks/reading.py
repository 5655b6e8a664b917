"""What a reader hands over."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reading:
    """Rows of one split, and what was noticed on the way.

    Attributes:
        rows: One dict per example, keys as in the task's ``fields`` plus ``id`` (and ``document`` for CoNLL files).
        dropped: Label -> number of rows left out because of it.
        irregular_tags: Tags that break the file's own tagging scheme; read by conlleval's rules all the same.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    irregular_tags: int = 0
