import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from regen.estimators.linear.features import chinese_words, feature_matrix, texts, vectorizers, words
from regen.estimators.linear.options import Options
from regen.estimators.linear.parts import keyword_numbers, span_numbers, span_parts

PAIRS = pd.DataFrame({"text_a": ["red cat", "dog"], "text_b": ["red dog", ""]})
WORDS_ALONE = Options(words=(1, 1), characters=None)


def test_words_are_parted_by_blanks_and_punctuation() -> None:
    assert words("Don't STOP, café 12\tx_y") == ["don", "t", "stop", "café", "12", "x_y"]
    assert words("") == []


def test_chinese_is_segmented() -> None:
    assert chinese_words("我爱北京 天安门\u3000ABC") == ["我", "爱", "北京", "天安门", "abc"]
    assert chinese_words("") == []


@pytest.mark.parametrize(
    ("language", "vocabulary"), [("zh", ["北京", "天安门", "我", "爱"]), ("en", ["天安门", "我爱北京"])]
)
def test_segmentation_follows_the_language(language: str, vocabulary: list[str]) -> None:
    made = vectorizers(WORDS_ALONE, language)
    made["words"].fit(["我爱北京 天安门"])
    assert sorted(made["words"].vocabulary_) == sorted(vocabulary)


def test_kinds_of_features_and_their_lengths() -> None:
    made = vectorizers(Options(words=(1, 2), characters=(2, 2)), "en")
    assert list(made) == ["words", "characters"]
    for vectorizer in made.values():
        vectorizer.fit(["Red cat"])
    assert list(made["words"].get_feature_names_out()) == ["cat", "red", "red cat"]
    assert list(made["characters"].get_feature_names_out()) == [" c", "at", "ca", "d ", "ed", "re"]
    assert list(vectorizers(Options(words=None), "en")) == ["characters"]


def test_rare_features_are_left_out() -> None:
    made = vectorizers(Options(words=(1, 1), characters=None, min_frequency=2), "en")
    made["words"].fit(["red cat", "red dog", "cat cat"])
    assert list(made["words"].get_feature_names_out()) == ["cat", "red"]


def test_texts_of_pairs_are_both_sides() -> None:
    assert texts(PAIRS) == ["red cat", "dog", "red dog", ""]
    assert texts(pd.DataFrame({"text": ["x", "y"], "label": ["a", "b"]})) == ["x", "y"]


def test_matrix_of_texts_by_hand() -> None:
    made = vectorizers(WORDS_ALONE, "en")
    made["words"].fit(["red cat", "dog"])
    matrix = feature_matrix(pd.DataFrame({"text": ["cat red bird", "dog dog", ""]}), made)
    half = 0.5**0.5  # both words are as rare as each other, and the row has the length 1
    assert matrix.toarray() == pytest.approx(np.array([[half, 0, half], [0, 1, 0], [0, 0, 0]]))


def test_matrix_of_pairs_by_hand() -> None:
    made = vectorizers(WORDS_ALONE, "en")
    made["words"].fit(["red", "cat", "dog"])
    matrix = feature_matrix(PAIRS, made).toarray()
    assert matrix.shape == (2, 3 * 3 + 4)
    half = 0.5**0.5
    # Columns cat, dog, red: of side a, of side b, of their product.
    assert matrix[0, :9] == pytest.approx([half, 0, half, 0, half, half, 0, 0, 0.5])
    assert matrix[1, :9] == pytest.approx([0, 1, 0, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("text_a", "text_b", "expected"),
    [
        ("abcd", "bcx", [2 / 4, 2 / 3, 2 / 5, 3 / 4]),
        ("b", "aab", [1, 1 / 2, 1 / 2, 1 / 3]),
        ("same", "same", [1, 1, 1, 1]),
        ("ab", "", [0, 0, 0, 0]),
        ("", "", [0, 0, 0, 0]),
    ],
)
def test_overlap_by_hand(text_a: str, text_b: str, expected: list[float]) -> None:
    made = vectorizers(WORDS_ALONE, "en")
    made["words"].fit(["word"])
    matrix = feature_matrix(pd.DataFrame({"text_a": [text_a], "text_b": [text_b]}), made)
    assert matrix.toarray()[0, -4:] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"words": None, "characters": None}, "give 'words' or 'characters'"),
        ({"words": (2, 1)}, r"'words' must be \[shortest, longest\]"),
        ({"characters": (3, 2)}, r"'characters' must be \[shortest, longest\]"),
        ({"words": (0, 1)}, "greater than or equal to 1"),
        ({"c": 0}, "greater than 0"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Options.model_validate(options)


SPANS = pd.DataFrame(
    {
        "text": ["Ann met Bea when she left.", "他说王明知道王明"],
        "span1": ["Bea", "王明"],
        "span1_start": [8, 6],
        "span2": ["she", "他"],
        "span2_start": [17, 0],
    }
)
KEYWORDS = pd.DataFrame({"text": ["red cat, red dog", ""], "keywords": [["red", "cat", "red", "bird"], ["dog"]]})


def test_texts_are_cut_at_their_spans() -> None:
    assert span_parts(SPANS) == [
        ["Ann met ", ""],
        [" when ", "说王明知道"],
        [" left.", ""],
        ["Bea", "王明"],
        ["she", "他"],
    ]


def test_numbers_of_spans_by_hand() -> None:
    expected = [[6 / 26, 0, np.log(4), np.log(2)], [5 / 8, 1, np.log(3), np.log(3)]]
    assert span_numbers(SPANS) == pytest.approx(np.array(expected))


def test_matrix_of_spans_by_hand() -> None:
    made = vectorizers(WORDS_ALONE, "en")
    made["words"].fit(["bea", "when"])
    matrix = feature_matrix(SPANS.iloc[:1], made).toarray()
    # Columns bea, when: before, between and after the spans, in the first and the second one.
    assert matrix[0, :10].tolist() == [0, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert matrix[0, 10:] == pytest.approx(span_numbers(SPANS)[0])


def test_numbers_of_keywords_by_hand() -> None:
    """Keywords are counted as often as the list has them."""
    occurs = (np.log(3) + np.log(2) + np.log(3)) / 4
    length = (3 * np.log(4) + np.log(5)) / 4
    expected = [[3 / 4, occurs, length, 3 / 4], [0, 0, np.log(4), 1]]
    assert keyword_numbers(KEYWORDS) == pytest.approx(np.array(expected))


def test_matrix_of_keywords_by_hand() -> None:
    made = vectorizers(WORDS_ALONE, "en")
    made["words"].fit(["bird", "cat", "dog"])
    assert texts(KEYWORDS) == ["red cat red bird", "dog", "red cat, red dog", ""]
    matrix = feature_matrix(KEYWORDS, made).toarray()
    half = 0.5**0.5
    # Columns bird, cat, dog: the keywords, and their product with the text.
    assert matrix[0, :6] == pytest.approx([half, half, 0, 0, 0.5, 0])
    assert matrix[1, :6] == pytest.approx([0, 0, 1, 0, 0, 0])
    assert matrix[:, 6:] == pytest.approx(keyword_numbers(KEYWORDS))
