"""Words: what is split is whole again, mentions stay, and the asked share of words changes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from augmentation_cases import context_of
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.augmentation.entity_swap import spans_of
from regen.augmentation.words import text_units, token_units, word_drafts
from regen.config.augmentation import Typos

TEXTS = st.text(st.sampled_from(list("ab c1,。国足在北京获胜很好")), max_size=12)
TAGS = st.sampled_from(["O", "O", "B-X", "I-X", "B-Y"])
SENTENCES = st.lists(st.tuples(st.sampled_from(["国", "足", "北", "京", "很好", "ab", "c1", ","]), TAGS), min_size=1)


def marked(word: str, random: np.random.Generator) -> str | None:
    """Write a word twice: easy to find again."""
    assert isinstance(random, np.random.Generator)
    return word + word


def draft(train: dict[str, list[Any]], language: str, kind: Any, share: float = 1) -> dict[str, Any]:
    frame = pd.DataFrame({"id": ["0"], **train})
    (made,) = word_drafts(frame, "typos", Typos(share=share), context_of(kind, language, {"typos": {}}), marked)
    assert (made.copy, made.sources) == (1, (0,))
    return made.values


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(["en", "zh"]))
def test_the_units_of_a_text_are_the_text(text: str, language: str) -> None:
    units = text_units(text, language)
    assert "".join(unit.text for unit in units) == text
    assert all(unit.text.isalpha() for unit in units if unit.free)


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from(["en", "zh"]))
def test_the_units_of_a_sentence_are_its_tokens_and_mentions_are_not_free(
    pairs: list[tuple[str, str]], language: str
) -> None:
    tokens, tags = [token for token, _ in pairs], [tag for _, tag in pairs]
    units = token_units(tokens, tags, language)
    assert [unit.first for unit in units] == [0, *(unit.end for unit in units[:-1])]
    assert units[-1].end == len(tokens)
    for unit in units:
        assert unit.text == "".join(tokens[unit.first : unit.end])
        if unit.free:
            assert set(tags[unit.first : unit.end]) == {"O"}


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from(["en", "zh"]), st.sampled_from([0.2, 1]))
def test_mentions_stay_as_they_are(pairs: list[tuple[str, str]], language: str, share: float) -> None:
    """Whatever happens to words, the mentions of a sentence are the same, in the same order."""
    tokens, tags = [token for token, _ in pairs], [tag for _, tag in pairs]
    new = draft({"tokens": [tokens], "tags": [tags]}, language, "tagging", share)
    assert len(new["tokens"]) == len(new["tags"])
    found = [
        [tuple(words[first:end]) for first, end in spans_of(names)]
        for words, names in ((tokens, tags), (new["tokens"], new["tags"]))
    ]
    assert found[0] == found[1]


def test_words_of_characters_become_characters() -> None:
    new = draft({"tokens": [list("王明获胜了")], "tags": [["B-N", "I-N", "O", "O", "O"]]}, "zh", "tagging")
    assert "".join(new["tokens"]) == "王明获胜获胜了了"
    assert new["tags"] == ["B-N", "I-N", *("O" for _ in range(6))]


def test_words_that_are_tokens_stay_tokens() -> None:
    new = draft({"tokens": [["Ann", "hired", "一起"]], "tags": [["B-N", "O", "O"]]}, "zh", "tagging")
    assert new == {"tokens": ["Ann", "hiredhired", "一起一起"], "tags": ["B-N", "O", "O"]}


@pytest.mark.parametrize(("share", "changed"), [(0.01, 1), (0.5, 5), (0.26, 3), (1, 10)])
def test_a_share_of_the_words_changes(share: float, changed: int) -> None:
    text = "one two three four five six seven eight nine ten"
    new = draft({"text": [text], "label": ["a"]}, "en", "classification", share)["text"]
    words = zip(text.split(" "), new.split(" "), strict=True)
    assert sum(new == old + old for old, new in words if new != old) == changed


def test_both_sides_of_a_pair_change() -> None:
    new = draft({"text_a": ["ab"], "text_b": ["c1, dd"], "label": ["a"]}, "en", "pair_classification")
    assert new == {"text_a": "abab", "text_b": "c1, dddd"}


def test_punctuation_numbers_and_blanks_stay() -> None:
    assert draft({"text": [" 12, …!  _"], "label": ["a"]}, "en", "classification") == {"text": " 12, …!  _"}
