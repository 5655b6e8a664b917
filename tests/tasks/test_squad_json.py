"""Passages with questions in the JSON of SQuAD 1.1, as CMRC 2018 and DRCD publish them."""

import json
from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.marks import NOWHERE
from regen.tasks.examples import read_split
from regen.tasks.reading import Reading
from regen.tasks.squad_json import read_squad_json

CONTEXT = "青山镇在湖边，人口三千。镇上的Blue Lake中学建于1952年。"
FIELDS = {"id": "id", "context": "context", "question": "question", "answers": "answers"}


def _spec(path: Path, **keys: Any) -> ReadSpec:
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    return ReadSpec(format="squad_json", splits=splits, **{"fields": FIELDS, **keys})


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_squad_json(path, _spec(path, **keys), split)


def _question(number: int, *answers: tuple[str, int], question: str = "问？") -> dict[str, Any]:
    told = [{"text": text, "answer_start": start} for text, start in answers]
    return {"question": question, "id": f"DEV_0_QUERY_{number}", "answers": told}


def _file(*questions: dict[str, Any], context: str = CONTEXT) -> str:
    """Write each question into an article of its own."""
    articles = [
        {"paragraphs": [{"id": "DEV_0", "context": context, "qas": [item]}], "id": "DEV_0", "title": "青山"}
        for item in questions
    ]
    return json.dumps({"version": "v1.0", "data": articles}, ensure_ascii=False, indent=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.json"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_questions_have_their_passage_and_all_their_answers(path: Path) -> None:
    content = _file(_question(0, ("湖边", 4), ("在湖边", 3)), _question(1, ("1952", 28), question=""))
    reading = _read(path, content)
    shared = {"context": CONTEXT, "document": 0}
    assert reading.rows[0] == {
        **{"id": "DEV_0_QUERY_0", **shared, "question": "问？"},
        **{"answers": ["湖边", "在湖边"], "answer_start": [4, 3]},
    }
    assert reading.rows[1] == {
        **{"id": "DEV_0_QUERY_1", **shared, "document": 1, "question": ""},
        **{"answers": ["1952"], "answer_start": [28]},
    }
    assert list(reading.rows[0]) == ["id", "document", "context", "question", "answers", "answer_start"]
    assert (reading.shifted_answers, reading.unlocated_answers, reading.odd) == (0, 0, {})
    assert CONTEXT[28:32] == "1952"


def test_questions_of_one_article_are_of_one_document(path: Path) -> None:
    content = json.loads(_file(_question(0, ("湖边", 4))))
    paragraphs = content["data"][0]["paragraphs"]
    paragraphs.append({"context": "山高。", "qas": [_question(1, ("山", 0)), _question(2, ("高", 1))]})
    reading = _read(path, json.dumps(content))
    assert [(row["document"], row["context"]) for row in reading.rows] == [(0, CONTEXT), (0, "山高。"), (0, "山高。")]


@pytest.mark.parametrize(
    ("start", "found"),
    [(4, 4), (5, 4), (7, 4), (8, NOWHERE), (3, NOWHERE), (NOWHERE, NOWHERE), (1000, NOWHERE)],
)
def test_a_start_up_to_three_characters_late_is_mended(
    path: Path, start: int, found: int, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(_file(_question(0, ("湖边", start), ("湖边", 4))), encoding="utf-8")
    reading = read_split(path.parent, _spec(path), "dev")
    assert reading.rows[0]["answer_start"] == [found, 4]
    shifted, unlocated = found == 4 != start, found == NOWHERE
    assert (reading.shifted_answers, reading.unlocated_answers) == (shifted, unlocated)
    kinds = ["shifted_answers"] * shifted + ["unlocated_answers"] * unlocated
    assert reading.odd == {kind: ["DEV_0_QUERY_0"] for kind in kinds}
    warnings = [f"{path}: 1 answers do not stand in their passage where the file says"] if found == NOWHERE else []
    assert [message.split(",")[0] for message in caplog.messages] == warnings


def test_a_start_is_not_mended_to_before_the_passage(path: Path) -> None:
    reading = _read(path, _file(_question(0, ("湖边", 1)), context="青湖边"))
    assert reading.rows[0]["answer_start"] == [1]
    reading = _read(path, _file(_question(0, ("边", 0)), context="湖边"))
    assert reading.rows[0]["answer_start"] == [NOWHERE]


def test_hidden_answers_are_none_whatever_the_file_says(path: Path) -> None:
    fake = [(f"FAKE_ANSWER_{number}", -1) for number in (1, 2, 3)]
    bare = {"id": "TEST_1", "question": "问？"}
    reading = _read(path, _file(_question(0, *fake), bare), split="test")
    assert [(row["answers"], row["answer_start"]) for row in reading.rows] == [(None, None)] * 2
    assert not reading.unlocated_answers


def test_white_space_and_characters_of_any_plane_count(path: Path) -> None:
    context = "\u3000a\u2028\n😀𠮷田。"
    reading = _read(path, _file(_question(0, ("𠮷田", 5)), context=context))
    assert (reading.rows[0]["context"], reading.rows[0]["answer_start"]) == (context, [5])


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_marks_and_ends_of_lines_do_not_matter(path: Path, change: Any) -> None:
    assert _read(path, change(_file(_question(0, ("湖边", 4))))).rows[0]["answers"] == ["湖边"]


def test_rows_without_an_id_are_numbered_and_parts_are_counted_in_questions(path: Path) -> None:
    fields = {name: key for name, key in FIELDS.items() if name != "id"}
    path.write_text(_file(*(_question(number, ("湖边", 4)) for number in range(4))), encoding="utf-8")
    spec = ReadSpec(
        format="squad_json",
        fields=fields,
        splits={"train": {"file": path.name, "rows": (1, 3)}, "dev": {"file": path.name}},
    )
    assert [row["id"] for row in read_squad_json(path, spec, "train").rows] == ["train-1", "train-2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{?}", ":1: not JSON at column 2: Expecting"),
        ('{"data": [\n,]}', ":2: not JSON at column 1"),
        ("[]", ": key 'data' is missing, found []; expected the form of SQuAD 1.1"),
        ('{"version": 1}', ": key 'data' is missing, found version; expected the form of SQuAD 1.1"),
        ('{"data": {}}', ": 'data' is {}, expected a list; the form is that of SQuAD 1.1"),
        ('{"data": [3]}', ".data.0: found 3, expected an object"),
        ('{"data": [{}]}', ": data.0: key 'paragraphs' is missing, found none"),
        ('{"data": [{"paragraphs": [{"qas": [{}]}]}]}', ": data.0.paragraphs.0.qas.0: key 'id' is missing (for 'id')"),
        (
            '{"data": [{"paragraphs": [{"qas": [{"id": 1}]}]}]}',
            ": data.0.paragraphs.0.qas.0: key 'context' is missing (for 'context'), found qas",
        ),
        (_file({"id": "a"}), ": data.0.paragraphs.0.qas.0: key 'question' is missing (for 'question'), found id"),
        (_file({"id": "a", "question": 3}), ": data.0.paragraphs.0.qas.0: 'question' is 3, expected text"),
        (_file({"id": "a", "question": "b"}), ": data.0.paragraphs.0.qas.0: key 'answers' is missing, found id, ques"),
        (_file(_question(0)), ": data.0.paragraphs.0.qas.0: 'answers' is empty, expected one answer or more"),
        (_file({"id": "a", "question": "b", "answers": ["c"]}), ': data.0.paragraphs.0.qas.0: found "c", expected an '),
        (_file(_question(0, ("", 3))), ": data.0.paragraphs.0.qas.0: an answer's 'text' is empty, expected text; mend"),
        (
            _file(_question(0, ("湖", "3"))),  # type: ignore[arg-type]
            ": data.0.paragraphs.0.qas.0: an answer's 'answer_start' is \"3\", expected a number of characters",
        ),
        (_file(_question(0, ("湖", 4)), _question(0, ("湖", 4))), ": data.1.paragraphs.0.qas.0: id 'DEV_0_QUERY_0' st"),
        (_file(_question(0, ("湖", 4))).encode("utf-16"), ":1: found a NUL byte"),
    ],
)
def test_a_broken_file_is_refused_with_the_place(refuse: Any, content: str | bytes, said: str) -> None:
    assert refuse(content).startswith(said)


def test_a_file_without_questions_is_refused(path: Path) -> None:
    path.write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(UserError, match=r"dev\.json: found no example for split 'dev'"):
        read_split(path.parent, _spec(path), "dev")
