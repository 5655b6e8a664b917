"""What is wrong with a file that somebody wants to hand in."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from regen.config.submission import SubmissionSpec
from regen.submissions.answers import wrong_answers
from regen.submissions.entries import Entry, read_entries
from regen.submissions.mistakes import Mistakes, shortened


def check_file(
    path: Path, spec: SubmissionSpec, ids: Sequence[int | str], examples: pd.DataFrame, labels: Sequence[str]
) -> list[str]:
    """Compare a file with what the board expects.

    Args:
        path: The file.
        spec: What the board expects.
        ids: Ids of all examples, in the order of the test file.
        examples: The examples; with ``tokens`` where the answers are spans, and ``choices`` where they number those.
        labels: The task's label set.

    Returns:
        One line for each kind of mistake; none where the file is right.

    Raises:
        UserError: The file cannot be read.
    """
    mistakes = Mistakes()
    entries = read_entries(path, spec, mistakes)
    expected = {str(value): number for number, value in enumerate(ids)}
    known = _check_ids(entries, expected, mistakes)
    if spec.form == "lines":
        _check_order(known, list(expected), mistakes)
    texts = list(examples["tokens"]) if spec.answer == "spans" else None
    choices = list(examples["choices"]) if "choices" in examples else None
    for entry in entries:
        if not entry.answered or (texts and entry.id not in expected):
            continue  # said already; without its example, spans have no text to stand in
        text = "".join(texts[expected[str(entry.id)]]) if texts else None
        allowed = _numbers(choices[expected[str(entry.id)]]) if choices and entry.id in expected else labels
        for kind, found in wrong_answers(entry.answer, spec, allowed, text):
            mistakes.add(kind, entry.place, found)
    missing = sorted(expected.keys() - {entry.id for entry in known}, key=expected.__getitem__)
    lacking = [f"{len(missing):,} of {len(expected):,} ids missing: {shortened(missing)}"] if missing else []
    return [*mistakes.lines(), *lacking]


def _numbers(choices: Sequence[str]) -> list[str]:
    """Give the labels of an example's choices: how many there are differs between examples."""
    return [str(number) for number in range(len(choices))]


def _check_ids(entries: Sequence[Entry], expected: dict[str, int], mistakes: Mistakes) -> list[Entry]:
    """Give the entries of known ids, each id once."""
    known: dict[str, Entry] = {}
    for entry in entries:
        if entry.id is None:
            continue
        if entry.id not in expected:
            mistakes.add("unknown id", entry.place, f"found the id {entry.id}, which the test file does not have")
        elif entry.id in known:
            before = known[entry.id].place
            at = f", which line {before} has already" if isinstance(before, int) else " twice"
            mistakes.add("duplicate id", entry.place, f"found the id {entry.id}{at}")
        else:
            known[entry.id] = entry
    return list(known.values())


def _check_order(known: Sequence[Entry], expected: Sequence[str], mistakes: Mistakes) -> None:
    """Name the first entry that stands elsewhere than in the test file."""
    there = {entry.id for entry in known}
    wanted = (value for value in expected if value in there)
    for entry, value in zip(known, wanted, strict=True):
        if entry.id != value:
            text = f"the order is not that of the test file: found the id {entry.id}, expected {value}"
            mistakes.add("order", entry.place, text)
            return
