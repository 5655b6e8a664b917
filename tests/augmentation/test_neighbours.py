"""Neighbours among word vectors: which pieces are words, which words are near, and what they replace."""

import numpy as np
import pandas as pd
import pytest
from augmentation_cases import augmented, context_of, made_rows, train_of
from tiny_encoders import WORDS, tiny_encoder

from regen.augmentation.augment import augment
from regen.augmentation.neighbours import neighbours, word_vectors
from regen.errors import UserError

VECTORS = np.array([[1, 0, 0], [0.96, 0.28, 0], [0.8, 0.6, 0], [0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)


@pytest.mark.parametrize("family", ["bert", "xlm_roberta"])
def test_the_words_of_an_encoder_are_its_whole_word_pieces(family: str) -> None:
    words, vectors = word_vectors(tiny_encoder(family), "en")
    assert set(words) == {word for word in WORDS if len(word) > 1}
    assert vectors.shape[0] == len(words)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(words)), abs=1e-5)


def test_chinese_words_have_two_characters_or_more() -> None:
    assert word_vectors(tiny_encoder("xlm_roberta"), "zh")[0] == ["北京"]


def test_neighbours_are_near_and_no_forms_of_the_word() -> None:
    near = neighbours(["like", "dislike", "love", "enjoy", "admire", "stone"], VECTORS, nearest=5, similarity=0.6)
    assert near("like") == ("love", "enjoy", "admire")  # 0.8, 0.8 and 0.6: equals as they come; 'dislike' holds 'like'
    assert near("stone") == ()
    assert near("unknown") == ()
    few = neighbours(["like", "dislike", "love", "enjoy", "admire", "stone"], VECTORS, nearest=1, similarity=0.7)
    assert few("like") == ("love",)
    assert few("love") == ("admire",)  # 0.96
    assert few("dislike") == ("love",)  # it holds 'like'
    strict = neighbours(["like", "dislike", "love", "enjoy", "admire", "stone"], VECTORS, nearest=5, similarity=0.81)
    assert strict("like") == ()


def test_words_become_words_of_the_encoder_in_their_case() -> None:
    encoder = tiny_encoder("bert")
    methods = {"neighbours": {"share": 1, "similarity": 0.01, "nearest": 3}}
    table, _ = augmented("classification", "en", methods, encoder=encoder)
    texts = table.set_index("id")["text"]
    changed = 0
    for row in made_rows(table).to_dict("records"):
        pairs = list(zip(texts[row["origin"]].split(" "), row["text"].split(" "), strict=True))
        for old, new in pairs:
            assert new.istitle() == old.istitle()
            assert new == old or new.lower() in WORDS
            changed += new != old
    assert changed > 20


def test_capitals_stay_capitals() -> None:
    train = pd.DataFrame({"id": ["0"], "text": ["BANK Bank"], "label": ["money"]})
    methods = {"neighbours": {"share": 1, "similarity": 0.01}}
    table, _ = augment(train, context_of("classification", "en", methods, encoder=tiny_encoder("bert")))
    first, second = made_rows(table)["text"].item().split(" ")
    assert first.isupper()
    assert second.istitle()
    assert {first.lower(), second.lower()} <= set(WORDS) - {"bank"}


def test_an_encoder_without_words_is_refused() -> None:
    context = context_of("classification", "zh", {"neighbours": {}}, encoder=tiny_encoder("bert"))
    with pytest.raises(UserError) as error:
        augment(train_of("classification", "zh"), context)
    assert str(error.value) == (
        "cell made_up.encoder: augmentation.neighbours: found no piece of the encoder that is a word of language 'zh', "
        "expected some; take another encoder or leave the method out"
    )
