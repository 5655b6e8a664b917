import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case
from estimator_frames import Frames
from hypothesis import example, given
from hypothesis import strategies as st

from regen.errors import UserError
from regen.estimators.crf.features import sentence_features, shape

NAMES = Case("crf", "tagging", "en")


def test_marginals_of_a_sentence_of_one_token_are_probabilities_of_its_tags() -> None:
    train = pd.DataFrame({"tokens": [["a"]] * 4, "tags": [["O"], ["B-X"], ["B-X"], ["B-X"]]})
    said = NAMES.fit(Frames(train, train, train), c1=0, c2=0).probabilities(train.head(1))  # type: ignore[attr-defined]
    assert sorted(said.labels) == ["B-X", "O"]
    assert said.values[0][0, said.labels.index("B-X")] == pytest.approx(0.75, abs=1e-3)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("McDonald-85", "XxXx-0"),
        ("U.N.", "X.X."),
        ("EU", "X"),
        ("lamb", "x"),
        ("1996-08-22", "0-0-0"),
        ("Élodie", "Xx"),
        ("Łódź", "Xx"),
        ("3×4", "0×0"),
        ("...", "."),
        ("北京", "北京"),
        ("１２", "0"),
        ("", ""),
    ],
)
def test_shape(word: str, expected: str) -> None:
    assert shape(word) == expected


@example("\n\n")
@given(st.text())
def test_shape_has_no_runs(word: str) -> None:
    assert all(a != b for a, b in zip(shape(word), shape(word)[1:], strict=False))


def test_features_by_hand() -> None:
    first, second = sentence_features(["EU", "re-2"], window=1, affix=3)
    assert first == [
        *("bias", "w=EU", "l=eu", "s=X", "p=e", "f=u", "p=eu", "f=eu", "upper"),
        "-1:<s>",
        *("1:l=re-2", "1:s=x-0"),
    ]
    assert second == [
        *("bias", "w=re-2", "l=re-2", "s=x-0", "p=r", "f=2", "p=re", "f=-2", "p=re-", "f=e-2", "digit", "hyphen"),
        *("-1:l=eu", "-1:s=X"),
        "1:<s>",
        "-1,0:eu|re-2",
    ]


@pytest.mark.parametrize(
    ("word", "expected"), [("Ann", {"title"}), ("A", {"title"}), ("AB", {"upper"}), ("A1", {"title", "upper", "digit"})]
)
def test_marks_of_a_word(word: str, expected: set[str]) -> None:
    (features,) = sentence_features([word], window=0, affix=0)
    assert set(features) & {"upper", "title", "digit", "hyphen"} == expected


def test_no_neighbours_and_no_affixes() -> None:
    assert sentence_features(["a", "b"], window=0, affix=0) == [
        ["bias", "w=a", "l=a", "s=x"],
        ["bias", "w=b", "l=b", "s=x", "-1,0:a|b"],
    ]


def test_window_reaches_over_both_ends() -> None:
    (features,) = sentence_features(["a"], window=2, affix=0)
    assert features[4:] == ["-2:<s>", "-1:<s>", "1:<s>", "2:<s>"]


def test_further_columns_are_seen_from_neighbours() -> None:
    first, second = sentence_features(["a", "b"], 1, 0, [("pos", ["DT", "NN"]), ("chunk", ["B", "I"])])
    assert [name for name in first if "pos=" in name or "chunk=" in name] == [
        "pos=DT",
        "chunk=B",
        "1:pos=NN",
        "1:chunk=I",
    ]
    assert [name for name in second if "pos=" in name] == ["pos=NN", "-1:pos=DT"]


def test_no_tokens() -> None:
    assert sentence_features([], window=2, affix=4) == []


def with_pos(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(pos=frame["tokens"].map(lambda tokens: [token[0] for token in tokens]))


def test_columns_become_features() -> None:
    plain = NAMES.frames()
    frames = Frames(*(with_pos(frame) for frame in (plain.train, plain.dev, plain.test)))
    model = NAMES.fit(frames, columns=("pos",), c1=0)
    assert model.facts()["features"] > NAMES.fit(c1=0).facts()["features"]
    assert len(model.predict(frames.test).labels) == len(frames.test)


@pytest.mark.parametrize("when", ["fit", "predict"])
def test_a_missing_column_is_named_in_one_line(when: str) -> None:
    plain = NAMES.frames()
    message = r"^recipe option 'columns': the task has no column pos; found id, tokens, tags$"
    if when == "fit":
        with pytest.raises(UserError, match=message):
            NAMES.fit(columns=("pos",))
        return
    model = NAMES.fit(Frames(with_pos(plain.train), plain.dev, plain.test), columns=("pos",))
    with pytest.raises(UserError, match=message):
        model.predict(plain.test)


def test_l1_makes_the_model_sparser() -> None:
    features = [NAMES.fit(c1=c1).facts()["features"] for c1 in (0.0, 0.1, 1.0)]
    assert features[0] > features[1] > features[2]


def test_rare_features_are_left_out() -> None:
    assert NAMES.fit(c1=0, min_frequency=2).facts()["features"] < NAMES.fit(c1=0).facts()["features"]


def test_all_transitions_have_weights() -> None:
    tags = {tag for row in NAMES.frames().train["tags"] for tag in row}
    assert NAMES.fit(c1=0, all_transitions=True).facts()["transitions"] == len(tags) ** 2
    assert NAMES.fit(c1=0).facts()["transitions"] < len(tags) ** 2


def test_more_iterations_change_the_model() -> None:
    scores = [NAMES.fit(iterations=n).predict(NAMES.frames().train).scores for n in (1, 50)]
    assert scores[0].mean() < scores[1].mean()


def test_scores_are_probabilities_of_the_sequence() -> None:
    scores = NAMES.fit().predict(NAMES.frames().test).scores
    assert np.all((scores > 0) & (scores <= 1))


def test_the_seed_changes_nothing() -> None:
    frames = NAMES.frames()
    first, second = (NAMES.fit(seed=seed).predict(frames.test) for seed in (0, 1))
    assert first.labels == second.labels
    assert np.array_equal(first.scores, second.scores)
