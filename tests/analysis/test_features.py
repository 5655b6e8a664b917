import pandas as pd
import pytest

from regen.analysis.features import features


def test_overlap_of_words_and_of_characters() -> None:
    pair = pd.DataFrame({"text_a": ["The cat sat", ""], "text_b": ["the dog sat down", ""]})
    found = features("pair_classification", "en", pair)
    assert found["overlap"].tolist() == [2 / 5, 0.0]  # the, sat of the, cat, sat, dog, down
    assert found["text_length"].tolist() == [27, 0]
    chinese = pd.DataFrame({"text_a": ["他在 北京"], "text_b": ["北京人"]})
    assert features("pair_classification", "zh", chinese)["overlap"].tolist() == [2 / 5]


@pytest.mark.parametrize(
    ("task_type", "row", "expected"),
    [
        ("classification", {"text": "abc"}, {"text_length": 3}),
        ("multiple_choice", {"context": "abcd", "choices": ["a"]}, {"context_length": 4}),
        ("tagging", {"tokens": ["ab", "c"]}, {"sentence_length": 2}),
        (
            "span_qa",
            {"context": "abcde", "question": "ab", "answers": ["abc", "a"]},
            {"answer_length": 3, "question_length": 2, "context_length": 5},
        ),
    ],
)
def test_lengths(task_type: str, row: dict[str, object], expected: dict[str, int]) -> None:
    found = features(task_type, "en", pd.DataFrame([row]))  # type: ignore[arg-type]
    assert {name: values.tolist() for name, values in found.items()} == {k: [v] for k, v in expected.items()}
