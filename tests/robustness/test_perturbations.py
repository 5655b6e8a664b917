"""Every perturbation: seeded, of the stated strength, and never at the answers."""

import string
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case
from estimator_frames import MAKERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regen.augmentation.drafts import Context
from regen.augmentation.homophones import readings
from regen.augmentation.synonyms import lexicon
from regen.config.cell import CellConfig
from regen.robustness import script
from regen.robustness.catalogue import catalogue
from regen.robustness.entities import Entities
from regen.robustness.examples import perturb
from regen.robustness.lookalikes import OTHERS, lookalike
from regen.robustness.perturbation import SHARE, Whole, Words, of_words
from regen.robustness.synonyms import synonym
from regen.robustness.typos import NEIGHBOURS, typo

needs_opencc = pytest.mark.skipif(not script.available(), reason="needs opencc-python-reimplemented")
WORDS = st.text(string.ascii_letters, min_size=2, max_size=12)


def config_of(task_type: str, language: str) -> CellConfig:
    return Case("majority", task_type, language).config()  # type: ignore[arg-type]


def frame_of(task_type: str, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give train, and the other splits together with new ids."""
    frames = MAKERS[task_type, language]()  # type: ignore[index]
    dev = pd.concat([frames.dev, frames.test, frames.train], ignore_index=True)
    return frames.train, dev.assign(id=[f"dev-{row}" for row in range(len(dev))])


def all_cases() -> list[tuple[str, str, str]]:
    """Give task type, language and name of every perturbation that suits them."""
    found = []
    for task_type, language in MAKERS:
        train, _ = frame_of(task_type, language)
        known = catalogue(config_of(task_type, language), train if task_type == "tagging" else None)
        found += [(task_type, language, name) for name in known.perturbations]
    return found


def plain(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    rows = frame.to_dict("records")
    return [
        {key: list(value) if isinstance(value, (list, np.ndarray)) else value for key, value in row.items()}
        for row in rows
    ]


@pytest.mark.parametrize(("task_type", "language", "name"), all_cases())
def test_perturbing_is_seeded_and_leaves_answers_alone(task_type: str, language: str, name: str) -> None:
    config = config_of(task_type, language)
    train, dev = frame_of(task_type, language)
    perturbation = catalogue(config, train if task_type == "tagging" else None).perturbations[name]
    before = plain(dev)
    made = perturb(dev, perturbation, Context(config, 0))
    again = perturb(dev, perturbation, Context(config, 0))
    assert plain(dev) == before, "the examples were written to"
    assert plain(made.examples) == plain(again.examples)
    assert list(made.examples.columns) == list(dev.columns)
    for column in (*config.hidden, "id"):
        assert plain(made.examples[[column]]) == plain(dev[[column]])
    if "tokens" in dev:
        assert made.examples["tokens"].map(len).tolist() == dev["tokens"].map(len).tolist()
    inputs = [name for name in dev if name not in (*config.hidden, "id")]
    same = [a == b for a, b in zip(plain(made.examples[inputs]), plain(dev[inputs]), strict=True)]
    assert same == (~made.changed).tolist()
    # Train's two mentions in Chinese are of two types, so that neither has another to become.
    assert made.changed.any() == ((language, name) != ("zh", "entities"))
    assert not (made.changed & made.left_out).any()
    subset = perturb(dev.iloc[2:4], perturbation, Context(config, 0))
    assert plain(subset.examples) == plain(made.examples.iloc[2:4])


@pytest.mark.parametrize(("language", "name"), [("en", "typos"), ("zh", "homophones"), ("zh", "lookalikes")])
def test_another_seed_gives_other_examples(language: str, name: str) -> None:
    config = config_of("classification", language)
    _, dev = frame_of("classification", language)
    perturbation = catalogue(config).perturbations[name]
    one, other = (perturb(dev, perturbation, Context(config, seed)).examples for seed in (0, 1))
    assert plain(one) != plain(other)


@given(st.lists(WORDS, min_size=1, max_size=60), st.integers(0, 5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_typos_change_the_stated_share_of_words(words: list[str], seed: int) -> None:
    """Every word can be mistyped; a swap of two equal letters changes nothing, so that another word takes its place."""
    config = config_of("classification", "en")
    frame = pd.DataFrame({"id": ["x"], "text": [" ".join(words)]})
    (text,) = Words(of_words("typos", typo)).texts(frame, Context(config, seed))
    changed = sum(a != b for a, b in zip(words, text.split(" "), strict=True))
    assert changed <= max(1, round(SHARE * len(words)))
    if len(set("".join(words).lower())) > 20:
        assert changed == max(1, round(SHARE * len(words)))


@given(WORDS, st.integers(0, 1000))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_typo_is_one_slip(word: str, seed: int) -> None:
    made = typo(word, np.random.default_rng(seed))
    assert made is not None
    assert abs(len(made) - len(word)) <= 1
    if len(made) == len(word):
        differ = [(a, b) for a, b in zip(word, made, strict=True) if a != b]
        hit = len(differ) == 1 and differ[0][1].lower() in NEIGHBOURS[differ[0][0].lower()]
        assert hit or len(differ) in (0, 2)
        assert not hit or differ[0][0].isupper() == differ[0][1].isupper()


def test_keys_touch_each_other() -> None:
    assert set(NEIGHBOURS) == set(string.ascii_lowercase)
    assert all(letter in NEIGHBOURS[other] for letter, near in NEIGHBOURS.items() for other in near)
    assert sorted(NEIGHBOURS["g"]) == sorted("fhtyvb")
    assert sorted(NEIGHBOURS["q"]) == ["a", "w"]
    assert typo("x", np.random.default_rng(0)) is None
    assert {typo("你好", np.random.default_rng(seed)) for seed in range(50)} >= {None, "好", "好你", "你你好"}


def test_case_is_that_of_the_whole_text() -> None:
    config = config_of("tagging", "en")
    known = catalogue(config).perturbations
    frame = pd.DataFrame({"id": ["x"], "tokens": [["McDonald", "of", "U.S."]], "tags": [["B-PER", "O", "B-LOC"]]})
    made = {
        name: perturb(frame, known[name], Context(config, 0)) for name in ("lower_case", "upper_case", "title_case")
    }
    assert {name: one.examples["tokens"][0] for name, one in made.items()} == {
        "lower_case": ["mcdonald", "of", "u.s."],
        "upper_case": ["MCDONALD", "OF", "U.S."],
        "title_case": ["Mcdonald", "Of", "U.S."],
    }
    low = frame.assign(tokens=[["of", "the", "x"]])
    assert not perturb(low, known["lower_case"], Context(config, 0)).changed.any()


def test_words_in_chinese_become_what_they_are_said_to_become() -> None:
    random = np.random.default_rng(0)
    config = config_of("classification", "zh")
    old = "银行上调贷款利率"
    made = perturb(
        pd.DataFrame({"id": ["x"], "text": [old], "label": ["103"]}),
        catalogue(config).perturbations["homophones"],
        Context(config, 0),
    ).examples["text"][0]
    assert len(made) == len(old)
    assert readings(made) == readings(old)
    assert lookalike("未龘", random) == "末龘"
    assert lookalike("龘", random) is None
    word = next(word for word, others in lexicon().items() if any(len(other) == len(word) for other in others))
    found = synonym(word, random)
    assert found in lexicon()[word]
    assert len(found or "") == len(word)
    assert synonym("zyx", random) is None


def test_lookalikes_are_mutual_and_others() -> None:
    assert all(character not in others for character, others in OTHERS.items())
    assert all(character in OTHERS[other] for character, others in OTHERS.items() for other in others)
    assert all("\u4e00" <= character <= "\u9fff" for character in OTHERS)


@needs_opencc
def test_the_other_script_knows_phrases() -> None:
    assert script.other_script("头发和发现") == "頭髮和發現"
    assert script.other_script("頭髮和發現") == "头发和发现"
    assert script.other_script("abc") == "abc"


@needs_opencc
def test_the_other_script_of_choices_and_marked_spans() -> None:
    config = config_of("coreference", "zh")
    frame = pd.DataFrame(
        [("x", "王明买书，他发现头发", "头发", 8, "他", 5, "false")],
        columns=["id", "text", "span1", "span1_start", "span2", "span2_start", "label"],
    )
    (row,) = plain(perturb(frame, catalogue(config).perturbations["other_script"], Context(config, 0)).examples)
    assert (row["text"], row["span1"]) == ("王明買書，他發現頭髮", "頭髮")
    assert row["text"][row["span1_start"] :].startswith("頭髮")
    assert row["text"][row["span2_start"]] == "他"


def test_spans_are_marked_where_they_then_are() -> None:
    """Around the spans, a text may get longer; the spans themselves stay."""
    config = config_of("coreference", "zh")
    longer = Whole(lambda text: text + "喔" if text else text)
    _, dev = frame_of("coreference", "zh")
    made = perturb(dev, longer, Context(config, 0)).examples
    for row in made.to_dict("records"):
        for span in ("span1", "span2"):
            start = row[f"{span}_start"]
            assert row["text"][start : start + len(row[span])] == row[span]
    assert made["span1"].tolist() == dev["span1"].tolist()


def test_a_question_whose_answer_is_gone_is_left_out() -> None:
    config = config_of("span_qa", "en")
    _, dev = frame_of("span_qa", "en")
    gone = Whole(lambda text: text.replace("bank", "b-nk"))
    made = perturb(dev, gone, Context(config, 0))
    held = [any("bank" in answer for answer in answers) for answers in dev["answers"]]
    assert made.left_out.tolist() == held
    assert made.left_out.any()
    kept = plain(made.examples[made.left_out])
    assert kept == plain(dev[made.left_out])


def test_mentions_become_others_of_train_with_as_many_tokens() -> None:
    config = config_of("tagging", "en")
    train = pd.DataFrame(
        {
            "id": ["a", "b"],
            "tokens": [["Ann", "Lee", "in", "Rome"], ["Bo", "Ek", "in", "Paris"]],
            "tags": [["B-PER", "I-PER", "O", "B-LOC"]] * 2,
            "pos": [["P1", "P2", "X", "P3"], ["Q1", "Q2", "X", "Q3"]],
        }
    )
    swap = Entities.of(train)
    made = perturb(train, swap, Context(config, 0))
    for old, new in zip(plain(train), plain(made.examples), strict=True):
        assert new["tags"] == old["tags"]
        changed = [place for place in range(4) if new["tokens"][place] != old["tokens"][place]]
        assert changed in ([0, 1], [3])
        assert [place for place in range(4) if new["pos"][place] != old["pos"][place]] == changed
    alone = train.iloc[:1]
    assert not perturb(alone, Entities.of(alone), Context(config, 0)).changed.any()
    unknown = alone.assign(tokens=[["Xi", "Yo", "in", "Oslo"]])
    assert perturb(unknown, Entities.of(alone), Context(config, 0)).changed.all()
    assert swap.texts(pd.DataFrame({"id": ["c"], "text": ["Ann Lee"]}), Context(config, 0)) == ["Ann Lee"]


@pytest.mark.parametrize("rewrite", [str.upper, lambda text: text * 2])
def test_a_joined_sentence_falls_apart_where_it_was_parted(rewrite: Callable[[str], str]) -> None:
    frame = pd.DataFrame({"id": ["x"], "tokens": [["ab", "c", "def"]], "tags": [["O", "O", "O"]]})
    made = Whole(rewrite, joined=True).sentences(frame, Context(config_of("tagging", "en"), 0))
    assert made["tokens"][0] == [rewrite(token) for token in ("ab", "c", "def")]


def test_without_opencc_a_line_says_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "find_spec", lambda _: None)
    found = catalogue(config_of("classification", "zh"))
    assert "other_script" not in found.perturbations
    assert found.skipped == ["other_script: OpenCC is not installed; pip install -r requirements-examine.lock"]
    assert catalogue(config_of("classification", "en")).skipped == []
