"""The lines that show an example, one function for each look of examples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regen.analysis.features import WITHOUT_BLANKS
from regen.analysis.page.pieces import Mark, Piece, cut, token_bounds
from regen.scoring.annotations import Annotation, parse_annotation
from regen.scoring.spans import Span, extract_spans

Example = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of an example: what it is, and its pieces, which are in the language of the data or not."""

    name: str
    pieces: Sequence[Piece]
    data: bool = True


def example_lines(task_type: str, language: str, example: Example, gold: Any, pred: Any) -> list[Line]:
    """Show an example with its answer and the predicted one.

    Args:
        task_type: Task type.
        language: ISO 639-1 code.
        example: The example.
        gold: Its answer.
        pred: The predicted one.
    """
    if task_type in ("tagging", "relation_extraction"):
        return _LINES[task_type](example, gold, pred, "" if language in WITHOUT_BLANKS else " ")
    return _LINES[task_type](example, gold, pred, "")


def _labelled(example: Example, gold: str, pred: str, _: str) -> list[Line]:
    texts = [(name, name.replace("_", " ")) for name in ("text", "text_a", "text_b") if name in example]
    lines = [Line(title, [Piece(example[name])]) for name, title in texts]
    if "keywords" in example:
        lines.append(Line("keywords", [Piece(", ".join(example["keywords"]))]))
    return [*lines, *_answers(gold, pred)]


def _answers(gold: str, pred: str) -> list[Line]:
    if gold == pred:
        return [Line("answer", [Piece(gold, "both", "gold and predicted")], data=False)]
    pieces = [Piece(gold, "gold", "gold"), Piece(pred, "predicted", "predicted")]
    return [Line("answer", pieces, data=False)]


def _coreference(example: Example, gold: str, pred: str, _: str) -> list[Line]:
    marks = []
    for name in ("span1", "span2"):
        start = int(example[f"{name}_start"])
        marks.append(Mark(start, start + len(example[name]), "asked", name))
    return [Line("text", cut(example["text"], marks)), *_answers(gold, pred)]


def _choices(example: Example, gold: str, pred: str, _: str) -> list[Line]:
    lines = [Line("context", [Piece(example["context"])])]
    if "question" in example:
        lines.append(Line("question", [Piece(example["question"])]))
    for place, choice in enumerate(example["choices"]):
        sides = [side for side, answer in (("gold", gold), ("predicted", pred)) if answer == str(place)]
        kind = "both" if len(sides) > 1 else "".join(sides)
        lines.append(Line(f"choice {place}", [Piece(choice, kind, " and ".join(sides))]))
    return lines


def _question(example: Example, gold: Sequence[str], pred: str, _: str) -> list[Line]:
    context = example["context"]
    starts = [int(start) for start in example["answer_start"]]
    marks = [
        Mark(start, start + len(answer), "gold", "gold")
        for answer, start in dict.fromkeys(zip(gold, starts, strict=True))
        if context.startswith(answer, start) and start >= 0
    ]
    found = context.find(pred) if pred else -1
    if found >= 0:  # where it stands several times, the first one is shown: predictions do not say which it is
        marks.append(Mark(found, found + len(pred), "predicted", "predicted"))
    answers = [Piece(answer, "gold", "gold") for answer in dict.fromkeys(gold)]
    return [
        Line("question", [Piece(example["question"])]),
        Line("context", cut(context, marks)),
        Line("answer", [*answers, Piece(pred, "predicted", "predicted" if pred else "predicted: none")]),
    ]


def _tagged(example: Example, gold: Sequence[str], pred: Sequence[str], blank: str) -> list[Line]:
    return _span_lines(list(example["tokens"]), extract_spans(gold), extract_spans(pred), blank)


def _span_lines(tokens: Sequence[str], gold: Sequence[Span], pred: Sequence[Span], blank: str) -> list[Line]:
    """Show both sides below each other: spans that overlap could not be told apart in one line."""
    text, bounds = blank.join(tokens), token_bounds(tokens, blank)
    lines = []
    for name, own, other in (("gold", gold, pred), ("predicted", pred, gold)):
        marks = [
            Mark(bounds[span.start][0], bounds[span.end - 1][1], "both" if span in other else name, span.type)
            for span in own
        ]
        lines.append(Line(name, cut(text, marks)))
    return lines


def _related(example: Example, gold: str, pred: str, blank: str) -> list[Line]:
    tokens = list(example["tokens"])
    sides = [parse_annotation(text) for text in (gold, pred)]
    of_gold, of_pred = (_relations(tokens, annotation, blank) for annotation in sides)
    lines = _span_lines(tokens, sides[0].entities, sides[1].entities, blank)
    for name, own, other in (("gold", of_gold, of_pred), ("predicted", of_pred, of_gold)):
        pieces = [Piece(text, "both" if (text, kind) in other else name, kind) for text, kind in own]
        lines.append(Line(f"{name} relations", pieces or [Piece("–")]))
    return lines


def _relations(tokens: Sequence[str], annotation: Annotation, blank: str) -> list[tuple[str, str]]:
    def words(entity: Span) -> str:
        return f"{blank.join(tokens[entity.start : entity.end])} ({entity.type})"

    return [
        (f"{words(annotation.entities[head])} → {words(annotation.entities[tail])}", kind)
        for head, tail, kind in annotation.relations
    ]


_LINES: dict[str, Callable[[Example, Any, Any, str], list[Line]]] = {
    "classification": _labelled,
    "coreference": _coreference,
    "keyword_match": _labelled,
    "multiple_choice": _choices,
    "pair_classification": _labelled,
    "relation_extraction": _related,
    "span_qa": _question,
    "tagging": _tagged,
}
"""Task type -> lines of an example, its answer, the predicted one, and what stands between tokens."""
