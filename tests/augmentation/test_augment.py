"""What holds for every method: train stays, origins are told, inputs are new, equal seeds give equal rows."""

import logging
from typing import Any

import pandas as pd
import pytest
from augmentation_cases import augmented, context_of, made_rows, train_of

from regen.augmentation.augment import augment
from regen.config.task_types import TASK_TYPES, TaskType

CASES: list[tuple[TaskType, str, dict[str, Any]]] = [
    ("classification", "en", {"typos": {"share": 0.5, "copies": 2}, "concatenation": {}}),
    ("classification", "zh", {"synonyms": {"share": 0.5}, "homophones": {"copies": 3}, "concatenation": {}}),
    ("pair_classification", "en", {"typos": {"copies": 2}}),
    ("pair_classification", "zh", {"synonyms": {"share": 1}, "homophones": {}, "typos": {}}),
    ("tagging", "en", {"typos": {"share": 0.5}, "entity_swap": {"copies": 2}, "concatenation": {}}),
    ("tagging", "zh", {"homophones": {}, "concatenation": {"copies": 2}}),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def case(request: pytest.FixtureRequest) -> tuple[TaskType, str, dict[str, Any]]:
    """A task type, a language and methods."""
    found: tuple[TaskType, str, dict[str, Any]] = request.param
    return found


def test_the_training_examples_come_first_and_as_they_are(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    train = train_of(*case[:2])
    before = train.copy(deep=True)
    table, _ = augmented(*case)
    pd.testing.assert_frame_equal(table.head(len(train)).drop(columns="origin"), before)
    assert table["origin"].head(len(train)).tolist() == train["id"].tolist()


def test_ids_name_source_method_and_copy_and_stand_once(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    table, _ = augmented(*case)
    assert table["id"].is_unique
    rows = made_rows(table)
    assert not rows.empty
    named = rows["id"].str.extract(r"^(?P<source>row-\d)~(?P<method>[a-z_]+)-(?P<copy>[123])$")
    assert (named["source"] == rows["origin"].str.partition("+")[0]).all()
    assert set(named["method"]) == set(case[2])
    for method, settings in case[2].items():
        copies = named["copy"][named["method"] == method].astype(int)
        assert copies.max() == settings.get("copies", 1)


def test_the_answer_is_that_of_the_source_and_the_input_is_new(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    task_type = case[0]
    table, _ = augmented(*case)
    inputs = [
        tuple(map(str, row)) for row in table[list(TASK_TYPES[task_type].inputs)].itertuples(index=False, name=None)
    ]
    assert len(set(inputs)) == len(inputs)
    if task_type != "tagging":
        answers = dict(zip(table["id"], table["label"], strict=True))
        assert all(
            answers[row["id"]] == answers[source]
            for row in made_rows(table).to_dict("records")
            for source in row["origin"].split("+")
        )


@pytest.mark.parametrize("tagging", CASES[-2:], ids=lambda case: case[1])
def test_every_tag_has_its_token(tagging: tuple[TaskType, str, dict[str, Any]]) -> None:
    table, _ = augmented(*tagging)
    for row in table.to_dict("records"):
        assert len(row["tokens"]) == len(row["tags"])
        assert all(token for token in row["tokens"])


def test_equal_seeds_give_equal_rows_and_others_do_not(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    first, told = augmented(*case)
    again, told_again = augmented(*case)
    pd.testing.assert_frame_equal(first, again)
    assert told == told_again
    other, _ = augmented(*case, seed=1)
    assert made_rows(other).to_dict("records") != made_rows(first).to_dict("records")


def test_the_record_says_what_was_made(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    table, told = augmented(*case)
    rows = made_rows(table)
    assert told["examples"] == len(table) - len(rows)
    assert told["made"] == len(rows) == sum(method["made"] for method in told["methods"].values())
    assert told["share"] == pytest.approx(len(rows) / len(table))
    for name, method in told["methods"].items():
        ids = [found for found in rows["id"] if f"~{name}-" in found]
        assert method["made"] == len(ids)
        assert method["ids"] == ids[:5]
        wanted = case[2][name].get("copies", 1) * told["examples"]
        assert method["made"] + method["left_out"] == wanted


def test_no_text_of_the_data_is_told(case: tuple[TaskType, str, dict[str, Any]]) -> None:
    table, told = augmented(*case)
    told_text = str(told)
    texts = {str(value) for name in TASK_TYPES[case[0]].inputs for value in table[name] if len(value) > 2}
    assert not [text for text in texts if text in told_text]


def test_a_row_does_not_depend_on_those_around_it() -> None:
    context = context_of("classification", "en", {"typos": {"share": 0.5}})
    train = train_of("classification", "en")
    whole = augment(train, context)[0].set_index("id")["text"]
    part = augment(train.iloc[[6, 3]].reset_index(drop=True), context)[0].set_index("id")["text"]
    assert whole[part.index].tolist() == part.tolist()


def test_a_made_sentence_has_no_neighbours() -> None:
    train = train_of("tagging", "en").assign(document="d")
    table, _ = augment(train, context_of("tagging", "en", {"typos": {}}))
    rows = made_rows(table)
    assert rows["document"].tolist() == rows["id"].tolist()
    assert set(table["document"].head(len(train))) == {"d"}


def test_further_columns_of_tokens_stay_with_them() -> None:
    """Mentions bring their own values; a word keeps that of the word in whose place it is."""
    train = train_of("tagging", "en")
    train["pos"] = [[f"{token}/pos" for token in tokens] for tokens in train["tokens"]]
    methods = {"typos": {"share": 1}, "entity_swap": {"share": 1}, "concatenation": {}}
    table, _ = augment(train, context_of("tagging", "en", methods))
    for row in table.to_dict("records"):
        assert len(row["pos"]) == len(row["tokens"])
        if "typos" not in row["id"]:
            assert list(row["pos"]) == [f"{token}/pos" for token in row["tokens"]]
    sources = train.set_index("id")["pos"]
    for row in made_rows(table[table["id"].str.contains("typos")]).to_dict("records"):
        assert list(row["pos"]) == sources[row["origin"]]


def test_a_method_that_makes_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        table, told = augmented("tagging", "zh", {"entity_swap": {}})
    assert made_rows(table).empty
    assert told["methods"]["entity_swap"] == {"made": 0, "left_out": 3, "ids": []}
    assert caplog.messages == [
        "made_up.majority: augmentation.entity_swap changed no training example; leave the method out"
    ]


def test_examples_are_augmented_once() -> None:
    context = context_of("classification", "en", {"typos": {}})
    table, _ = augment(train_of("classification", "en"), context)
    with pytest.raises(ValueError, match="without a column 'origin'"):
        augment(table, context)
