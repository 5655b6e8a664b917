import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from regen.estimators.linear.features import chinese_words, feature_matrix, texts, vectorizers, words
from regen.estimators.linear.options import Options

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
