"""The page of examples."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from analysed_cells import Cell, majority_cell, predicted, record_of
from estimator_frames import MAKERS

from annotated import annotated
from regen.analysis.page.lines import example_lines
from regen.analysis.page.pieces import Mark, cut, token_bounds
from regen.analysis.page.write import MOST, write_page
from regen.config.task_types import TaskType


def test_marks_cut_a_text() -> None:
    pieces = cut("abcdef", [Mark(1, 4, "gold", "gold"), Mark(3, 5, "predicted", "predicted"), Mark(2, 2, "gold", "no")])
    assert [(piece.text, piece.kind, piece.label) for piece in pieces] == [
        ("a", "", ""),
        ("bc", "gold", "gold"),
        ("d", "both", "gold + predicted"),
        ("e", "predicted", "predicted"),
        ("f", "", ""),
    ]
    assert cut("", []) == []


def test_places_of_tokens() -> None:
    assert token_bounds(["ab", "c"], " ") == [(0, 2), (3, 4)]
    assert token_bounds(["北", "京"], "") == [(0, 1), (1, 2)]


def shown(task_type: str, language: str, example: dict[str, Any], gold: Any, pred: Any) -> dict[str, list[Any]]:
    lines = example_lines(task_type, language, example, gold, pred)
    return {line.name: [(piece.text, piece.kind, piece.label) for piece in line.pieces] for line in lines}


def test_spans_stand_on_both_sides() -> None:
    found = shown("tagging", "en", {"tokens": ["Ann", "Lee", "left"]}, ["B-P", "I-P", "O"], ["B-P", "O", "B-L"])
    assert found == {
        "gold": [("Ann Lee", "gold", "P"), (" left", "", "")],
        "predicted": [("Ann", "predicted", "P"), (" Lee ", "", ""), ("left", "predicted", "L")],
    }
    same = shown("tagging", "zh", {"tokens": ["北", "京"]}, ["B-L", "I-L"], ["B-L", "I-L"])
    assert same["gold"] == same["predicted"] == [("北京", "both", "L")]


def test_relations_are_listed_below_the_entities() -> None:
    tokens, gold = annotated("[P Ann] of [O Acme]", (0, 1, "Works"))
    found = shown("relation_extraction", "en", {"tokens": tokens}, gold, annotated("[P Ann] of [O Acme]")[1])
    assert found["gold relations"] == [("Ann (P) → Acme (O)", "gold", "Works")]
    assert found["predicted relations"] == [("–", "", "")]
    assert found["gold"] == [("Ann", "both", "P"), (" of ", "", ""), ("Acme", "both", "O")]


def test_answers_are_marked_in_their_passage() -> None:
    example = {"context": "他在北京工作", "question": "哪里？", "answer_start": [2, 2]}
    found = shown("span_qa", "zh", example, ["北京", "北京"], "京工")
    assert found["context"] == [
        ("他在", "", ""),
        ("北", "gold", "gold"),
        ("京", "both", "gold + predicted"),
        ("工", "predicted", "predicted"),
        ("作", "", ""),
    ]
    assert found["answer"] == [("北京", "gold", "gold"), ("京工", "predicted", "predicted")]
    nowhere = shown("span_qa", "zh", example | {"answer_start": [-1]}, ["上海"], "")
    assert nowhere["context"] == [("他在北京工作", "", "")]
    assert nowhere["answer"][1] == ("", "predicted", "predicted: none")


def test_choices_and_labels() -> None:
    example = {"context": "c", "choices": ["x", "y", "z"]}
    assert shown("multiple_choice", "en", example, "0", "2")["choice 2"] == [("z", "predicted", "predicted")]
    assert shown("multiple_choice", "en", example | {"question": "q"}, "1", "1")["choice 1"] == [
        ("y", "both", "gold and predicted")
    ]
    pair = shown("pair_classification", "en", {"text_a": "x", "text_b": "y"}, "same", "other")
    assert pair["answer"] == [("same", "gold", "gold"), ("other", "predicted", "predicted")]
    words = shown("keyword_match", "zh", {"text": "x", "keywords": ["银行", "利率"]}, "1", "1")
    assert words["keywords"] == [("银行, 利率", "", "")]
    spans = {"text": "王明说他", "span1": "王明", "span1_start": "0", "span2": "他", "span2_start": 3}
    assert shown("coreference", "zh", spans, "true", "true")["text"] == [
        ("王明", "asked", "span1"),
        ("说", "", ""),
        ("他", "asked", "span2"),
    ]


class Marks(HTMLParser):
    """Collects headings, marks with their words, and anything that would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.marks: list[str] = []
        self.headings: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        known = dict(attrs)
        if tag in ("script", "img", "iframe") or str(known.get("src", "")).startswith("http"):
            self.loaded.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "mark" in self.open:
            self.marks.append(data.strip())
        if self.open and self.open[-1] == "h3":
            self.headings.append(data.strip())


def written(cell: Cell, folder: Path) -> str:
    write_page(cell.record, cell.predictions, cell.frames.dev, folder)
    assert [path.name for path in folder.iterdir()] == ["index.html"]
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("task_type", "language"), MAKERS)
def test_every_task_type_has_a_page(task_type: TaskType, language: str, tmp_path: Path) -> None:
    cell = majority_cell(task_type, language)
    text = written(cell, tmp_path)
    assert text.startswith("<!doctype html>\n")
    page = Marks(text)
    assert set(cell.frames.dev["id"]) <= set(page.headings)
    assert page.marks
    assert "no probability" in text
    assert page.loaded == []


def texts(rows: list[tuple[str, str, str, float]]) -> Cell:
    """A cell of (text, gold, predicted, score)."""
    frame = pd.DataFrame(
        {"id": [f"r{i}" for i in range(len(rows))], "text": [row[0] for row in rows], "label": [row[1] for row in rows]}
    )
    made = predicted(frame, "classification", [row[2] for row in rows], [row[3] for row in rows], "dev")
    record = record_of("classification", "ar", ["a", "b"], estimator="linear")
    return Cell(record, made, type(majority_cell("tagging", "en").frames)(frame, frame, frame))


def test_surest_errors_come_first_then_what_the_model_was_least_sure_of(tmp_path: Path) -> None:
    text = written(texts([("one", "a", "b", 0.6), ("two", "a", "a", 0.55), ("three", "b", "a", 0.9)]), tmp_path)
    assert Marks(text).headings == ["r2", "r0", "r1", "r0", "r2"]
    assert "2 of 3 answers are wrong" in text
    assert "probability 0.9000 · wrong" in text
    assert "probability 0.5500 · right" in text
    assert '<dd lang="ar" dir="auto">' in text


def test_no_more_than_fifty_of_each(tmp_path: Path) -> None:
    page = Marks(written(texts([(str(n), "a", "b", n / 200) for n in range(120)]), tmp_path))
    assert len(page.headings) == 2 * MOST


def test_texts_are_escaped(tmp_path: Path) -> None:
    nasty = '<script>alert(1)</script><img src=http://x> & "q" </mark>'
    page = Marks(written(texts([(nasty, "a", "b", 0.6)]), tmp_path))
    assert page.loaded == []


def test_nothing_wrong_is_said(tmp_path: Path) -> None:
    text = written(texts([("one", "a", "a", 0.6)]), tmp_path)
    assert "There is none." in text
