"""The text of a task as rows of pieces."""

from typing import Any

import pandas as pd
import pytest
from tiny_encoders import tiny_encoder

from regen.config.task_types import TaskType
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.marks import GAP, OTHER_GAP
from regen.pretraining.corpus import distinct_texts, make_corpus


def table(**columns: Any) -> pd.DataFrame:
    """Give examples, numbered from 0."""
    frame = pd.DataFrame(columns)
    return frame.assign(id=[str(number) for number in range(len(frame))])


CASES: list[tuple[TaskType, str, pd.DataFrame, list[str]]] = [
    ("classification", "en", table(text=[" a b ", "", "c", "a b"], label=["x"] * 4), ["a b", "c"]),
    ("pair_classification", "zh", table(text_a=["甲", "乙"], text_b=["丙", "甲"]), ["甲", "乙", "丙"]),
    ("tagging", "en", table(tokens=[["New", "York"], ["is"]], tags=[["B-X", "I-X"], ["O"]]), ["New York", "is"]),
    ("tagging", "zh", table(tokens=[["北", "京"]], tags=[["O", "O"]]), ["北京"]),
    ("span_qa", "en", table(context=["c", "c"], question=["q", "r"], answers=[["s"], ["t"]]), ["c", "q", "r"]),
    ("multiple_choice", "en", table(context=["c"], question=["q"], choices=[["s", "t"]], label=["0"]), ["c", "q"]),
    ("multiple_choice", "zh", table(context=[f"甲{GAP}乙{OTHER_GAP}丙"], choices=[["丁", "戊"]]), ["甲", "乙", "丙"]),
    ("keyword_match", "en", table(text=["t"], keywords=[["k"]], label=["1"]), ["t"]),
    ("coreference", "en", table(text=["t"], span1=["s"], span2=["u"], label=["true"]), ["t"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def test_texts_of_a_task_type(case: tuple[TaskType, str, pd.DataFrame, list[str]]) -> None:
    task_type, language, frame, expected = case
    assert distinct_texts({"train": frame}, task_type, language) == expected


def test_unlabelled_rows_that_a_test_split_holds_are_left_out() -> None:
    """An id names a row within its split only."""
    tables = {"train": table(text=["a", "b"]), "unlabeled": table(text=["c", "d", "a"])}
    assert distinct_texts(tables, "classification", "en", ["1"]) == ["a", "b", "c"]


def test_rows_hold_every_piece_once_and_texts_are_held_out() -> None:
    pieces = Pieces(tiny_encoder())
    texts = [f"{word} in paris" for word in ("rain", "rates", "goal", "bank", "phone", "penalty", "late", "new", "old")]
    texts.append("how old are you what is your age where is the station can you find it")
    corpus = make_corpus(texts, pieces, 8, 0.2, 0)
    assert (corpus.texts, corpus.held_out_texts) == (8, 2)
    before, after = pieces.template.before, pieces.template.after
    inner: list[int] = []
    for rows in (corpus.train, corpus.held_out):
        assert rows.lengths.max() <= 8
        for start, end in zip(rows.offsets[:-1], rows.offsets[1:], strict=True):
            row = rows.flat[start:end].tolist()
            assert (row[:1], row[-1:]) == (list(before), list(after))
            inner += row[1:-1]
    assert sorted(inner) == sorted(number for encoding in pieces.texts(texts) for number in encoding.ids)
    assert set(corpus.used) == {*inner, *before, *after}


def test_what_is_held_out_depends_on_the_seed_alone() -> None:
    pieces, texts = Pieces(tiny_encoder()), [f"phone {number}" for number in range(9)]
    first, again, other = (make_corpus(texts, pieces, 16, 0.3, seed).held_out.flat.tolist() for seed in (0, 0, 1))
    assert first == again != other


@pytest.mark.parametrize(("count", "share"), [(2, 0.01), (2, 0.99)])
def test_there_is_always_something_on_both_sides(count: int, share: float) -> None:
    corpus = make_corpus(["a", "b"][:count], Pieces(tiny_encoder()), 16, share, 0)
    assert (corpus.texts, corpus.held_out_texts) == (1, 1)


def test_one_text_is_too_few() -> None:
    with pytest.raises(UserError, match="found 1 distinct texts, expected at least 2"):
        make_corpus(["a"], Pieces(tiny_encoder()), 16, 0.5, 0)
