from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_encoders import tiny_encoder

from regen.encoders.pieces import Pieces
from regen.estimators.encoder.adaptations import ADAPTATIONS
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.texts import _cut, text_inputs

LABELS = ("yes", "no")
sizes = st.integers(0, 40)


def pieces(family: str = "bert") -> Pieces:
    return Pieces(tiny_encoder(family))


def rows_of(ragged: object) -> list[list[int]]:
    flat, offsets = ragged.flat.tolist(), ragged.offsets.tolist()  # type: ignore[attr-defined]
    return [flat[start:end] for start, end in pairwise(offsets)]


def pair(first: str, second: str) -> pd.DataFrame:
    return pd.DataFrame({"text_a": [first], "text_b": [second]})


@given(sizes, sizes, st.integers(2, 50))
@settings(deadline=None)
def test_the_longer_of_two_texts_is_cut(first: int, second: int, room: int) -> None:
    """The result is what is left when pieces go one by one from the end of the longer text."""
    left, right = _cut(list(range(first)), list(range(100, 100 + second)), room)
    a, b = first, second
    while a + b > room:
        a, b = (a - 1, b) if a > b else (a, b - 1)
    assert left == list(range(len(left)))
    assert right == list(range(100, 100 + len(right)))
    assert len(left) + len(right) == a + b
    assert abs(len(left) - a) <= 1  # of equal texts either may lose the last piece


def test_a_text_loses_its_end() -> None:
    tokenizer = pieces()
    text = "the bank of a far station with a new phone"
    whole = tokenizer.texts([text])[0].ids
    inputs = text_inputs(pd.DataFrame({"text": [text, "the bank", ""]}), tokenizer, 8, LABELS)
    assert rows_of(inputs.pieces) == [[2, *whole[:6], 3], [2, *whole[:2], 3], [2, 3]]
    assert inputs.types is None
    assert inputs.labels is None
    assert inputs.units is None
    assert inputs.owners.tolist() == [0, 1, 2]
    assert inputs.firsts.tolist() == [0, 0, 0]
    assert inputs.truncated is not None
    assert inputs.truncated.tolist() == [True, False, False]
    assert inputs.truncated_share == 1 / 3


def test_labels_are_numbers_of_the_label_set() -> None:
    examples = pd.DataFrame({"text": ["a", "b", "c"], "label": ["no", "yes", "no"]})
    inputs = text_inputs(examples, pieces(), 16, LABELS)
    assert inputs.labels is not None
    assert rows_of(inputs.labels) == [[1], [0], [1]]


def test_pairs_have_segments() -> None:
    tokenizer = pieces()
    inputs = text_inputs(pair("the bank", "new york is"), tokenizer, 16, LABELS)
    a, b = (encoding.ids for encoding in tokenizer.texts(["the bank", "new york is"]))
    assert rows_of(inputs.pieces) == [[2, *a, 3, *b, 3]]
    assert inputs.types is not None
    assert rows_of(inputs.types) == [[0, 0, 0, 0, 1, 1, 1, 1]]


@pytest.mark.parametrize("family", ["roberta", "xlm_roberta"])
def test_pairs_without_segments(family: str) -> None:
    tokenizer = pieces(family)
    inputs = text_inputs(pair("the bank", "new york"), tokenizer, 60, LABELS)
    a, b = (encoding.ids for encoding in tokenizer.texts(["the bank", "new york"]))
    assert rows_of(inputs.pieces) == [[0, *a, 2, 2, *b, 2]]
    assert inputs.types is None


@pytest.mark.parametrize("family", ["bert", "roberta", "albert", "xlm_roberta"])
@pytest.mark.parametrize(
    ("first", "second"), [("the bank " * 20, "new york " * 20), ("", "the " * 50), ("a " * 50, "")]
)
def test_a_long_pair_fills_the_row_and_keeps_its_frame(family: str, first: str, second: str) -> None:
    tokenizer = pieces(family)
    inputs = text_inputs(pair(first, second), tokenizer, 21, LABELS)
    (row,) = rows_of(inputs.pieces)
    assert len(row) == 21
    template = tokenizer.template
    assert tuple(row[: len(template.before)]) == template.before
    assert tuple(row[-len(template.last) :]) == template.last
    if inputs.types is not None:
        assert len(rows_of(inputs.types)[0]) == 21


@pytest.mark.parametrize("family", ["bert", "roberta", "albert", "xlm_roberta"])
def test_rows_are_those_of_the_tokenizer_itself(family: str) -> None:
    from tokenizers import Tokenizer

    plain = Tokenizer.from_file(str(tiny_encoder(family) / "tokenizer.json"))
    texts = ["The bank of New York", "北京 银行!", "zyx", "a"]
    single = text_inputs(pd.DataFrame({"text": texts}), pieces(family), 60, LABELS)
    assert rows_of(single.pieces) == [plain.encode(text).ids for text in texts]
    both = text_inputs(pd.DataFrame({"text_a": texts, "text_b": texts[::-1]}), pieces(family), 60, LABELS)
    expected = [plain.encode(a, b) for a, b in zip(texts, texts[::-1], strict=True)]
    assert rows_of(both.pieces) == [encoding.ids for encoding in expected]
    if both.types is not None:
        assert rows_of(both.types) == [encoding.type_ids for encoding in expected]


def test_a_pair_that_just_fits_is_whole() -> None:
    tokenizer = pieces()
    a, b = (len(encoding.ids) for encoding in tokenizer.texts(["the bank", "new york is"]))
    for length, cut in ((a + b + 3, False), (a + b + 2, True)):
        inputs = text_inputs(pair("the bank", "new york is"), tokenizer, length, LABELS)
        assert inputs.truncated is not None
        assert inputs.truncated.tolist() == [cut]


def test_keywords_are_the_first_of_two_texts() -> None:
    """Joined by a blank, as in CLUE's baselines; the text, which is longer, loses its end."""
    examples = pd.DataFrame({"text": ["the bank of a far station"], "keywords": [["bank", "far"]], "label": ["no"]})
    inputs = ADAPTATIONS["keyword_match"].inputs(examples, pieces(), Options(max_length=9, stride=0), LABELS)
    expected = text_inputs(pair("bank far", "the bank of a far station").assign(label="no"), pieces(), 9, LABELS)
    assert rows_of(inputs.pieces) == rows_of(expected.pieces)
    (ids,) = rows_of(inputs.pieces)
    assert (ids.index(3), len(ids)) == (3, 9)
    assert inputs.types is not None
    assert inputs.labels is not None
    assert rows_of(inputs.labels) == [[1]]


def test_a_label_that_train_lacks_is_ignored() -> None:
    from regen.estimators.encoder.inputs import IGNORED

    examples = pd.DataFrame({"text": ["a", "b"], "label": ["no", "maybe"]})
    inputs = text_inputs(examples, pieces(), 16, LABELS)
    assert inputs.labels is not None
    assert rows_of(inputs.labels) == [[1], [IGNORED]]
