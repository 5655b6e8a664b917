"""The files that a board takes: what each holds, line by line."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regen.config.base import Spec

FOLD = "{fold}"
"""Stands for the number of the fold in the name of a file."""


class SubmissionSpec(Spec):
    """The file that a board takes for one hidden split.

    Attributes:
        file: Its name. With ``{fold}`` in it, which stands for the number of the fold, there is a file for each fold.
        form: ``lines``: an object of id and answer on each line, in the order of the test file; ``object``: the whole
            file is one object, id -> answer.
        id: ``int`` or ``string``: the id that the test file has, so written; ``row``: the number of the example in the
            test file, from 0 on. In the form ``object`` ids are strings.
        key: Key of the answer on each line.
        answer: ``string`` or ``int``: the label, so written; ``spans``: ``{type: {mention: [[start, end]]}}`` in
            characters, the end inclusive.
    """

    file: Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]|\{fold\})+\.json$")]
    form: Literal["lines", "object"] = "lines"
    id: Literal["row", "int", "string"] = "int"
    key: str = "label"
    answer: Literal["string", "int", "spans"] = "string"

    @model_validator(mode="after")
    def _of_one_form(self) -> "SubmissionSpec":
        lines_only = sorted({"id", "key"} & self.model_fields_set)
        if self.form == "object" and lines_only:
            raise ValueError(f"form object has no {', '.join(lines_only)}; leave it out")
        return self

    @property
    def each_fold(self) -> bool:
        """Whether each fold has its own file."""
        return FOLD in self.file


class SubmissionConfig(Spec):
    """What the submission files of a task's cells are made by.

    Attributes:
        task: Name of the task.
        files: Hidden split -> its file.
    """

    task: str
    files: dict[str, SubmissionSpec]
