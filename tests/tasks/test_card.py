"""The data card: counts that anybody can check, and no text of the data."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from regen.config.task import PrepareConfig, ReadSpec, SplitSpec
from regen.errors import UserError
from regen.tasks.card import make_card
from regen.tasks.examples import read_split, text_keys, to_frame

NAMES = {
    "train.txt": """\
-DOCSTART- O

Peter B-PER
Blackburn I-PER
visited O
London B-LOC

Peter B-PER
Blackburn I-PER
visited O
London B-LOC

-DOCSTART- O

Yesterday O
Hungarian B-MISC
Ferenc I-PER
""",
    "dev.txt": "Yesterday O\nHungarian O\nFerenc O\n\nSwimming O\n",
    "test.txt": "Yesterday\nHungarian\nFerenc\n",
}

PAIRS = {
    "train.json": [
        ("甲乙丙丁戊", "己庚辛壬癸", "yes"),
        ("甲乙丙丁戊", "己庚辛壬癸", "no"),
        ("一二三四五六", "七八", "-"),
    ],
    "dev.json": [("甲乙丙丁戊", "己庚辛壬癸", "no"), ("甲乙丙丁戊己", "庚辛壬癸", "no")],
    "test.json": [("春夏秋冬春", "东南西北东", "?")],
}


def _card(folder: Path, kind: str, **read: Any) -> dict[str, Any]:
    """Read a task's three splits, the last one hidden, and give its card."""
    suffix = "txt" if kind == "tagging" else "json"
    splits = {name: {"file": f"{name}.{suffix}", "labelled": name != "test"} for name in ("train", "dev", "test")}
    config = PrepareConfig(task="made", type=kind, read=ReadSpec(splits=splits, **read))
    readings = {split: read_split(folder, config.read, split) for split in splits}
    return make_card(config, folder, readings, {split: to_frame(reading) for split, reading in readings.items()})


def _tagging(folder: Path, **read: Any) -> dict[str, Any]:
    for name, content in NAMES.items():
        (folder / name).write_text(content, encoding="utf-8")
    labels = ("LOC", "MISC", "PER")
    fields = {"tokens": 0, "tags": 1}
    return _card(folder, "tagging", format="conll_columns", scheme="iob2", fields=fields, labels=labels, **read)


def _pairs(folder: Path, **read: Any) -> dict[str, Any]:
    for name, pairs in PAIRS.items():
        lines = [json.dumps({"a": a, "b": b, "gold": label}, ensure_ascii=False) for a, b, label in pairs]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    fields = {"text_a": "a", "text_b": "b", "label": "gold"}
    keys = {"format": "json_lines", "fields": fields, "labels": ("yes", "no"), "drop_labels": ("-",), **read}
    return _card(folder, "pair_classification", **keys)


def test_the_card_of_a_tagging_task(tmp_path: Path) -> None:
    card = _tagging(tmp_path)
    assert list(card["splits"]["train"]["label_counts"]) == ["LOC", "MISC", "PER"]
    assert card == {
        "task": "made",
        "type": "tagging",
        "labels": ["LOC", "MISC", "PER"],
        "files": {
            name: hashlib.sha256(NAMES[name].encode()).hexdigest() for name in ("dev.txt", "test.txt", "train.txt")
        },
        "splits": {
            "train": {
                "examples": 3,
                "dropped": {},
                "repeated_texts": 1,
                "odd_rows": {"irregular_tags": {"rows": 1, "ids": ["train-2"]}},
                "documents": 2,
                "tokens": 11,
                "length_in_tokens": {"min": 3, "median": 4.0, "p95": 4.0, "max": 4},
                "spans": 6,
                "label_counts": {"LOC": 2, "MISC": 1, "PER": 3},
                "irregular_tags": 1,
            },
            "dev": {
                "examples": 2,
                "dropped": {},
                "repeated_texts": 0,
                "odd_rows": {},
                "documents": 1,
                "tokens": 4,
                "length_in_tokens": {"min": 1, "median": 2.0, "p95": 2.9, "max": 3},
                "spans": 0,
                "label_counts": {},
                "irregular_tags": 0,
            },
            "test": {
                "examples": 1,
                "dropped": {},
                "repeated_texts": 0,
                "odd_rows": {},
                "documents": 1,
                "tokens": 3,
                "length_in_tokens": {"min": 3, "median": 3.0, "p95": 3.0, "max": 3},
            },
        },
        "shared_texts": {"train+dev": 1, "train+test": 1, "dev+test": 1},
        "seen_in_train": {"dev": ["dev-0"], "test": ["test-0"]},
        "repeated": {},
    }


def test_the_card_of_a_task_of_pairs(tmp_path: Path) -> None:
    card = _pairs(tmp_path)
    assert list(card["splits"]["train"]["label_counts"]) == ["no", "yes"]
    assert card["splits"] == {
        "train": {
            "examples": 2,
            "dropped": {"-": 1},
            "repeated_texts": 1,
            "odd_rows": {
                "contradictions": {"rows": 2, "ids": ["train-0", "train-1"]},
                "dropped": {"rows": 1, "ids": ["train-2"]},
            },
            "characters": 20,
            "length_in_characters": {"min": 10, "median": 10.0, "p95": 10.0, "max": 10},
            "label_counts": {"no": 1, "yes": 1},
        },
        "dev": {
            "examples": 2,
            "dropped": {},
            "repeated_texts": 0,
            "odd_rows": {},
            "characters": 20,
            "length_in_characters": {"min": 10, "median": 10.0, "p95": 10.0, "max": 10},
            "label_counts": {"no": 2},
        },
        "test": {
            "examples": 1,
            "dropped": {},
            "repeated_texts": 0,
            "odd_rows": {},
            "characters": 10,
            "length_in_characters": {"min": 10, "median": 10.0, "p95": 10.0, "max": 10},
        },
    }
    assert card["shared_texts"] == {"train+dev": 1, "train+test": 0, "dev+test": 0}
    assert card["seen_in_train"] == {"dev": ["dev-0"]}


PASSAGES = {
    "train": [("青山镇在湖边，人口三千。", ["谁在湖边的？", "人口？"], [("青山镇", 0), ("三千", 10)])],
    "dev": [("青山镇在湖边，人口三千。", ["人口？"], [("三千", 11)]), ("湖水很深。", ["深吗？"], [("不深的湖", 0)])],
    "test": [("镇上有中学。", ["有什么？"], [("FAKE_ANSWER_1", -1)])],
}


def test_the_card_of_a_task_of_questions(tmp_path: Path) -> None:
    for name, passages in PASSAGES.items():
        articles = [
            {
                "paragraphs": [
                    {
                        "context": context,
                        "qas": [
                            {
                                "id": f"{name}-{place}-{n}",
                                "question": question,
                                "answers": [dict(zip(("text", "answer_start"), answer, strict=True))],
                            }
                            for n, (question, answer) in enumerate(zip(questions, answers, strict=True))
                        ],
                    }
                ]
            }
            for place, (context, questions, answers) in enumerate(passages)
        ]
        (tmp_path / f"{name}.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    fields = {"id": "id", "context": "context", "question": "question", "answers": "answers"}
    card = _card(tmp_path, "span_qa", format="squad_json", fields=fields)
    assert card["labels"] == []
    assert card["splits"] == {
        "train": {
            **{"examples": 2, "dropped": {}, "repeated_texts": 0, "documents": 1, "passages": 1},
            "context_length_in_characters": {"min": 12, "median": 12.0, "p95": 12.0, "max": 12},
            "question_length_in_characters": {"min": 3, "median": 4.5, "p95": pytest.approx(5.85), "max": 6},
            "answers": 2,
            "answer_length_in_characters": {"min": 2, "median": 2.5, "p95": pytest.approx(2.95), "max": 3},
            **{"shifted_answers": 1, "unlocated_answers": 0},
            "odd_rows": {"shifted_answers": {"rows": 1, "ids": ["train-0-1"]}},
        },
        "dev": {
            **{"examples": 2, "dropped": {}, "repeated_texts": 0, "documents": 2, "passages": 2},
            "context_length_in_characters": {"min": 5, "median": 8.5, "p95": pytest.approx(11.65), "max": 12},
            "question_length_in_characters": {"min": 3, "median": 3.0, "p95": 3.0, "max": 3},
            "answers": 2,
            "answer_length_in_characters": {"min": 2, "median": 3.0, "p95": pytest.approx(3.9), "max": 4},
            **{"shifted_answers": 1, "unlocated_answers": 1},
            "odd_rows": {
                "shifted_answers": {"rows": 1, "ids": ["dev-0-0"]},
                "unlocated_answers": {"rows": 1, "ids": ["dev-1-0"]},
            },
        },
        "test": {
            **{"examples": 1, "dropped": {}, "repeated_texts": 0, "documents": 1, "passages": 1, "odd_rows": {}},
            "context_length_in_characters": {"min": 6, "median": 6.0, "p95": 6.0, "max": 6},
            "question_length_in_characters": {"min": 4, "median": 4.0, "p95": 4.0, "max": 4},
        },
    }
    assert card["shared_texts"] == {"train+dev": 1, "train+test": 0, "dev+test": 0}
    written = json.dumps(card, ensure_ascii=False)
    texts = [text for rows in PASSAGES.values() for context, questions, _ in rows for text in (context, *questions)]
    assert [text for text in texts if text in written] == []
    with pytest.raises(UserError, match="split 'train' has 1 passages, expected 2"):
        _card(tmp_path, "span_qa", format="squad_json", fields=fields, expected={"train": {"passages": 2}})


def test_the_card_of_a_classification_task(tmp_path: Path) -> None:
    for name, texts in {"train": "aabcc", "dev": "cd", "test": "xy"}.items():
        lines = [json.dumps({"id": f"{name}{n}", "s": text * 5, "l": 1}) for n, text in enumerate(texts)]
        (tmp_path / f"{name}.json").write_text("\n".join(lines), encoding="utf-8")
    fields = {"id": "id", "text": "s", "label": "l"}
    card = _card(tmp_path, "classification", format="json_lines", fields=fields, labels=("1", "2"))
    train = card["splits"]["train"]
    assert (train["examples"], train["repeated_texts"], train["label_counts"]) == (5, 2, {"1": 5})
    assert card["splits"]["test"]["characters"] == 10
    assert card["shared_texts"] == {"train+dev": 1, "train+test": 0, "dev+test": 0}


def test_the_card_of_a_multiple_choice_task(tmp_path: Path) -> None:
    def entry(context: str, *questions: tuple[str, list[str]]) -> list[Any]:
        return [[context], [{"q": question, "c": choices, "a": choices[1]} for question, choices in questions]]

    made = {
        "train": [
            entry("甲乙丙", ("问", ["一", "二二"]), ("问问", ["一", "二", "一"])),
            entry("甲", ("问", ["一", "二"])),
        ],
        "dev": [entry("甲", ("问", ["一", "二"]), ("问", ["一二", ""]))],
        "test": [entry("甲乙丙", ("问", ["一", "二二"]))],
    }
    for name, content in made.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    fields = {"context": 0, "question": "q", "choices": "c", "label": "a"}
    keys: dict[str, Any] = {"format": "json_questions", "fields": fields, "labels": ("0", "1", "2")}
    card = _card(tmp_path, "multiple_choice", **keys)
    assert card["splits"]["train"] == {
        "examples": 3,
        "dropped": {},
        "repeated_texts": 0,
        "odd_rows": {"repeated_choices": {"rows": 1, "ids": ["train-1"]}},
        "documents": 2,
        "question_length_in_characters": {"min": 1, "median": 1.0, "p95": 1.9, "max": 2},
        "context_length_in_characters": {"min": 1, "median": 3.0, "p95": 3.0, "max": 3},
        "choices": {"2": 2, "3": 1},
        "choice_length_in_characters": {"min": 1, "median": 1.0, "p95": pytest.approx(1.7), "max": 2},
        "label_counts": {"1": 3},
    }
    assert "label_counts" not in card["splits"]["test"]
    assert card["shared_texts"] == {"train+dev": 1, "train+test": 1, "dev+test": 0}
    with pytest.raises(UserError, match="split 'dev' has 1 documents, expected 2"):
        _card(tmp_path, "multiple_choice", **keys, expected={"dev": {"documents": 2}})


def test_the_card_of_a_task_of_relations(tmp_path: Path) -> None:
    ann = {
        "tokens": ["Ann", "left", "Paris"],
        "entities": [{"type": "Peop", "start": 0, "end": 1}, {"type": "Loc", "start": 2, "end": 3}],
        "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
    }
    rain = {"tokens": ["rain"], "entities": [], "relations": []}
    for name, sentences in {"train": [ann, rain, ann], "dev": [ann], "test": [rain]}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(sentences), encoding="utf-8")
    fields = {name: name for name in ("tokens", "entities", "relations")}
    keys: dict[str, Any] = {"labels": ("Live_In", "Kill"), "entity_types": ("Loc", "Peop"), "fields": fields}
    keys |= {"format": "json_relations", "expected": {"train": {"entities": 4, "relations": 2}}}
    card = _card(tmp_path, "relation_extraction", **keys)
    assert card["splits"]["train"] == {
        "examples": 3,
        "dropped": {},
        "repeated_texts": 1,
        "odd_rows": {},
        "tokens": 7,
        "length_in_tokens": {"min": 1, "median": 3.0, "p95": 3.0, "max": 3},
        "entities": 4,
        "relations": 2,
        "label_counts": {"Live_In": 2, "Loc": 2, "Peop": 2},
    }
    assert set(card["splits"]["train"]) - set(card["splits"]["test"]) == {"entities", "relations", "label_counts"}
    assert card["shared_texts"] == {"train+dev": 1, "train+test": 1, "dev+test": 0}
    assert "Ann" not in json.dumps(card)
    with pytest.raises(UserError, match=r"split 'train' has 2 relations, expected 3 \(read\.expected\.train\.rel"):
        _card(tmp_path, "relation_extraction", **keys | {"expected": {"train": {"relations": 3}}})


def _long_parts(text: str) -> set[str]:
    return {text[start : start + 5] for start in range(len(text) - 4)}


def test_the_card_holds_no_text_of_the_data(tmp_path: Path) -> None:
    card = json.dumps(_tagging(tmp_path), ensure_ascii=False)
    tokens = {line.split()[0] for content in NAMES.values() for line in content.splitlines() if line}
    assert {token for token in tokens if len(token) >= 5 and token in card} == set()
    card = json.dumps(_pairs(tmp_path), ensure_ascii=False)
    parts = {part for rows in PAIRS.values() for a, b, _ in rows for text in (a, b) for part in _long_parts(text)}
    assert len(parts) > 5
    assert {part for part in parts if part in card} == set()


@pytest.mark.parametrize(
    ("split", "name", "expected", "found"),
    [
        ("train", "examples", 4, 3),
        ("train", "tokens", 12, 11),
        ("train", "spans", 5, 6),
        ("train", "documents", 1, 2),
        ("train", "dropped", 1, 0),
        ("test", "examples", 2, 1),
    ],
)
def test_a_count_that_is_not_the_published_one_is_refused(
    tmp_path: Path, split: str, name: str, expected: int, found: int
) -> None:
    said = (
        f"task made: split '{split}' has {found} {name}, expected {expected} (read.expected.{split}.{name}); "
        "the file is another edition: check its source"
    )
    with pytest.raises(UserError) as caught:
        _tagging(tmp_path, expected={split: {name: expected}})
    assert str(caught.value) == said
    _tagging(tmp_path, expected={split: {name: found}})


def test_dropped_rows_are_counted_over_all_labels(tmp_path: Path) -> None:
    labels = {"labels": ("no",), "drop_labels": ("-", "yes")}
    assert _pairs(tmp_path, expected={"train": {"dropped": 2}}, **labels)["splits"]["train"]["dropped"] == {
        "-": 1,
        "yes": 1,
    }
    with pytest.raises(UserError, match="split 'train' has 2 dropped, expected 1"):
        _pairs(tmp_path, expected={"train": {"dropped": 1}}, **labels)


def test_a_split_without_examples_is_refused(tmp_path: Path) -> None:
    _tagging(tmp_path)
    (tmp_path / "dev.txt").write_text("-DOCSTART- O\n\n", encoding="utf-8")
    splits = {name: SplitSpec(file=f"{name}.txt") for name in ("train", "dev")}
    fields: dict[str, str | int] = {"tokens": 0, "tags": 1}
    read = ReadSpec(format="conll_columns", scheme="iob2", fields=fields, labels=("LOC",), splits=splits)
    with pytest.raises(UserError, match="found no example for split 'dev', expected at least one; check the file"):
        read_split(tmp_path, read, "dev")


def test_keys_of_inputs_do_not_run_together() -> None:
    asked = pd.DataFrame({"context": ["ab", "a", "ab"], "question": ["c", "bc", "c"]})
    assert text_keys(asked).duplicated().tolist() == [False, False, True]
    pairs = pd.DataFrame({"text_a": ["ab", "a", "ab"], "text_b": ["c", "bc", "c"]})
    assert text_keys(pairs).duplicated().tolist() == [False, False, True]
    tokens = pd.DataFrame({"tokens": [["ab", "c"], ["a", "bc"], ["ab", "c"]]})
    assert text_keys(tokens).duplicated().tolist() == [False, False, True]
    keywords = pd.DataFrame({"text": ["c", "c", "bc", "c"], "keywords": [["a", "b"], ["ab"], ["a"], ["a", "b"]]})
    assert text_keys(keywords).duplicated().tolist() == [False, False, False, True]
    spans = {"span1": ["a", "a", "a", "aa"], "span1_start": [0, 2, 0, 0], "span2": "b", "span2_start": 4}
    assert text_keys(pd.DataFrame({"text": "aaacb", **spans})).duplicated().tolist() == [False, False, True, False]
    choices = pd.DataFrame({"context": ["a"] * 3, "choices": [["b", "c"], ["bc", ""], ["b", "c"]]})
    assert text_keys(choices).duplicated().tolist() == [False, False, True]
    asked = choices.assign(question=["", "", "x"])
    assert text_keys(asked).duplicated().tolist() == [False, False, False]
    assert text_keys(pd.DataFrame({"text": ["a", "b", "a"]})).duplicated().tolist() == [False, False, True]
