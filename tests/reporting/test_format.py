from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regen.reporting import format as write

Make = Callable[..., dict[str, Any]]


@given(st.floats(min_value=-1, max_value=1))
def test_hundredfold_rounds_as_tables_do(fraction: float) -> None:
    assert float(write.hundredfold(fraction).replace("−", "-")) == round(100 * fraction, 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0788, "+7.88"), (-0.5, "−50.00"), (0.0, "0.00"), (-0.00001, "0.00"), (0.00001, "0.00"), (None, "–")],
)
def test_difference_shows_its_sign(value: float | None, text: str) -> None:
    assert write.difference(value) == text


def test_score_comes_with_its_interval() -> None:
    assert write.score({"mean": 0.70588, "interval": {"low": 0.6395, "high": 0.8}}) == "70.59 [63.95, 80.00]"


def test_one_repeat_has_no_deviation() -> None:
    assert (write.deviation(None), write.deviation(0.0123)) == ("–", "1.23")


@pytest.mark.parametrize(
    ("value", "as_fact", "as_setting"),
    [
        (13426, "13,426", "13426"),
        (True, "true", "true"),
        (None, "null", "null"),
        (0.5, "0.5", "0.5"),
        ("体育", "体育", "体育"),
        (["体育", 1], '["体育", 1]', '["体育", 1]'),
    ],
)
def test_facts_and_settings(value: Any, as_fact: str, as_setting: str) -> None:
    assert (write.fact(value), write.setting(value)) == (as_fact, as_setting)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.034, "0.03 s"), (59.9, "59.90 s"), (60, "1.0 min"), (3599, "60.0 min"), (3600, "1.0 h"), (90000, "25.0 h")],
)
def test_duration(seconds: float, text: str) -> None:
    assert write.duration(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(218177536, "218 MB"), (1_500_000_000, "1.5 GB")])
def test_memory(size: int, text: str) -> None:
    assert write.memory(size) == text


def test_flags_name_what_is_unusual(record: Make) -> None:
    assert write.flags(record("ocnli.linear", [0.5])) == []
    odd = record("ocnli.linear", [0.5], train_on_dev=True, document_context=True)
    odd["config"]["options"]["training_tokens"] = 250_000
    assert write.flags(odd) == ["train+dev", "document context", "training limited to 250,000 tokens"]


def test_repeats_of_splits_that_differ(record: Make) -> None:
    assert write.repeats(record("a.b", [0.5, 0.6], [0.5, 0.6])) == "2"
    assert write.repeats(record("a.b", [0.5, 0.6, 0.7], [0.5])) == "1/3"


def test_commands_name_the_file_that_holds_the_stage(record: Make) -> None:
    assert write.commands(record("sample_ner.crf", [0.5])) == (
        "dvc repro dvc.yaml:sample_ner.crf.analyse",
        "kedro run --pipelines fit,evaluate,analyse --namespaces sample_ner.crf",
    )
    assert write.commands(record("ocnli.crf", [0.5]))[0] == "dvc repro lineage/ocnli/crf/dvc.yaml:ocnli.crf.analyse"


def test_amounts_say_something_however_small() -> None:
    amounts = (1234.5, 1.0, 0.999, 0.5, 0.0123, 0.00083, 0.0000071, 0.0)
    shown = ["1,234.50", "1.00", "1.00", "0.50", "0.012", "0.00083", "0.0000071", "0.00"]
    assert [write.amount(value) for value in amounts] == shown
