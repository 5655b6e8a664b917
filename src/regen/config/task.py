"""A task: one data set with its splits, label set and official metric."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from regen.config.base import Name, Spec, WrongValueError
from regen.config.files import FileSpec
from regen.config.submission import FOLD, SubmissionSpec
from regen.config.task_types import TASK_TYPES, Count, Format, Metric, TaskType

SplitName = Annotated[str, Field(pattern=r"^(train|dev|test|test_[a-z0-9_]+|unlabeled)$")]

Seeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
"""One repeat per seed."""

_NUMBERED: tuple[Format, ...] = ("conll_columns", "multihead_columns", "tab_separated")
"""Formats whose columns have numbers, not names."""
_COLUMNS: dict[Format, tuple[str, ...]] = {
    "json_blanks": ("id", "context", "choices", "label"),
    "json_questions": ("context", "question", "choices", "label"),
    "json_relations": ("id", *TASK_TYPES["relation_extraction"].fields),
    "json_spans": ("id", *TASK_TYPES["tagging"].columns),
    "multihead_columns": TASK_TYPES["relation_extraction"].fields,
    "squad_json": ("id", *TASK_TYPES["span_qa"].columns),
}
"""Format -> the only columns that it has."""


class SplitSpec(Spec):
    """One split: where it is read from.

    Attributes:
        file: Name of the raw file; of several (``json_questions``), which are read one after the other. ``{fold}`` in
            it stands for the number of the fold, from 0 on.
        labelled: Whether its labels are public.
        answers: Name of the file that holds the answers, where they are not beside the questions (``json_blanks``).
        rows: Where in the file it begins and ends, counted in lines (CoNLL: in sentences, ``json_questions``: in
            passages) from 0 on; the end is exclusive, ``null`` the end of the file. For data sets without a dev split,
            which then is a part of train.
        format: Format of the file where it is not that of the task.
        fields: Where this file has the columns of the examples, if it is not as in the task's ``fields``. ``id`` may be
            added or left out: some tests alone have ids, or unique ones.
    """

    file: str | Annotated[tuple[str, ...], Field(min_length=1)]
    labelled: bool = True
    answers: str | None = None
    rows: tuple[Annotated[int, Field(ge=0)], int | None] | None = None
    format: Format | None = None
    fields: dict[str, str | int] | None = None

    @field_validator("rows")
    @classmethod
    def _some(cls, rows: tuple[int, int | None] | None) -> tuple[int, int | None] | None:
        if rows is not None and rows[1] is not None and rows[1] <= rows[0]:
            raise ValueError(f"expected a begin and a later end, found {list(rows)}")
        return rows

    @property
    def questions(self) -> tuple[str, ...]:
        """Names of the raw files that hold the questions, in their order."""
        return (self.file,) if isinstance(self.file, str) else self.file

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all raw files that it is read from."""
        return (*self.questions, *([self.answers] if self.answers else []))

    def of_fold(self, fold: int) -> "SplitSpec":
        """Give the spec of one fold."""
        file, *more = [name.replace(FOLD, str(fold)) for name in self.questions]
        answers = self.answers and self.answers.replace(FOLD, str(fold))
        return self.model_copy(update={"file": (file, *more) if more else file, "answers": answers})

    def takes(self, number: int) -> bool:
        """Say whether the split holds what stands at this place of the file, counted from 0 on."""
        first, end = self.rows or (0, None)
        return first <= number and (end is None or number < end)


class ReadSpec(Spec):
    """How raw files become typed examples. The stage ``prepare`` depends on this section alone.

    Attributes:
        format: Name of the reader.
        fields: Column of the examples -> key of the JSON object (``a.b``: key ``b`` of the object ``a``), or number of
            the column (0-based).
        scheme: Tagging scheme of a file of columns: ``iob1`` or ``iob2``; examples always hold IOB2.
        encoding: Encoding of the files.
        splits: Split name -> where it is read from. ``unlabeled`` holds inputs whose labels nobody has: it is prepared
            and described, and no estimator reads it.
        folds: How many train sets there are, each with a dev set of its own (FewCLUE); ``null`` for one of each.
        labels: The label set: classes, span types for tagging, or types of relations. Order is that of reports, never
            an index. Empty for task types without one.
        entity_types: Types of the entities that relations hold between.
        drop_labels: Labels whose rows are left out (and counted), such as OCNLI's ``-``.
        rename_labels: Label in a file -> what the task calls it, where copies of a data set differ.
        expected: Published counts per split, ``{train: {examples: 14041, spans: 23499}}``, of each fold where there are
            folds; a difference is an error.
    """

    format: Format
    fields: dict[str, str | int]
    scheme: Literal["iob1", "iob2"] | None = None
    encoding: Literal["utf-8", "latin-1"] = "utf-8"
    splits: dict[SplitName, SplitSpec]
    folds: Annotated[int, Field(ge=2)] | None = None
    labels: tuple[str, ...] = ()
    entity_types: tuple[str, ...] = ()
    drop_labels: tuple[str, ...] = ()
    rename_labels: dict[str, str] = Field(default_factory=dict)
    expected: dict[SplitName, dict[Count, int]] = Field(default_factory=dict)

    @field_validator("splits")
    @classmethod
    def _train_and_dev(cls, splits: dict[str, SplitSpec]) -> dict[str, SplitSpec]:
        for name in ("train", "dev"):
            if name not in splits or not splits[name].labelled:
                raise ValueError(f"needs a labelled split '{name}'")
        if "unlabeled" in splits and splits["unlabeled"].labelled:
            raise ValueError("the split 'unlabeled' has no labels; give it 'labelled: false'")
        return splits

    @model_validator(mode="after")
    def _in_folds(self) -> "ReadSpec":
        if "fold" in self.fields:
            raise WrongValueError(("fields", "fold"), "this name is that of the number of the fold; take another")
        for name, spec in self.splits.items():
            folded = self.folds is not None and name in ("train", "dev")
            for file in spec.files:
                path = ("splits", name, "answers" if file == spec.answers else "file")
                if folded and FOLD not in file:
                    text = f"'folds' is {self.folds}: expected {FOLD} in the name, as in {name}_{FOLD}.json"
                    raise WrongValueError(path, f"{text}; found '{file}'")
                if not folded and FOLD in file:
                    text = f"found '{file}'; only train and dev have folds, and 'folds' says how many"
                    raise WrongValueError(path, text)
        return self

    def parts(self, split: str) -> dict[str, "ReadSpec"]:
        """Give how each part of a split is read, by its name: the split itself, or each of its folds (``train_0``)."""
        spec = self.splits[split]
        if not any(FOLD in file for file in spec.files):
            return {split: self}
        folds = {f"{split}_{fold}": spec.of_fold(fold) for fold in range(self.folds or 0)}
        return {name: self.model_copy(update={"splits": {**self.splits, split: part}}) for name, part in folds.items()}

    def files_of(self, split: str) -> list[str]:
        """Give the names of all raw files that a split is read from."""
        return [file for part in self.parts(split).values() for file in part.splits[split].files]

    def of(self, split: str) -> "ReadSpec":
        """Give the spec with the format and the fields of one split's file."""
        spec = self.splits[split]
        return self.model_copy(update={"format": spec.format or self.format, "fields": spec.fields or self.fields})


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
        overlaps_with: Task whose texts are among those of this one -> what is known of it; nothing trained on that task
            may be scored on this one.
        overrides: Recipe name -> options of that recipe which this task sets otherwise.
        seeds: Recipe name -> seeds that take the place of the recipe's: where repeats are dear or wanted in number.
        submission: Hidden split -> the file that a board takes for it.
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
    overlaps_with: dict[Name, str] = Field(default_factory=dict)
    overrides: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    seeds: dict[Name, Seeds] = Field(default_factory=dict)
    submission: dict[SplitName, SubmissionSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "TaskSpec":
        names = [file.name for file in self.files]
        for split in self.read.splits:
            for name in self.read.files_of(split):
                if name not in names:
                    answers = name in {part.splits[split].answers for part in self.read.parts(split).values()}
                    path = ("read", "splits", split, "answers" if answers else "file")
                    raise WrongValueError(path, f"'{name}' is not among files: {', '.join(names)}")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise WrongValueError(("files",), f"found {', '.join(twice)} twice; give each file a name of its own")
        metrics = TASK_TYPES[self.type].metrics
        if self.metric not in metrics:
            text = f"type {self.type} is scored with {' or '.join(metrics)}, found {self.metric}"
            raise WrongValueError(("metric",), text)
        return self

    @model_validator(mode="after")
    def _readable(self) -> "TaskSpec":
        facts, splits = TASK_TYPES[self.type], self.read.splits.values()
        elsewhere = all(spec.answers for spec in splits if spec.labelled)
        needed = [*(facts.inputs if elsewhere else facts.fields)]
        needed += ["question"] if (self.type, self.read.format) == ("multiple_choice", "json_questions") else []
        missing = [column for column in needed if column not in self.read.fields]
        if missing:
            raise WrongValueError(("read", "fields"), f"type {self.type} needs {', '.join(missing)}")
        if bool(self.read.labels) != facts.label_set:
            rule = "needs at least one" if facts.label_set else "must not have any"
            raise WrongValueError(("read", "labels"), f"type {self.type} {rule}, found {len(self.read.labels)}")
        self._check_format(("read",), self.read)
        for split, spec in self.read.splits.items():
            path = ("read", "splits", split)
            if spec.fields is not None and {*spec.fields, "id"} != {*self.read.fields, "id"}:
                text = f"expected the columns of 'read.fields': {', '.join(self.read.fields)}"
                raise WrongValueError((*path, "fields"), f"{text}; found {', '.join(spec.fields) or 'none'}")
            if spec.fields is not None or spec.format is not None:
                self._check_format(path, self.read.of(split))
            self._check_files(path, spec, self.read.of(split).format)
        columns = "conll_columns" in {self.read.of(split).format for split in self.read.splits}
        if (self.read.scheme is not None) != columns:
            raise WrongValueError(("read", "scheme"), "format conll_columns needs it, others must not have it")
        return self

    def _check_format(self, path: tuple[str, ...], read: ReadSpec) -> None:
        """Refuse a format that does not hold the task's type, and columns that the format does not have."""
        held = [name for name, facts in TASK_TYPES.items() if read.format in facts.formats]
        if self.type not in held:
            text = f"{read.format} holds {', '.join(held)}; found type {self.type}"
            raise WrongValueError((*path, "format"), text)
        for name, column in read.fields.items():
            if read.format in _NUMBERED and not (isinstance(column, int) and column >= 0):
                text = f"expected the number of a column, from 0 on; found {column!r}"
                raise WrongValueError((*path, "fields", name), text)
            if name not in _COLUMNS.get(read.format, (name,)):
                text = f"{read.format} has {', '.join(_COLUMNS[read.format])}; found {name}"
                raise WrongValueError((*path, "fields", name), text)
            if (read.format, name) == ("json_questions", "context") and not (isinstance(column, int) and column >= 0):
                text = f"expected the place of the passage in its entry, from 0 on; found {column!r}"
                raise WrongValueError((*path, "fields", name), text)

    def _check_files(self, path: tuple[str, ...], spec: SplitSpec, held: Format) -> None:
        """Refuse several files, and answers in a file of their own, where the format cannot have them."""
        if len(spec.questions) > 1 and held != "json_questions":
            raise WrongValueError((*path, "file"), f"{held} is read from one file, found {len(spec.questions)}")
        if spec.answers and (held != "json_blanks" or not spec.labelled):
            text = "only a labelled split of format json_blanks has answers in a file of their own"
            raise WrongValueError((*path, "answers"), text)

    @model_validator(mode="after")
    def _renamable(self) -> "TaskSpec":
        path = ("read", "rename_labels")
        without = ("tagging", "relation_extraction")
        if self.read.rename_labels and (self.type in without or not TASK_TYPES[self.type].label_set):
            raise WrongValueError(path, f"a {self.type} task must not have it; mend the labels of the file")
        for found, label in self.read.rename_labels.items():
            if label not in (*self.read.labels, *self.read.drop_labels):
                raise WrongValueError((*path, found), f"expected one of {', '.join(self.read.labels)}; found '{label}'")
        return self

    @model_validator(mode="after")
    def _typed(self) -> "TaskSpec":
        path, types = ("read", "entity_types"), self.read.entity_types
        if bool(types) != (self.type == "relation_extraction"):
            text = f"type relation_extraction needs it, others must not have it; found type {self.type}"
            raise WrongValueError(path, text)
        both = sorted(set(types) & set(self.read.labels))
        if both:
            raise WrongValueError(path, f"'{both[0]}' is a type of relations, too; give it another name")
        return self

    @model_validator(mode="after")
    def _countable(self) -> "TaskSpec":
        facts = TASK_TYPES[self.type]
        for split, counts in self.read.expected.items():
            if split not in self.read.splits:
                raise WrongValueError(("read", "expected", split), f"there is no split '{split}'")
            hidden = () if self.read.splits[split].labelled else facts.labelled_counts
            counted = sorted(set(facts.counts) - set(hidden))
            for name in sorted(counts.keys() - set(counted)):
                path = ("read", "expected", split, name)
                raise WrongValueError(path, f"type {self.type} has only {', '.join(counted)} to count here")
        return self

    @model_validator(mode="after")
    def _submittable(self) -> "TaskSpec":
        hidden = [split for split in self.scored_splits if not self.read.splits[split].labelled]
        for split, spec in self.submission.items():
            if split not in hidden:
                text = f"expected a split with hidden labels ({', '.join(hidden) or 'there is none'})"
                raise WrongValueError(("submission", split), text)
            spans = self.read.of(split).format == "json_spans"
            if (spec.answer == "spans") != spans:
                text = f"{'expected' if spans else 'only json_spans has'} the answer spans, found {spec.answer}"
                raise WrongValueError(("submission", split, "answer"), text)
        return self

    @property
    def scored_splits(self) -> tuple[str, ...]:
        """Splits that ``evaluate`` reads: dev, then every test split, labelled or hidden."""
        return tuple(name for name in self.read.splits if name not in ("train", "unlabeled"))


class IngestConfig(Spec):
    """What the stage ``ingest`` may know of a task."""

    task: str
    files: tuple[FileSpec, ...]


class PrepareConfig(Spec):
    """What the stage ``prepare`` may know of a task."""

    task: str
    type: TaskType
    read: ReadSpec
    overlaps_with: dict[Name, str] = Field(default_factory=dict)
