"""Attributions add up to what the models compute."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case, fitted

from regen.attributions import crf, linear
from regen.attributions.explanation import Explanation, Part, chosen, token_of, told
from regen.attributions.page import write_page
from regen.attributions.run import attributions
from regen.config.attribution import attribution_config
from regen.estimators.base import LENT_NOTHING
from regen.estimators.crf.model import _features

LINEAR = [
    *product(("classification", "pair_classification", "multiple_choice"), ("en", "zh")),
    *(("coreference", "zh"), ("keyword_match", "zh")),
]


@pytest.mark.parametrize(("task_type", "language"), LINEAR)
def test_linear_parts_add_up_to_the_logit(task_type: str, language: str) -> None:
    """Logits of two classes are those of the regression itself; of several they differ by what log-odds do."""
    case = Case("linear", task_type, language)  # type: ignore[arg-type]
    model, frames, config = fitted(case), case.frames(), case.config()
    examples = pd.concat([frames.train, frames.test], ignore_index=True)
    blind = examples.drop(columns="label")
    labels = model.predict(blind).labels
    found = linear.explain(model, examples, labels, config, LENT_NOTHING)  # type: ignore[arg-type]
    assert [one.predicted for one in found] == labels
    for one in found:
        assert one.delta == pytest.approx(0, abs=1e-9)
        assert sum(part.value for part in one.parts) + one.baseline == pytest.approx(one.output)
    if task_type == "multiple_choice":
        return
    probabilities = model.probabilities(blind)  # type: ignore[attr-defined]
    first = [probabilities.labels[0]] * len(examples)
    others = linear.explain(model, examples, first, config, LENT_NOTHING)  # type: ignore[arg-type]
    sides = (
        2 if len(probabilities.labels) == 2 else 1
    )  # of two classes, each has the other's logit with its sign turned
    for one, other, row in zip(found, others, probabilities.values, strict=True):
        odds = np.log(row[0, probabilities.labels.index(one.predicted)] / row[0, 0])
        assert one.output - other.output == pytest.approx(sides * odds, abs=1e-6)


def test_linear_features_are_named() -> None:
    case = Case("linear", "pair_classification", "zh")
    model, frames = fitted(case), case.frames()
    some = frames.train.iloc[2:3]
    (one,) = linear.explain(model, some, ["contradiction"], case.config(), LENT_NOTHING)  # type: ignore[arg-type]
    named = {(part.segment, part.text) for part in one.parts}
    assert {("first text", "雨"), ("second text", "晴"), ("both texts", "天")} <= named
    assert ("numbers", "ratio of lengths") in named
    assert ("both texts", "雨") not in named
    assert one.read == ("天在下雨", "天气晴朗")


def test_choices_are_explained_by_their_features() -> None:
    case = Case("linear", "multiple_choice", "en")
    model, frames = fitted(case), case.frames()
    (one,) = linear.explain(model, frames.train.iloc[1:2], ["1"], case.config(), LENT_NOTHING)  # type: ignore[arg-type]
    assert {part.segment for part in one.parts} <= {"context", "question", "other choices", "choice"}
    assert ("choice", "length") in {(part.segment, part.text) for part in one.parts}


def test_crf_parts_are_what_another_tag_changes() -> None:
    """The probability of a sentence's tags with another tag at one token: its logarithm moves by the two sums."""
    case = Case("crf", "tagging", "en")
    model, frames, config = fitted(case), case.frames(), case.config()
    examples = frames.train
    tagger, tags = model._tagger, model.predict(examples.drop(columns="tags")).labels  # type: ignore[attr-defined]
    features = _features(examples, model._options)  # type: ignore[attr-defined]
    weights = tagger.info()
    for row, place, other in ((0, 0, "O"), (0, 2, "B-LOC"), (4, 5, "O"), (1, 0, "O")):
        own = list(tags[row])
        changed = [other if number == place else tag for number, tag in enumerate(own)]
        tagger.set(features[row])
        moved = np.log(tagger.probability(own)) - np.log(tagger.probability(changed))
        sums = [sum(p.value for p in crf.parts_of(weights, features[row], some, place)) for some in (own, changed)]
        assert moved == pytest.approx(sums[0] - sums[1], abs=1e-4)  # CRFsuite tells six digits of a weight
    found = crf.explain(model, examples, tags, config, LENT_NOTHING)  # type: ignore[arg-type]
    assert [one.delta for one in found] == [0.0] * len(examples)
    segments = {part.segment for one in found for part in one.parts}
    assert segments <= {"constant", "token", "neighbours", "transitions"}
    assert {"token", "neighbours"} <= segments


@pytest.mark.parametrize(
    ("task_type", "language", "options"),
    [
        ("classification", "en", {}),
        ("pair_classification", "zh", {}),
        ("coreference", "zh", {}),
        ("multiple_choice", "en", {}),
        ("tagging", "en", {}),
        ("tagging", "en", {"head": "crf"}),
    ],
)
def test_integrated_gradients_are_complete(task_type: str, language: str, options: dict[str, str]) -> None:
    pytest.importorskip("captum")
    from regen.attributions import encoder

    case = Case("encoder", task_type, language)  # type: ignore[arg-type]
    model = case.fit(**options, epochs=2)
    frames, config = case.frames(), case.config(**options)
    examples = frames.test.iloc[:2]
    labels = model.predict(examples.drop(columns=config.hidden)).labels
    found = encoder.explain(model, examples, labels, config, case.resources())  # type: ignore[arg-type]
    for one in found:
        assert abs(one.delta) <= 0.02 * max(1.0, abs(one.output - one.baseline))
        special = [part.value for part in one.parts if part.segment == "special"]
        assert special
        assert special == [0.0] * len(special)
    assert any(abs(part.value) > 1e-3 for one in found for part in one.parts)
    if task_type == "pair_classification":
        assert {part.segment for part in found[0].parts} == {"special", "first text", "second text"}
    again = encoder.explain(model, examples, labels, config, case.resources())  # type: ignore[arg-type]
    assert found == again


def explanation(name: str, gold: str, predicted: str, values: list[float], token: int | None = None) -> Explanation:
    parts = tuple(Part(f"{value}", value, "first text" if value > 0 else "special") for value in values)
    return Explanation(name, gold, predicted, token, ("zebra", "<b>quokka</b>"), 2.0, 0.0, parts)


def test_what_is_told_by_hand() -> None:
    facts = told([explanation("a", "x", "x", [3.0, -1.0]), explanation("b", "x", "y", [1.0], 1)], "method")
    assert facts["largest_delta"] == 0.5
    first, second = facts["examples"]
    assert first == {
        "id": "a",
        "right": True,
        "output": 2.0,
        "baseline": 0.0,
        "delta": 0.0,
        "share": {"first text": 0.75, "special": 0.25},
    }
    assert (second["right"], second["token"], second["delta"]) == (False, 1, -1.0)


def test_half_of_the_chosen_are_wrong_as_far_as_there_are_as_many() -> None:
    config = Case("majority", "classification", "en").config()
    frame = pd.DataFrame({"id": range(60), "label": ["a"] * 60})
    for wrong, expected in ((30, 10), (4, 4), (0, 0), (55, 15), (60, 20)):
        labels = ["b"] * wrong + ["a"] * (60 - wrong)
        rows = chosen(frame, labels, config, 0)
        assert rows == sorted(set(rows))
        assert (len(rows), sum(row < wrong for row in rows)) == (20, expected)
        assert rows == chosen(frame, labels, config, 0)
    assert chosen(frame.iloc[:3], ["a", "b", "a"], config, 0) == [0, 1, 2]


def test_which_token_is_explained() -> None:
    assert token_of(["O", "B-X"], ["O", "B-X"]) == 1
    assert token_of(["O", "B-X", "O"], ["O", "B-X", "B-X"]) == 2
    assert token_of(["O", "O"], ["O", "O"]) == 0


@pytest.mark.parametrize(("ordered", "shown"), [(True, 70), (False, 60)])
def test_the_page_shows_parts_with_numbers_and_escapes_texts(tmp_path: Path, ordered: bool, shown: int) -> None:
    write_page("a.b", "zh", "Method", [explanation("x", "1", "2", [-1.0, *[0.5] * 69], 1)], ordered, "", tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count('class="part for" style="--size:0.500"') == shown - 1
    assert "<mark>&lt;b&gt;quokka&lt;/b&gt;</mark>" in page
    assert 'title="-1.0000 (special)"' in page
    assert "wrong: 1 is right" in page
    assert page.count('lang="zh"') == 2
    assert ("10 further features together: +5.0000" in page) == (not ordered)


def test_without_captum_a_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regen.attributions.run.find_spec", lambda _: None)
    case = Case("encoder", "classification", "en")
    config, frames = case.config(), case.frames()
    module = attribution_config(config).module
    assert module == "regen.attributions.encoder"
    facts, missing, page = attributions(module, object(), config, frames.dev, ["sport"] * 2, LENT_NOTHING, 0)  # type: ignore[arg-type]
    assert (facts, missing) == (
        *(None, "attributions: captum is not installed; pip install -r requirements-examine.lock"),
    )
    page(tmp_path)
    assert "captum is not installed" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_what_nothing_explains() -> None:
    for estimator, task_type, options in (
        ("majority", "classification", {}),
        ("crf", "relation_extraction", {}),
        ("encoder", "span_qa", {}),
        ("encoder", "tagging", {"head": "span"}),
    ):
        config = Case(estimator, task_type, "en").config(**options)  # type: ignore[arg-type]
        assert attribution_config(config).module is None
