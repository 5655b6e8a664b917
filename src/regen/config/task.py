"""A task: one data set with its splits, label set and official metric."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from regen.config.base import Name, Spec, WrongValueError
from regen.config.files import FileSpec

TaskType = Literal["classification", "pair_classification", "tagging"]
Metric = Literal["accuracy", "span_f1"]
Format = Literal["conll_columns", "json_lines"]
SplitName = Annotated[str, Field(pattern=r"^(train|dev|test|test_[a-z0-9_]+)$")]

Seeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
"""One repeat per seed."""

COLUMNS: dict[TaskType, tuple[str, ...]] = {
    "classification": ("text", "label"),
    "pair_classification": ("text_a", "text_b", "label"),
    "tagging": ("tokens", "tags"),
}
"""The columns that the examples of a task type must have, beside ``id``."""

METRICS: dict[TaskType, Metric] = {
    "classification": "accuracy",
    "pair_classification": "accuracy",
    "tagging": "span_f1",
}
"""The official metric of each task type."""

FORMATS: dict[Format, tuple[TaskType, ...]] = {
    "conll_columns": ("tagging",),
    "json_lines": ("classification", "pair_classification"),
}
"""The task types that each format can hold."""


class SplitSpec(Spec):
    """One split: the file that it is read from, and whether its labels are public."""

    file: str
    labelled: bool = True


class ReadSpec(Spec):
    """How raw files become typed examples. The stage ``prepare`` depends on this section alone.

    Attributes:
        format: Name of the reader.
        fields: Column of the examples -> key of the JSON object, or number of the column (0-based).
        scheme: Tagging scheme of the raw file: ``iob1`` or ``iob2``; examples always hold IOB2.
        splits: Split name -> where it is read from.
        labels: The label set: classes, or span types for tagging. Order is that of reports, never an index.
        drop_labels: Labels whose rows are left out (and counted), such as OCNLI's ``-``.
        expected: Published counts per split, ``{train: {examples: 14041, spans: 23499}}``; a difference is an error.
    """

    format: Format
    fields: dict[str, str | int]
    scheme: Literal["iob1", "iob2"] | None = None
    splits: dict[SplitName, SplitSpec]
    labels: tuple[str, ...] = Field(min_length=1)
    drop_labels: tuple[str, ...] = ()
    expected: dict[SplitName, dict[Literal["examples", "tokens", "spans", "documents", "dropped"], int]] = Field(
        default_factory=dict
    )

    @field_validator("splits")
    @classmethod
    def _train_and_dev(cls, splits: dict[str, SplitSpec]) -> dict[str, SplitSpec]:
        for name in ("train", "dev"):
            if name not in splits or not splits[name].labelled:
                raise ValueError(f"needs a labelled split '{name}'")
        return splits


class TaskSpec(Spec):
    """One YAML file in conf/base/tasks: everything that regen knows about a data set.

    Attributes:
        title: One line for reports.
        benchmark: Group of tasks: ``conll``, ``clue``, ``fewclue``, ``sample``.
        type: Task type; it decides which columns examples have and which estimators suit.
        language: ISO 639-1 code.
        version: Raised when the meaning of the task changes.
        licence: What is known of the data's licence.
        source: Where the data and its description come from.
        files: The published files (stage ``ingest``).
        read: How they become examples (stage ``prepare``).
        metric: Official metric.
        overrides: Recipe name -> options of that recipe which this task sets otherwise.
        seeds: Recipe name -> seeds that take the place of the recipe's: where repeats are dear or wanted in number.
    """

    title: str
    benchmark: Name
    type: TaskType
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    version: int = 1
    licence: str
    source: str
    files: tuple[FileSpec, ...] = Field(min_length=1)
    read: ReadSpec
    metric: Metric
    overrides: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    seeds: dict[Name, Seeds] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "TaskSpec":
        names = [file.name for file in self.files]
        for split, spec in self.read.splits.items():
            if spec.file not in names:
                path = ("read", "splits", split, "file")
                raise WrongValueError(path, f"'{spec.file}' is not among files: {', '.join(names)}")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise WrongValueError(("files",), f"found {', '.join(twice)} twice; give each file a name of its own")
        if self.metric != METRICS[self.type]:
            text = f"type {self.type} is scored with {METRICS[self.type]}, found {self.metric}"
            raise WrongValueError(("metric",), text)
        return self

    @model_validator(mode="after")
    def _readable(self) -> "TaskSpec":
        missing = [column for column in COLUMNS[self.type] if column not in self.read.fields]
        if missing:
            raise WrongValueError(("read", "fields"), f"type {self.type} needs {', '.join(missing)}")
        if self.type not in FORMATS[self.read.format]:
            text = f"{self.read.format} holds {', '.join(FORMATS[self.read.format])}; found type {self.type}"
            raise WrongValueError(("read", "format"), text)
        for name, column in self.read.fields.items():
            if self.read.format == "conll_columns" and not (isinstance(column, int) and column >= 0):
                path = ("read", "fields", name)
                raise WrongValueError(path, f"expected the number of a column, from 0 on; found {column!r}")
        if (self.read.scheme is not None) != (self.type == "tagging"):
            raise WrongValueError(("read", "scheme"), "a tagging task needs it, other types must not have it")
        return self

    @model_validator(mode="after")
    def _countable(self) -> "TaskSpec":
        kinds = {"examples", "dropped"} | ({"tokens", "spans", "documents"} if self.type == "tagging" else set())
        for split, counts in self.read.expected.items():
            if split not in self.read.splits:
                raise WrongValueError(("read", "expected", split), f"there is no split '{split}'")
            counted = kinds if self.read.splits[split].labelled else kinds - {"spans"}
            for name in sorted(counts.keys() - counted):
                path = ("read", "expected", split, name)
                raise WrongValueError(path, f"type {self.type} has only {', '.join(sorted(counted))} to count here")
        return self

    @property
    def scored_splits(self) -> tuple[str, ...]:
        """Splits that ``evaluate`` reads: dev, then every test split, labelled or hidden."""
        return tuple(name for name in self.read.splits if name != "train")


class IngestConfig(Spec):
    """What the stage ``ingest`` may know of a task."""

    task: str
    files: tuple[FileSpec, ...]


class PrepareConfig(Spec):
    """What the stage ``prepare`` may know of a task."""

    task: str
    type: TaskType
    read: ReadSpec
