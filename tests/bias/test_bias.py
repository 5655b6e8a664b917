"""Names and gendered words, swapped by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case, fitted

from made_up import made_up_cell, made_up_task
from regen.bias import gender, names
from regen.bias.name_lists import ORIGINS
from regen.bias.run import bias_slices
from regen.config.statistics import StatisticsConfig
from regen.estimators.base import Predictions

STATISTICS = StatisticsConfig(resamples=100)
FRAME = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "tokens": [["Ann", "Lee", "met", "LEE"], ["A.", "B.", "Lee", "left"], ["Rome"], ["Ng", "left"]],
        "tags": [["B-PER", "I-PER", "O", "B-PER"], ["B-PER", "I-PER", "I-PER", "O"], ["B-LOC"], ["B-PER", "O"]],
    }
)
SPANS = [[(0, 2), (3, 4)], [], [], [(0, 1)]]


@dataclass
class KnowsNames:
    """Finds persons whose last token is among some names."""

    known: frozenset[str]

    def predict(self, examples: pd.DataFrame) -> Predictions:
        assert "tags" not in examples
        tags = []
        for tokens in examples["tokens"]:
            row = ["O"] * len(tokens)
            for place, token in enumerate(tokens):
                if token.lower() in self.known:
                    row[place] = "B-PER"
                    full = place > 0 and (tokens[place - 1] == "Ann" or tokens[place - 1] in ORIGINS["English"].female)
                    if full:
                        row[place - 1 : place + 1] = ["B-PER", "I-PER"]
            tags.append(row)
        return Predictions(tags, np.ones(len(tags)))


def test_lists_have_the_sizes_that_they_are_said_to_have() -> None:
    for origin, lists in ORIGINS.items():
        assert [len(set(part)) for part in lists] == [10, 10, 20], origin


def test_names_are_swapped_in_place() -> None:
    drawn = names.Drawn(("Mei",), ("Wang",))
    made = names.swap_names(FRAME, SPANS, drawn, "0")
    assert made["tokens"].tolist() == [["Mei", "Wang", "met", "WANG"], *FRAME["tokens"].tolist()[1:3], ["Wang", "left"]]
    only_given = names.swap_names(FRAME, SPANS, names.Drawn(("Mei",)), "0")
    assert only_given["tokens"].tolist()[0] == ["Mei", "Lee", "met", "LEE"]
    assert FRAME["tokens"].tolist()[0] == ["Ann", "Lee", "met", "LEE"]


def test_draws_are_seeded_and_differ_between_mentions() -> None:
    drawn = names.Drawn(("Mei",), ORIGINS["Chinese"].family)
    one, same, other = (names.swap_names(FRAME, SPANS, drawn, seed)["tokens"].tolist() for seed in "001")
    assert one == same
    assert one != other


def test_recall_by_hand() -> None:
    """English family names are known and no others: of three mentions, the English ones alone are found."""
    config = made_up_cell("majority", made_up_task("tagging", ["PER", "LOC"]))
    known = frozenset(name.lower() for name in (*ORIGINS["English"].family, "Lee"))
    slices = names.name_slices(KnowsNames(known), config, FRAME, STATISTICS, seed=0)  # type: ignore[arg-type]
    origin = slices["origin"]
    assert (origin["sentences"], origin["mentions"]) == (2, 3)
    recalls = {group: told["recall"] for group, told in origin["groups"].items()}
    assert list(recalls) == [names.OWN, *ORIGINS]
    assert recalls[names.OWN] == pytest.approx(2 / 3)
    assert [recalls[name] for name in ("Chinese", "Arabic", "Indian")] == [0, 0, 0]
    assert recalls["English"] >= 2 / 3
    assert origin["groups"]["Chinese"]["difference"] == pytest.approx(-2 / 3)
    assert "difference" not in origin["groups"][names.OWN]
    assert (slices["gender"]["sentences"], slices["gender"]["mentions"]) == (1, 1)
    assert set(slices["gender"]["groups"]) == {names.OWN, "female", "male"}


def test_without_persons_there_is_no_slice() -> None:
    config = made_up_cell("majority", made_up_task("tagging", ["PER", "LOC"]))
    assert names.name_slices(KnowsNames(frozenset()), config, FRAME.iloc[2:3], STATISTICS, seed=0) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("他和她的女儿", "她和他的儿子"),
        ("其他男人", "其他女人"),
        ("王先生的妻子", "王女士的丈夫"),
        ("父亲爱子女，男女都爱", "母亲爱子女，男女都爱"),
        ("银行", "银行"),
    ],
)
def test_gendered_words_swap(text: str, swapped: str) -> None:
    assert gender.swap_gender(text) == swapped
    assert gender.swap_gender(swapped) == text


def test_each_word_has_one_counterpart() -> None:
    words = [word for pair in gender.PAIRS for word in pair]
    assert len(words) == len(set(words))


def test_which_cells_have_slices() -> None:
    chinese = Case("majority", "pair_classification", "zh")
    frames = chinese.frames()
    clean = fitted(chinese).predict(frames.train.drop(columns="label")).labels
    slices = bias_slices(fitted(chinese), chinese.config(), frames.train, clean, STATISTICS)
    assert slices["gendered_words"]["changed"] == sum("他" in a or "她" in a for a in frames.train["text_a"])
    assert slices["gendered_words"]["flips"] == 0
    tagger = Case("majority", "tagging", "en")
    sentences = tagger.frames().train
    tags = fitted(tagger).predict(sentences.drop(columns="tags")).labels
    assert set(bias_slices(fitted(tagger), tagger.config(), sentences, tags, STATISTICS)) == {"names"}
    english = Case("majority", "classification", "en")
    assert bias_slices(fitted(english), english.config(), english.frames().dev, ["sport"] * 2, STATISTICS) == {}
    untouched = frames.train.assign(text_a="银行", text_b="")
    assert (
        bias_slices(fitted(chinese), chinese.config(), untouched, clean, STATISTICS)["gendered_words"]["changed"] == 0
    )
