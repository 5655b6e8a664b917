"""From raw files to typed examples."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.conll_columns import read_conll_columns
from regen.tasks.coreference import SPAN_COLUMNS
from regen.tasks.json_blanks import read_json_blanks
from regen.tasks.json_lines import read_json_lines
from regen.tasks.json_questions import read_json_questions
from regen.tasks.json_relations import read_json_relations
from regen.tasks.json_spans import read_json_spans
from regen.tasks.multihead_columns import read_multihead_columns
from regen.tasks.reading import Reading
from regen.tasks.squad_json import read_squad_json
from regen.tasks.tab_separated import read_tab_separated

_LONGEST = 800
"""Characters of a message."""

logger = logging.getLogger(__name__)

_READERS = {
    "conll_columns": read_conll_columns,
    "json_blanks": read_json_blanks,
    "json_lines": read_json_lines,
    "json_questions": read_json_questions,
    "json_relations": read_json_relations,
    "json_spans": read_json_spans,
    "multihead_columns": read_multihead_columns,
    "squad_json": read_squad_json,
    "tab_separated": read_tab_separated,
}


def read_split(raw: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split of a task with the reader of its format.

    Args:
        raw: Folder of the raw files.
        read: How to read them.
        split: Name of the split.

    Raises:
        UserError: The file breaks its format, or holds no example.
    """
    path, read = raw / read.splits[split].questions[0], read.of(split)
    try:
        reading = _READERS[read.format](path, read, split)
    except UserError as error:
        raise UserError(_readable(str(error))) from None
    if reading.irregular_tags:
        logger.warning(
            "%s: %d tags break the scheme %s and were read by conlleval's rules (is 'read.scheme' right?)",
            path,
            reading.irregular_tags,
            read.scheme or "iob2",
        )
    if reading.overlapping_spans:
        logger.warning("%s: %d spans overlap a longer one and were left out", path, reading.overlapping_spans)
    if reading.unlocated_answers:
        logger.warning(
            "%s: %d answers do not stand in their passage where the file says, nor up to three characters before; they "
            "are scored, but teach nothing",
            path,
            reading.unlocated_answers,
        )
    if not reading.rows:
        raise UserError(f"{path}: found no example for split '{split}', expected at least one; check the file")
    return reading


def _readable(message: str) -> str:
    """Give a message that quotes a damaged file as one line of bearable length that every terminal can print."""
    line = " ".join(message.encode("utf-8", "backslashreplace").decode().split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"


def to_frame(reading: Reading) -> pd.DataFrame:
    """Give the rows as a table: columns ``id``, ``document`` (where there are any) and the fields, in a fixed order."""
    return pd.DataFrame(reading.rows, columns=list(reading.rows[0]))


def join_folds(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the examples of all folds into one table with a column ``fold``; a single one stays as it is.

    An ``id`` names an example within its fold only.

    Args:
        frames: Examples of fold 0, 1 and so on.
    """
    if len(frames) == 1:
        return frames[0]
    return pd.concat([frame.assign(fold=fold) for fold, frame in enumerate(frames)], ignore_index=True)


def text_keys(frame: pd.DataFrame) -> "pd.Series[str]":
    """Give one string per example that stands for its whole input: equal keys are equal inputs."""
    if "tokens" in frame:
        return frame["tokens"].map("\x1f".join)
    if "choices" in frame:
        choices = frame["choices"].map("\x1f".join)
        asked = frame["question"].str.cat(choices, sep="\x1f") if "question" in frame else choices
        return frame["context"].str.cat(asked, sep="\x1f")
    for first, second in (("text_a", "text_b"), ("context", "question")):
        if first in frame:
            return frame[first].str.cat(frame[second], sep="\x1f")
    if "keywords" in frame:
        return frame["keywords"].map("\x1f".join).str.cat(frame["text"], sep="\x1e")
    if set(frame) >= SPAN_COLUMNS:
        return frame[sorted(SPAN_COLUMNS)].astype(str).agg("\x1f".join, axis=1)
    return frame["text"]
