import json
from pathlib import Path
from typing import Any

import pandas as pd

from regen.config.task import ReadSpec
from regen.tasks.examples import read_split
from regen.tasks.odd_rows import MOST_IDS, odd_rows, repeated, seen_in_train, unlabeled_in_test
from regen.tasks.reading import Reading


def _texts(*rows: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame([(f"row-{i}", *row) for i, row in enumerate(rows)], columns=["id", "text", "label"])


def _ids(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    assert all(kind["rows"] == len(kind["ids"]) for kind in found.values())
    return {name: kind["ids"] for name, kind in found.items()}


def test_the_same_text_with_another_label_is_a_contradiction() -> None:
    frame = _texts(("red", "a"), ("blue", "a"), ("red", "b"), ("blue", "a"), ("red", "a"))
    assert _ids(odd_rows(frame, Reading(), "classification")) == {"contradictions": ["row-0", "row-2", "row-4"]}


def test_hidden_labels_contradict_nothing() -> None:
    assert odd_rows(_texts(("red", None), ("red", None)), Reading(), "classification") == {}


def test_the_same_words_with_other_tags_are_a_contradiction() -> None:
    rows = [("x", ["a", "b"], ["O", "B-X"]), ("y", ["a", "b"], ["B-X", "O"]), ("z", ["a b"], ["O"])]
    frame = pd.DataFrame(rows, columns=["id", "tokens", "tags"])
    assert _ids(odd_rows(frame, Reading(), "tagging")) == {"contradictions": ["x", "y"]}


def test_a_side_of_a_pair_may_be_empty() -> None:
    rows = [("x", "a", "\u3000\n", "n"), ("y", "a", "b", "n"), ("z", "", "b", "n")]
    frame = pd.DataFrame(rows, columns=["id", "text_a", "text_b", "label"])
    assert _ids(odd_rows(frame, Reading(), "pair_classification")) == {"empty_texts": ["x", "z"]}


def test_a_sentence_is_empty_where_all_tokens_are_blank() -> None:
    frame = pd.DataFrame(
        [("x", ["\xa0", ""], ["O", "O"]), ("y", ["a", ""], ["O", "O"])], columns=["id", "tokens", "tags"]
    )
    assert _ids(odd_rows(frame, Reading(), "tagging")) == {"empty_texts": ["x"]}


def test_all_rows_are_counted_and_the_first_ones_named() -> None:
    frame = _texts(*((" ", "a") for _ in range(MOST_IDS + 5)))
    found = odd_rows(frame, Reading(), "classification")["empty_texts"]
    assert (found["rows"], found["ids"]) == (MOST_IDS + 5, [f"row-{i}" for i in range(MOST_IDS)])


def test_rows_with_overlapping_spans_are_named(tmp_path: Path) -> None:
    texts = [{"X": {"ab": [[0, 1]]}}, {"X": {"abc": [[0, 2]]}, "Y": {"bc": [[1, 2]]}}]
    lines = [json.dumps({"text": "abc", "label": spans}) for spans in texts]
    (tmp_path / "all.json").write_text("\n".join(lines), encoding="utf-8")
    splits = {"train": {"file": "all.json"}, "dev": {"file": "all.json"}}
    fields = {"tokens": "text", "tags": "label"}
    read = ReadSpec.model_validate({"format": "json_spans", "fields": fields, "labels": ["X", "Y"], "splits": splits})
    assert dict(read_split(tmp_path, read, "dev").odd) == {"overlapping_spans": ["dev-1"]}


def test_rows_whose_input_train_holds() -> None:
    frames = {
        "train": _texts(("red", "a"), ("blue", "b"), ("red", "a")),
        "dev": _texts(("green", "a"), ("red", "b"), ("red", "a")),
        "test": _texts(("grey", None)),
    }
    assert seen_in_train(frames) == {"dev": ["row-1", "row-2"]}


def test_rows_whose_input_train_of_the_same_fold_holds() -> None:
    frames = {
        "train_0": _texts(("red", "a")),
        "train_1": _texts(("blue", "b")),
        "dev_0": _texts(("blue", "b"), ("red", "a")),
        "dev_1": _texts(("red", "a")),
        "test_dev": _texts(("grey", None), ("red", None), ("blue", None)),
    }
    assert seen_in_train(frames) == {"dev_0": ["row-1"], "test_dev": ["row-1", "row-2"]}


def test_rows_whose_input_stands_earlier_in_the_split() -> None:
    frames = {
        "train": _texts(("red", "a"), ("red", "a")),
        "dev_0": _texts(("red", "a"), ("blue", "b"), ("red", "b"), ("red", "a")),
        "dev_1": _texts(("red", "a")),
    }
    assert repeated(frames) == {"dev_0": ["row-2", "row-3"]}


def test_unlabelled_rows_whose_input_a_test_split_holds() -> None:
    frames = {
        "train_0": _texts(("red", "a")),
        "test": _texts(("grey", None)),
        "test_public": _texts(("blue", "a")),
        "unlabeled": _texts(("red", None), ("blue", None), ("green", None), ("grey", None)),
    }
    assert unlabeled_in_test(frames) == ["row-1", "row-3"]
    assert unlabeled_in_test({name: frame for name, frame in frames.items() if name != "unlabeled"}) == []
