"""Answers in a submission file: their type, their label, their spans."""

from collections.abc import Iterator, Sequence
from typing import Any

from regen.config.submission import SubmissionSpec
from regen.submissions.entries import shown

_PAIR = 2
_FORM = "{type: {mention: [[start, end], …]}}"

Wrong = tuple[str, str]
"""Kind of mistake, and what was found."""


def wrong_answers(answer: Any, spec: SubmissionSpec, labels: Sequence[str], text: str | None) -> Iterator[Wrong]:
    """Give what is wrong with the answer to one example.

    Args:
        answer: The answer.
        spec: What the board expects.
        labels: The labels that an answer may be, or the types of spans; none where it may be any text.
        text: The text that spans stand in.
    """
    if spec.answer == "spans":
        yield from _wrong_spans(answer, labels, text or "")
        return
    name = f"'{spec.key}'" if spec.form == "lines" else "the answer"
    expected = str if spec.answer == "string" else int
    if type(answer) is not expected:
        kind = "a string" if expected is str else "a whole number"
        yield "type of answer", f"{name} is {shown(answer)}, expected {kind}"
    elif labels and str(answer) not in labels:
        yield "label", f"{name} is {shown(answer)}, expected one of {', '.join(labels)}"


def _wrong_spans(answer: Any, labels: Sequence[str], text: str) -> Iterator[Wrong]:
    if not isinstance(answer, dict):
        yield "form of spans", f"found {shown(answer)}, expected {_FORM}"
        return
    for kind, mentions in answer.items():
        if kind not in labels:
            yield "label", f"found the type {shown(kind)}, expected one of {', '.join(labels)}"
        if not isinstance(mentions, dict):
            yield "form of spans", f"found {shown(mentions)} for type {shown(kind)}, expected {_FORM}"
            continue
        for mention, places in mentions.items():
            for place in places if isinstance(places, list) else [places]:
                yield from _wrong_span(mention, place, text)


def _wrong_span(mention: str, place: Any, text: str) -> Iterator[Wrong]:
    found = f"found {shown(place)} for {shown(mention)}"
    if not (isinstance(place, list) and len(place) == _PAIR and all(type(offset) is int for offset in place)):
        yield "form of spans", f"{found}, expected [start, end] in characters, the end inclusive"
        return
    start, end = place
    if not 0 <= start <= end < len(text):
        yield "span outside", f"{found}, expected a span within the {len(text)} characters of the text, from 0 on"
    elif text[start : end + 1] != mention:
        yield "mention", f"{found}, but the text has {shown(text[start : end + 1])} there (the end is inclusive)"
