"""The task types: what their examples look like, and which metrics and formats suit them. One entry for each."""

from dataclasses import dataclass
from typing import Literal

TaskType = Literal[
    "classification",
    "coreference",
    "keyword_match",
    "multiple_choice",
    "pair_classification",
    "relation_extraction",
    "span_qa",
    "tagging",
]
Metric = Literal["accuracy", "exact_match", "span_f1", "strict_relation_f1", "surface_macro_f1"]
Format = Literal[
    "conll_columns",
    "json_blanks",
    "json_lines",
    "json_questions",
    "json_relations",
    "json_spans",
    "multihead_columns",
    "squad_json",
    "tab_separated",
]
Count = Literal["examples", "dropped", "tokens", "spans", "documents", "passages", "entities", "relations"]


@dataclass(frozen=True)
class TypeFacts:
    """What holds for all tasks of a type.

    Attributes:
        inputs: Columns that the examples must have, beside ``id``; whoever predicts sees them.
        gold: The column of the answer; nobody who predicts sees it.
        metrics: The metrics that score it.
        formats: The formats of files that can hold it.
        tells: Further columns that tell of the answer and are kept from whoever predicts.
        label_set: Whether answers are drawn from a set of labels.
        counts: What the data card counts in each split, and publishers tell of.
        labelled_counts: Those that need the answers.
        parts: Fields of a file that an answer is made of, where it is not one field.
    """

    inputs: tuple[str, ...]
    gold: str
    metrics: tuple[Metric, ...]
    formats: tuple[Format, ...]
    tells: tuple[str, ...] = ()
    label_set: bool = True
    counts: tuple[Count, ...] = ("examples", "dropped")
    labelled_counts: tuple[Count, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the examples must have, beside ``id``."""
        return (*self.inputs, self.gold)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Columns that nobody who predicts sees."""
        return (self.gold, *self.tells)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that a file must have, beside ``id``."""
        return (*self.inputs, *(self.parts or (self.gold,)))


TASK_TYPES: dict[TaskType, TypeFacts] = {
    "classification": TypeFacts(
        inputs=("text",), gold="label", metrics=("accuracy",), formats=("json_lines", "tab_separated")
    ),
    "coreference": TypeFacts(
        inputs=("text", "span1", "span1_start", "span2", "span2_start"),
        gold="label",
        metrics=("accuracy",),
        formats=("json_lines",),
    ),
    "keyword_match": TypeFacts(
        inputs=("text", "keywords"), gold="label", metrics=("accuracy",), formats=("json_lines",)
    ),
    "multiple_choice": TypeFacts(
        inputs=("context", "choices"),
        gold="label",
        metrics=("accuracy",),
        formats=("json_questions", "json_blanks"),
        counts=("examples", "dropped", "documents"),
    ),
    "pair_classification": TypeFacts(
        inputs=("text_a", "text_b"), gold="label", metrics=("accuracy",), formats=("json_lines", "tab_separated")
    ),
    "span_qa": TypeFacts(
        inputs=("context", "question"),
        gold="answers",
        metrics=("exact_match",),
        formats=("squad_json",),
        tells=("answer_start",),
        label_set=False,
        counts=("examples", "dropped", "documents", "passages"),
    ),
    "tagging": TypeFacts(
        inputs=("tokens",),
        gold="tags",
        metrics=("span_f1", "surface_macro_f1"),
        formats=("conll_columns", "json_spans"),
        counts=("examples", "dropped", "tokens", "spans", "documents"),
        labelled_counts=("spans",),
    ),
    "relation_extraction": TypeFacts(
        inputs=("tokens",),
        gold="annotation",
        metrics=("strict_relation_f1",),
        formats=("json_relations", "multihead_columns"),
        counts=("examples", "tokens", "entities", "relations"),
        labelled_counts=("entities", "relations"),
        parts=("entities", "relations"),
    ),
}
