"""The section ``submission`` of a task."""

from typing import Any

import pytest

from regen.config.submission import SubmissionSpec
from small_project import TOPIC, SmallProject

SPLITS = "      dev: {file: all.json}\n"
METRIC = "  metric: accuracy\n"


@pytest.fixture
def project(project: SmallProject) -> SmallProject:
    """A project whose task ``topic`` has a hidden test split."""
    project.edit(TOPIC, SPLITS, f"{SPLITS}      test: {{file: all.json, labelled: false}}\n")
    return project


def declare(project: SmallProject, text: str) -> None:
    project.edit(TOPIC, METRIC, f"{METRIC}  submission:\n    {text}\n")


def test_what_stands_in_a_task(project: SmallProject) -> None:
    declare(project, "test: {file: topic_predict.json, id: row}")
    task = project.specs().tasks["topic"]
    assert task.submission == {"test": SubmissionSpec(file="topic_predict.json", id="row")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("test: {file: a.json, name: x}", ":26: topic.submission.test.name: unknown key; known keys here: file, form"),
        ("test: {id: row}", ":26: topic.submission.test.file: this key is missing"),
        ("test: {file: ../a.json}", ":26: topic.submission.test.file: String should match pattern"),
        ("test: {file: a.json, id: number}", ":26: topic.submission.test.id: Input should be 'row', 'int' or 'string'"),
        (
            "test: {file: a.json, answer: float}",
            ":26: topic.submission.test.answer: Input should be 'string', 'int' or",
        ),
        ("test: {file: a.json, form: list}", ":26: topic.submission.test.form: Input should be 'lines' or 'object'"),
        (
            "test: {file: a.json, form: object, id: int}",
            ":26: topic.submission.test: form object has no id; leave it out",
        ),
        ("dev: {file: a.json}", ":26: topic.submission.dev: expected a split with hidden labels (test)"),
        ("test_b: {file: a.json}", ":26: topic.submission.test_b: expected a split with hidden labels (test)"),
        (
            "test: {file: a.json, answer: spans}",
            ":26: topic.submission.test.answer: only json_spans has the answer spans, found spans",
        ),
    ],
)
def test_mistakes(project: SmallProject, text: str, said: str) -> None:
    declare(project, text)
    assert project.quick_error().startswith(f"conf/{TOPIC}{said}")


def test_spans_are_the_answer_of_texts_with_spans(project: SmallProject) -> None:
    changes = (
        ("classification", "tagging"),
        ("format: json_lines", "format: json_spans"),
        ("{text: sentence, label: label}", "{tokens: text, tags: label}"),
        ("metric: accuracy", "metric: surface_macro_f1"),
    )
    for old, new in changes:
        project.edit(TOPIC, old, new)
    project.edit(TOPIC, "surface_macro_f1\n", "surface_macro_f1\n  submission: {test: {file: a.json}}\n")
    assert project.quick_error().startswith(
        f"conf/{TOPIC}:25: topic.submission.test.answer: expected the answer spans, found string"
    )


@pytest.mark.parametrize("keys", [{"id": "int"}, {"key": "answer"}, {"id": "int", "key": "answer"}])
def test_one_object_has_neither_type_of_id_nor_key(keys: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"form object has no {', '.join(keys)}; leave it out"):
        SubmissionSpec.model_validate({"file": "a.json", "form": "object", **keys})


@pytest.mark.parametrize(("columns", "id_column"), [("id: id, ", "id: id, "), ("", "id: id, "), ("id: id, ", "")])
def test_a_split_may_have_ids_of_its_own_or_none(project: SmallProject, columns: str, id_column: str) -> None:
    """CLUEWSC has ids in its test alone, CSLDCP repeats those of its public test."""
    project.edit(TOPIC, "{text: sentence, label: label}", f"{{{columns}text: sentence, label: label}}")
    project.edit(TOPIC, "labelled: false", f"labelled: false, fields: {{{id_column}text: sentence, label: label}}")
    assert ("id" in project.specs().tasks["topic"].read.of("test").fields) == bool(id_column)
