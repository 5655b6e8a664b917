"""What a task of multiple choice may say of its files."""

from typing import Any

import pytest
from pydantic import ValidationError

from regen.config.task import TaskSpec

QUESTIONS: dict[str, Any] = {"context": 0, "question": "question", "choices": "choice", "label": "answer"}
BLANKS: dict[str, Any] = {"context": "content", "choices": "candidates", "label": "answer"}


def _task(format_: str, fields: dict[str, Any], answers: tuple[str, ...] = (), **splits: dict[str, Any]) -> TaskSpec:
    told = {name: {"file": "a.json", **({"answers": "b.json"} if name in answers else {})} for name in ("train", "dev")}
    return TaskSpec.model_validate(
        {
            "title": "Made up",
            "benchmark": "sample",
            "type": "multiple_choice",
            "language": "zh",
            "licence": "CC0-1.0",
            "source": "this test",
            "files": [{"name": name, "sources": [{"path": name}]} for name in ("a.json", "b.json")],
            "read": {"format": format_, "fields": fields, "labels": ["0", "1"], "splits": told | splits},
            "metric": "accuracy",
        }
    )


def _without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def test_a_split_of_several_files() -> None:
    task = _task("json_questions", QUESTIONS, train={"file": ["a.json", "b.json"]})
    assert task.read.splits["train"].files == ("a.json", "b.json")
    assert task.read.splits["dev"].files == ("a.json",)


def test_answers_in_files_of_their_own_need_no_key() -> None:
    task = _task("json_blanks", _without(BLANKS, "label"), ("train", "dev"), test={"file": "a.json", "labelled": False})
    assert task.read.splits["dev"].files == ("a.json", "b.json")
    assert task.read.splits["dev"].questions == task.read.splits["test"].files == ("a.json",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("json_questions", _without(QUESTIONS, "question")), "type multiple_choice needs question"),
        (("json_questions", _without(QUESTIONS, "label")), "type multiple_choice needs label"),
        (
            ("json_questions", QUESTIONS | {"id": "id"}),
            "json_questions has context, question, choices, label; found id",
        ),
        (
            ("json_questions", QUESTIONS | {"context": "text"}),
            "expected the place of the passage in its entry, from 0 on",
        ),
        (("json_blanks", BLANKS | {"question": "q"}), "json_blanks has id, context, choices, label; found question"),
        (("json_blanks", _without(BLANKS, "label"), ("dev",)), "type multiple_choice needs label"),
        (("json_questions", QUESTIONS, ("dev",)), "only a labelled split of format json_blanks has answers in a file"),
    ],
)
def test_refused(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _task(*arguments)
    assert said in str(caught.value)


def test_a_hidden_split_has_no_answers() -> None:
    hidden = {"file": "a.json", "answers": "b.json", "labelled": False}
    with pytest.raises(ValidationError, match="only a labelled split of format json_blanks has answers"):
        _task("json_blanks", BLANKS, test=hidden)
