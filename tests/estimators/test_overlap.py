"""The baselines of questions about passages: the clause nearest to the question, and the most frequent clause."""

from math import log

import pandas as pd
import pytest
from estimator_cases import Case
from estimator_frames import Frames
from pydantic import ValidationError

from regen.errors import UserError
from regen.estimators.base import Predictions
from regen.estimators.clauses import clauses
from regen.estimators.majority.model import Model as Majority
from regen.estimators.overlap.options import Options

OVERLAP, MAJORITY = Case("overlap", "span_qa", "zh"), Case("majority", "span_qa", "zh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。 ！", []),
        ("山高", ["山高"]),
        ("山高，水深。", ["山高", "水深"]),
        ("  山高 ；\n水深？！", ["山高", "水深"]),
        ("涨了3.5倍：Mr. Li,他", ["涨了3.5倍", "Mr. Li", "他"]),
        ("「山，高」、水", ["「山", "高」、水"]),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in clauses(text)] == expected


def fit(case: Case, *rows: tuple[str, int], **options: object) -> object:
    """Fit on passages with the first character of an answer of one character."""
    train = pd.DataFrame(
        {
            "context": [context for context, _ in rows],
            "question": ["问"] * len(rows),
            "answers": [[context[start]] for context, start in rows],
            "answer_start": [[start] for _, start in rows],
        }
    )
    return case.fit(Frames(train, train, train), **options)


def ask(model: object, *pairs: tuple[str, str]) -> Predictions:
    contexts, questions = zip(*pairs, strict=True)
    predictions = model.predict(pd.DataFrame({"context": contexts, "question": questions}))  # type: ignore[attr-defined]
    assert isinstance(predictions, Predictions)
    return predictions


def test_rare_characters_weigh_more() -> None:
    """With single characters, 山 in two of three clauses and 水 in one."""
    model = fit(OVERLAP, ("山甲，山水，丙", 0), characters=[1, 1])
    context = "山丙，水丙"
    assert ask(model, (context, "山水")).labels == ["水丙"]
    common, rare = log(4 / 3) + 1, log(4 / 2) + 1  # scikit-learn's smoothed idf: ln((1 + n) / (1 + df)) + 1
    cosine = rare * rare / ((common**2 + rare**2) ** 0.5 * (rare**2 + rare**2) ** 0.5)
    assert ask(model, (context, "山水")).scores.tolist() == [pytest.approx(cosine)]


def test_of_equally_near_clauses_the_first_is_taken() -> None:
    model = fit(OVERLAP, ("山甲，山水，丙", 0))
    predictions = ask(model, ("山甲，山甲。丙", "山甲"), ("山甲，丙。", "龘"), ("丙，山甲", "丙"))
    assert predictions.labels == ["山甲", "山甲", "丙"]
    assert predictions.scores.tolist() == pytest.approx([1.0, 0.0, 1.0])


def test_blanks_alone_teach_nothing() -> None:
    with pytest.raises(UserError, match=r"^cell made_up\.overlap: train's passages hold no n-gram; lower 'characters'"):
        fit(OVERLAP, ("。", 0))


def test_lengths_of_n_grams_are_in_order() -> None:
    with pytest.raises(ValidationError, match=r"'characters' must be \[shortest, longest\]"):
        Options(characters=(3, 2))


def test_the_clause_that_most_often_holds_the_answer() -> None:
    """Answers begin in the clauses 1, 1, 2 and 0; a comma belongs to the clause after it."""
    model = fit(MAJORITY, ("甲，乙丙。丁", 3), ("甲，乙。丁", 2), ("甲，乙。丁", 4), ("甲，乙", 0))
    assert isinstance(model, Majority)
    assert (model.clause, model.share, model.facts()) == (1, 0.5, {"clause": 1})
    predictions = ask(model, ("一，二。三", "问"), ("一。", "问"), ("", "问"))
    assert predictions.labels == ["二", "一", ""]
    assert predictions.scores.tolist() == [0.5, 0.5, 0.5]


def test_answers_without_a_place_are_not_counted() -> None:
    model = fit(MAJORITY, ("甲，乙", -1), ("甲，乙", -1), ("甲，乙", 2))
    assert isinstance(model, Majority)
    assert (model.clause, model.share) == (1, 1 / 3)
