"""What is found to be wrong with a file: each kind of mistake, made by hand."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from regen.config.submission import SubmissionSpec
from regen.errors import UserError
from regen.submissions.check import check_file

IDS = [3, 1, 2]
RIGHT = ['{"id": 3, "label": "a"}', '{"id": 1, "label": "b"}', '{"id": 2, "label": "a"}']
TEXTS = ["王小明在青山", "今天晴"]
SPANS = {"name": {"王小明": [[0, 2]]}, "address": {"青山": [[4, 5]]}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x_predict.json"


def found(path: Path, content: str | list[str], ids: list[Any] = IDS, **keys: Any) -> list[str]:
    """Write a file of lines, or a whole one, and give what is wrong with it."""
    path.write_text(content if isinstance(content, str) else "\n".join(content), encoding="utf-8", newline="\n")
    spec = SubmissionSpec(**{"file": path.name, **keys})
    return check_file(path, spec, ids, pd.DataFrame({"id": ids}), ["a", "b"])


def spans(path: Path, label: Any) -> list[str]:
    """Check a file of two texts, the first with the given spans."""
    lines = [json.dumps({"id": number, "label": value}) for number, value in enumerate((label, {}))]
    path.write_text("\n".join(lines), encoding="utf-8")
    spec = SubmissionSpec(file=path.name, id="row", answer="spans")
    frame = pd.DataFrame({"tokens": [list(text) for text in TEXTS]})
    return check_file(path, spec, [0, 1], frame, ["address", "name"])


@pytest.mark.parametrize("content", ["\n".join(RIGHT), "\n".join(RIGHT) + "\n", "\r\n".join(RIGHT) + "\r\n"])
def test_nothing_is_wrong(path: Path, content: str) -> None:
    assert found(path, content) == []


def test_nothing_is_wrong_with_other_forms(path: Path) -> None:
    assert found(path, ['{"answer": 1, "id": "7"}'], ["7"], id="string", key="answer", answer="int")[1:] == []
    assert found(path, '{"Q2": "a", "Q1": "b"}', ["Q1", "Q2"], form="object") == []  # an object has no order
    assert spans(path, SPANS) == []


MISTAKES = {
    "empty line": ([*RIGHT[:2], "", RIGHT[2]], "line 3: found an empty line, expected a JSON object on each"),
    "not an object": ([*RIGHT, '["a"]'], 'line 4: found ["a"], expected an object, {"id": 0, "label": …}'),
    "further id": ([*RIGHT, '{"id": 4, "label": "a"}'], "line 4: found the id 4, which the test file does not have"),
    "id twice": ([*RIGHT, RIGHT[0]], "line 4: found the id 3, which line 1 has already"),
    "order": (
        [RIGHT[1], RIGHT[0], RIGHT[2]],
        "line 1: the order is not that of the test file: found the id 1, expected 3",
    ),
    "missing id": ([RIGHT[0], RIGHT[2]], "1 of 3 ids missing: 1"),
    "empty file": ("", "3 of 3 ids missing: 3, 1, 2"),
    "extra field": (
        [*RIGHT[:2], '{"id": 2, "label": "a", "label_desc": ""}'],
        "line 3: found the field 'label_desc', expected only id and label",
    ),
    "no answer": (
        [*RIGHT[:2], '{"id": 2}'],
        'line 3: field \'label\' is missing, found id; expected {"id": 0, "label": …}',
    ),
    "id as a string": (
        [*RIGHT[:2], '{"id": "2", "label": "a"}'],
        'line 3: found the id "2", expected a whole number',
    ),
    "label as a number": ([*RIGHT[:2], '{"id": 2, "label": 1}'], "line 3: 'label' is 1, expected a string"),
    "label as a list": ([*RIGHT[:2], '{"id": 2, "label": ["a"]}'], "line 3: 'label' is [\"a\"], expected a string"),
    "unknown label": ([*RIGHT[:2], '{"id": 2, "label": "c"}'], "line 3: 'label' is \"c\", expected one of a, b"),
    "half a surrogate pair": (
        [*RIGHT[:2], '{"id": 2, "label": "\\ud800"}'],
        "line 3: 'label' is \"\\ud800\", expected one of a, b",
    ),
}


@pytest.mark.parametrize(("content", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(path: Path, content: str | list[str], said: str) -> None:
    assert found(path, content) == [said]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 3: not JSON at column 2: Expecting property name enclosed in double quotes; expected an object a"),
        ('{"label": "a"}', 'line 3: field \'id\' is missing, found label; expected {"id": 0, "label": …}'),
        ('{"id": 2.0, "label": "a"}', "line 3: found the id 2.0, expected a whole number"),
        ('{"id": true, "label": "a"}', "line 3: found the id true, expected a whole number"),
    ],
)
def test_a_line_without_an_id_lacks_one(path: Path, line: str, said: str) -> None:
    first, second = found(path, [*RIGHT[:2], line])
    assert first.startswith(said)
    assert second == "1 of 3 ids missing: 2"


def test_lines_of_a_kind_are_told_together(path: Path) -> None:
    ids = list(range(12))
    lines = [json.dumps({"id": number, "label": "c" if number > 1 else 5}) for number in ids]
    assert found(path, lines, ids) == [
        "lines 1, 2: 'label' is 5, expected a string",
        "lines 3, 4, 5, 6, 7 and 5 more: 'label' is \"c\", expected one of a, b",
    ]
    assert found(path, lines[:2], ids)[-1] == "10 of 12 ids missing: 2, 3, 4, 5, 6 and 5 more"


def test_ids_and_answers_of_other_types(path: Path) -> None:
    keys = {"id": "string", "key": "answer", "answer": "int"}
    spec_ids = ["0", "1"]
    lines = ['{"id": 0, "answer": "1"}', '{"id": "1", "answer": 7}']
    path.write_text("\n".join(lines), encoding="utf-8")
    spec = SubmissionSpec.model_validate({"file": path.name, **keys})
    assert check_file(path, spec, spec_ids, pd.DataFrame({"id": spec_ids}), ["0", "1", "2"]) == [
        "line 1: found the id 0, expected a string",
        "line 1: 'answer' is \"1\", expected a whole number",
        "line 2: 'answer' is 7, expected one of 0, 1, 2",
    ]


def test_answers_may_be_any_text_without_a_label_set(path: Path) -> None:
    path.write_text('{"Q1": "任何文字"}', encoding="utf-8")
    spec = SubmissionSpec(file=path.name, form="object")
    assert check_file(path, spec, ["Q1"], pd.DataFrame({"id": ["Q1"]}), []) == []


def test_an_answer_is_one_of_the_choices_of_its_example(path: Path) -> None:
    path.write_text('{"id": 0, "label": 1}\n{"id": 1, "label": 2}\n{"id": 2, "label": -1}', encoding="utf-8")
    spec = SubmissionSpec(file=path.name, id="row", answer="int")
    frame = pd.DataFrame({"choices": [["x", "y"], ["x", "y"], ["x", "y", "z"]]})
    assert check_file(path, spec, [0, 1, 2], frame, ["0", "1", "2", "3"]) == [
        "lines 2, 3: 'label' is 2, expected one of 0, 1"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"Q1": "a", "Q3": "a", "Q2": "b"}', "id Q3: found the id Q3, which the test file does not have"),
        ('{"Q1": "a", "Q2": "a", "Q1": "b"}', "id Q1: found the id Q1 twice"),
        ('{"Q1": "a"}', "1 of 2 ids missing: Q2"),
        ('{"Q1": "a", "Q2": 3}', "id Q2: the answer is 3, expected a string"),
        ('{"Q1": "a", "Q2": "c"}', 'id Q2: the answer is "c", expected one of a, b'),
        ("{}", "2 of 2 ids missing: Q1, Q2"),
    ],
)
def test_mistakes_in_one_object(path: Path, content: str, said: str) -> None:
    assert found(path, content, ["Q1", "Q2"], form="object") == [said]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ([], "line 1: found [], expected {type: {mention: [[start, end], …]}}"),
        (
            {"name": ["王小明"]},
            'line 1: found ["王小明"] for type "name", expected {type: {mention: [[start, end], …]}}',
        ),
        (
            {"name": {"王小明": [0, 2]}},
            'line 1: found 0 for "王小明", expected [start, end] in characters, the end inc',
        ),
        ({"name": {"王小明": [[0, 2.0]]}}, 'line 1: found [0, 2.0] for "王小明", expected [start, end] in characters'),
        (
            {"name": {"王小明": [[0, 3]]}},
            'line 1: found [0, 3] for "王小明", but the text has "王小明在" there (the end',
        ),
        (
            {"name": {"青山": [[4, 6]]}},
            'line 1: found [4, 6] for "青山", expected a span within the 6 characters of th',
        ),
        ({"name": {"王": [[-1, 0]]}}, 'line 1: found [-1, 0] for "王", expected a span within the 6 characters of the'),
        ({"nom": {"王小明": [[0, 2]]}}, 'line 1: found the type "nom", expected one of address, name'),
    ],
)
def test_mistakes_in_spans(path: Path, label: Any, said: str) -> None:
    (line,) = spans(path, label)
    assert line.startswith(said)


def test_several_kinds_of_mistakes(path: Path) -> None:
    said = found(path, [RIGHT[1], "{", '{"id": 9, "label": "c", "x": 0}'])
    assert [line.split(":")[0] for line in said] == ["line 2", "line 3", "line 3", "line 3", "2 of 3 ids missing"]


@pytest.mark.parametrize(
    ("content", "keys", "said"),
    [
        (b"\xff", {}, ":1: found byte 0xff at column 1, expected UTF-8"),
        (
            b"\n{",
            {"form": "object"},
            ":2: not JSON at column 2: Expecting property name enclosed in double quotes; exp",
        ),
        (b"[1]", {"form": "object"}, ": found [1], expected one object, id to answer"),
    ],
)
def test_files_that_cannot_be_read(path: Path, content: bytes, keys: dict[str, Any], said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        check_file(path, SubmissionSpec(file=path.name, **keys), IDS, pd.DataFrame({"id": IDS}), ["a"])
    assert str(caught.value).startswith(f"{path}{said}")


def test_a_missing_file(path: Path) -> None:
    with pytest.raises(UserError, match=r"x_predict.json: no such file$"):
        check_file(path, SubmissionSpec(file=path.name), IDS, pd.DataFrame({"id": IDS}), ["a"])
