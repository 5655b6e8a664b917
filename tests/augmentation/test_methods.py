"""What each method that needs no model does to words and examples."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from augmentation_cases import augmented, context_of, made_rows, train_of
from hypothesis import given
from hypothesis import strategies as st

from regen.augmentation.augment import augment
from regen.augmentation.drafts import another
from regen.augmentation.entity_swap import mentions, spans_of
from regen.augmentation.homophones import frequent_characters, homophones, readings
from regen.augmentation.synonyms import lexicon
from regen.augmentation.typos import mistyped


def test_the_lexicon_has_synonyms_of_words_with_one_meaning() -> None:
    known = lexicon()
    assert known["脚印"] == ("足迹",)
    assert "好" not in known  # it stands in thirteen sets
    assert "甲午" not in known  # years of a cycle are related, and no synonyms
    assert all(word not in others and list(others) == sorted(set(others)) for word, others in known.items())
    assert all(word in known.get(other, (word,)) for word, others in known.items() for other in others)


def test_synonyms_stand_in_the_places_of_words() -> None:
    train = pd.DataFrame({"id": ["0"], "text": ["雪地上的脚印。"], "label": ["103"]})
    table, _ = augment(train, context_of("classification", "zh", {"synonyms": {"share": 1}}))
    (text,) = made_rows(table)["text"]
    assert text.endswith("的足迹。")


def test_frequent_characters_are_those_of_gb_2312() -> None:
    assert len(frequent_characters()) == 3755
    assert frequent_characters()[0] == "啊"


def test_homophones_share_their_reading() -> None:
    known = homophones()
    assert "市" in known["shi4"]
    assert "时" not in known["shi4"]  # another tone
    assert sum(map(len, known.values())) == 3755
    table, _ = augmented("classification", "zh", {"homophones": {"share": 1}})
    texts = table.set_index("id")["text"]
    changed = 0
    for row in made_rows(table).to_dict("records"):
        source = texts[row["origin"]]
        assert len(row["text"]) == len(source)
        for old, new in zip(source, row["text"], strict=True):
            changed += old != new
            # A character with several readings sounds as in its word, which is not known of it alone.
            assert old == new or readings(new)[0] in known
    assert changed > 20
    assert readings("银行")[1] == "hang2"


@pytest.mark.parametrize("word", ["北京", "abc"])
def test_a_homophone_replaces_one_character_of_a_word(word: str) -> None:
    train = pd.DataFrame({"id": [str(i) for i in range(20)], "text": [f"{word}{i}" for i in range(20)], "label": "103"})
    table, _ = augment(train, context_of("classification", "zh", {"homophones": {}}))
    rows = made_rows(table)
    if word != "北京":
        assert rows.empty
    for text, origin in zip(rows["text"], rows["origin"], strict=True):
        differ = [place for place, (a, b) in enumerate(zip(text, f"{word}{origin}", strict=True)) if a != b]
        assert len(differ) == 1
        assert readings(text[differ[0]]) == [readings(word)[differ[0]]]


@given(st.text("abc京", min_size=2, max_size=8), st.integers(0, 2**32))
def test_a_typo_drops_doubles_or_swaps_a_character(word: str, seed: int) -> None:
    new = mistyped(word, np.random.default_rng(seed))
    assert new is not None
    less = {word[:i] + word[i + 1 :] for i in range(len(word))}
    more = {word[:i] + word[i] + word[i:] for i in range(len(word))}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    assert new in less | more | swapped


def test_every_kind_of_typo_occurs_and_single_characters_stay() -> None:
    made = [mistyped("abcd", np.random.default_rng(seed)) for seed in range(300)]
    lengths = Counter(len(word or "") for word in made)
    assert set(lengths) == {3, 4, 5}
    assert min(lengths.values()) > 60
    assert mistyped("a", np.random.default_rng(0)) is None


def test_a_mention_becomes_one_of_its_type_from_train() -> None:
    table, _ = augmented("tagging", "en", {"entity_swap": {"share": 1, "copies": 5}})
    train = train_of("tagging", "en")
    known = mentions([{"tokens": row.tokens, "tags": row.tags} for row in train.itertuples()])
    assert set(known["LOC"].places) == {("Paris",), ("New", "York")}
    sources = train.set_index("id")
    seen = set()
    for row in made_rows(table).to_dict("records"):
        source = sources.loc[row["origin"]]
        old, new = spans_of(source["tags"]), spans_of(row["tags"])
        assert len(old) == len(new)
        for (first, end), (place, stop) in zip(old, new, strict=True):
            kind = row["tags"][place][2:]
            assert kind == source["tags"][first][2:]
            assert row["tags"][place:stop] == [f"B-{kind}", *[f"I-{kind}"] * (stop - place - 1)]
            assert tuple(row["tokens"][place:stop]) in known[kind].places
            if kind != "ORG":  # train has one organisation alone
                assert row["tokens"][place:stop] != source["tokens"][first:end]
            seen.add(tuple(row["tokens"][place:stop]))
        rest = [token for token, tag in zip(row["tokens"], row["tags"], strict=True) if tag == "O"]
        assert rest == [token for token, tag in zip(source["tokens"], source["tags"], strict=True) if tag == "O"]
    assert {("New", "York"), ("Ann",)} <= seen


def test_mentions_end_where_the_next_begins() -> None:
    assert spans_of(["B-X", "B-X", "I-X", "O", "B-Y", "I-Y"]) == [(0, 1), (1, 3), (4, 6)]
    assert spans_of([]) == []


def test_a_text_is_joined_with_another_of_its_label() -> None:
    table, _ = augmented("classification", "en", {"concatenation": {"copies": 3}})
    rows = table.set_index("id")
    for row in made_rows(table).to_dict("records"):
        first, second = row["origin"].split("+")
        assert first != second
        assert row["text"] == f"{rows['text'][first]} {rows['text'][second]}"
        assert rows["label"][first] == rows["label"][second] == row["label"]


def test_sentences_are_joined_with_their_tags_and_chinese_texts_without_a_blank() -> None:
    table, _ = augmented("tagging", "en", {"concatenation": {}})
    rows = table.set_index("id")
    for row in made_rows(table).to_dict("records"):
        for column in ("tokens", "tags"):
            assert row[column] == [part for source in row["origin"].split("+") for part in rows[column][source]]
    chinese, _ = augmented("classification", "zh", {"concatenation": {}})
    assert not chinese["text"].str.contains(" ").any()


def test_a_text_alone_with_its_label_is_joined_with_none() -> None:
    train = pd.DataFrame({"id": ["0", "1", "2"], "text": ["a", "b", "c"], "label": ["sport", "money", "money"]})
    table, told = augment(train, context_of("classification", "en", {"concatenation": {}}))
    assert made_rows(table)["origin"].tolist() == ["1+2", "2+1"]
    assert told["methods"]["concatenation"]["left_out"] == 1


@given(st.integers(1, 6), st.data())
def test_another_number_is_any_but_ones_own(count: int, data: st.DataObject) -> None:
    own = data.draw(st.integers(0, count - 1))
    drawn = {another(count, own, np.random.default_rng(seed)) for seed in range(100)}
    assert drawn == ({None} if count == 1 else set(range(count)) - {own})
