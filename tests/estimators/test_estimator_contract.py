"""What every estimator keeps on every task type that it names."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from estimator_cases import Case, cases, covered_types, estimators, fitted, saved
from estimator_frames import Frames
from pydantic import ValidationError

from regen.config.recipe import options_class
from regen.config.task_types import TASK_TYPES
from regen.estimators.base import Estimator, GivesProbabilities, Predictions, estimator_class, token_lists
from regen.scoring.annotations import parse_annotation

CASES = list(cases())
# Estimators whose dev examples choose nothing: their models must not depend on them.
TRAIN_ALONE = {"majority", "linear", "crf", "overlap", "ensemble"}
PLAIN_FILES = {".json", ".safetensors", ".crfsuite", ".csv"}

each_case = pytest.mark.parametrize("case", CASES, ids=str)
each_estimator = pytest.mark.parametrize("name", estimators())


class Refit(NamedTuple):
    """A second fit of a case; its files are those of before any prediction."""

    model: Estimator
    frames: Frames
    files: dict[str, str]


@cache
def refitted(case: Case, folder: Path) -> Refit:
    """Fit anew, save, and predict, with frames that nothing else holds."""
    frames = case.frames()
    model = case.fit(frames)
    files = saved(model, folder / str(case))
    model.predict(frames.test)
    return Refit(model, frames, files)


@pytest.fixture(scope="module")
def refits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where second fits are saved."""
    return tmp_path_factory.mktemp("refits")


def equal(left: Predictions, right: Predictions) -> bool:
    return left.labels == right.labels and np.array_equal(left.scores, right.scores)


def plain(labels: object) -> object:
    return [item if isinstance(item, str) else list(item) for item in labels]  # type: ignore[attr-defined]


def test_there_are_estimators_and_examples_for_them() -> None:
    assert {"majority", "linear", "crf", "bilstm_crf", "encoder"} <= set(estimators())
    assert {task_type for name in estimators() for task_type in options_class(name).task_types} <= covered_types()


@each_case
def test_one_label_per_example_and_one_tag_per_token(case: Case) -> None:
    examples = case.frames().test
    labels = fitted(case).predict(examples).labels
    assert isinstance(labels, list)
    assert len(labels) == len(examples)
    if case.task_type == "tagging":
        assert [len(tags) for tags in labels] == [len(tokens) for tokens in examples["tokens"]]
        assert {type(tag) for tags in labels for tag in tags} == {str}
    else:
        assert {type(label) for label in labels} == {str}


@each_case
def test_predictions_follow_the_order_of_the_examples(case: Case) -> None:
    model, examples = fitted(case), case.frames().test
    forward, backward = model.predict(examples), model.predict(examples.iloc[::-1])
    assert backward.labels == forward.labels[::-1]
    assert backward.scores == pytest.approx(forward.scores[::-1])


@each_case
def test_predictions_learn_the_training_examples(case: Case) -> None:
    """Any estimator but the floor labels most of its own training examples right."""
    train = case.frames().train
    predicted, gold = fitted(case).predict(train).labels, plain(train[case.gold_column])
    if case.task_type == "span_qa":
        right = sum(a in b for a, b in zip(predicted, gold, strict=True))  # type: ignore[call-overload]
    else:
        right = sum(a == b for a, b in zip(predicted, gold, strict=True))  # type: ignore[call-overload]
    least = 0.8 * len(train)
    if case.estimator == "majority" and "label" in train:
        least = max(train["label"].value_counts())
    if case.estimator == "majority" and case.task_type == "span_qa":
        least = 3  # of five answers three are the first clause
    assert right >= least


@each_case
def test_only_labels_of_train_or_parts_of_the_passage(case: Case) -> None:
    frames = case.frames()
    examples = pd.concat([frames.dev, frames.test])
    predicted = fitted(case).predict(examples).labels
    gold = frames.train[case.gold_column]
    if case.task_type == "span_qa":
        assert all(answer in context for answer, context in zip(predicted, examples["context"], strict=True))
    elif case.task_type == "tagging":
        assert {tag for tags in predicted for tag in tags} <= {"O"} | {tag for tags in gold for tag in tags}
    elif case.task_type == "relation_extraction":
        given, known = (
            {mark.type for text in texts for part in parse_annotation(text) for mark in part}
            for texts in (predicted, gold)
        )
        assert given <= known
    else:
        assert set(predicted) <= set(gold)


@each_case
def test_scores_are_finite(case: Case) -> None:
    examples = case.frames().test
    scores = fitted(case).predict(examples).scores
    assert scores.shape == (len(examples),)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


@each_case
def test_probabilities_go_with_predictions(case: Case) -> None:
    model, examples = fitted(case), case.frames().test
    if case.task_type not in options_class(case.estimator).of_labels:
        pytest.skip("it gives none")
    assert isinstance(model, GivesProbabilities)
    said = model.probabilities(examples)
    assert len(said.values) == len(examples)
    for values, predicted in zip(said.values, model.predict(examples).labels, strict=True):
        units = predicted if case.task_type == "tagging" else [predicted]
        assert values.shape == (len(units), len(said.labels))
        assert values.sum(axis=1) == pytest.approx(1.0)
        if case.task_type != "tagging":  # the most probable sequence need not be made of the most probable tags
            assert said.labels[int(values.argmax())] == predicted


@each_estimator
def test_whoever_gives_probabilities_says_of_which_task_types(name: str) -> None:
    options = options_class(name)
    assert bool(options.of_labels) == issubclass(estimator_class(name), GivesProbabilities)
    assert options.of_labels <= options.task_types


@each_case
def test_loaded_model_predicts_the_same(case: Case, tmp_path: Path) -> None:
    model, examples = fitted(case), case.frames().test
    files = saved(model, tmp_path / "first")
    loaded = case.load(tmp_path / "first")
    assert equal(loaded.predict(examples), model.predict(examples))
    assert loaded.facts() == model.facts()
    assert saved(loaded, tmp_path / "again") == files


@each_case
def test_same_bytes_twice(case: Case, refits: Path, tmp_path: Path) -> None:
    files = saved(fitted(case), tmp_path / "first")
    assert files
    assert saved(fitted(case), tmp_path / "saved_again") == files
    assert refitted(case, refits).files == files


@each_case
def test_prediction_leaves_the_model_as_it_is(case: Case, refits: Path, tmp_path: Path) -> None:
    refit = refitted(case, refits)
    first = refit.model.predict(refit.frames.test)
    refit.model.predict(refit.frames.dev)
    assert equal(refit.model.predict(refit.frames.test), first)
    assert saved(refit.model, tmp_path / "after") == refit.files


def test_same_bytes_in_another_process_with_other_hashes_and_threads(tmp_path: Path) -> None:
    script = (
        "import json, sys; from pathlib import Path; from estimator_cases import cases, saved\n"
        "print(json.dumps({str(case): saved(case.fit(), Path(sys.argv[1]) / str(case)) for case in cases()}))"
    )
    here = Path(__file__).parent
    path = os.pathsep.join(map(str, (here, here.parent, here.parents[1] / "src")))
    environ = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2"}
    environ["OPENBLAS_NUM_THREADS"] = "2"
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "there")], env=environ, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == {str(case): saved(fitted(case), tmp_path / "here" / str(case)) for case in CASES}


@each_case
def test_nothing_is_pickled(case: Case, tmp_path: Path) -> None:
    files = saved(fitted(case), tmp_path / "model")
    assert {Path(name).suffix for name in files} <= PLAIN_FILES


@each_case
def test_gold_labels_are_not_looked_at(case: Case) -> None:
    model, examples = fitted(case), case.frames().test
    expected = model.predict(examples)
    if case.task_type == "tagging":
        wrong = examples.assign(tags=examples["tokens"].map(lambda tokens: ["B-wrong"] * len(tokens)))
    elif case.task_type == "span_qa":
        wrong = examples.assign(answers=[["wrong"]] * len(examples), answer_start=[[0]] * len(examples))
    else:
        wrong = examples.assign(**{case.gold_column: list(examples[case.gold_column])[::-1]})
    assert equal(model.predict(wrong), expected)
    assert equal(model.predict(examples.assign(**{case.gold_column: None})), expected)
    assert equal(model.predict(examples.drop(columns=case.gold_column)), expected)


@each_case
def test_inputs_stay_as_they_are(case: Case, refits: Path) -> None:
    frames, before = refitted(case, refits).frames, case.frames()
    for name in ("train", "dev", "test"):
        pd.testing.assert_frame_equal(getattr(frames, name), getattr(before, name))


@each_case
def test_dev_teaches_nothing(case: Case, tmp_path: Path) -> None:
    if case.estimator not in TRAIN_ALONE:
        pytest.skip("its dev examples may choose")
    frames = case.frames()
    other = Frames(frames.train, frames.test, frames.test)
    assert saved(case.fit(other), tmp_path / "other") == saved(fitted(case), tmp_path / "own")


@each_case
def test_train_teaches(case: Case, tmp_path: Path) -> None:
    frames = case.frames()
    other = Frames(frames.train.iloc[1:], frames.dev, frames.test)
    assert saved(case.fit(other), tmp_path / "other") != saved(fitted(case), tmp_path / "own")


@each_case
def test_frames_from_parquet(case: Case, tmp_path: Path) -> None:
    """Parquet gives list columns back as arrays."""
    frames = case.frames()
    for name in ("train", "dev", "test"):
        getattr(frames, name).to_parquet(tmp_path / f"{name}.parquet")
    read = Frames(*(pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("train", "dev", "test")))
    if case.task_type == "tagging":
        assert isinstance(read.train["tokens"].iloc[0], np.ndarray)
    assert saved(case.fit(read), tmp_path / "read") == saved(fitted(case), tmp_path / "made")
    assert equal(fitted(case).predict(read.test), fitted(case).predict(frames.test))


@each_case
def test_nothing_known_in_the_input(case: Case) -> None:
    if case.task_type in ("tagging", "relation_extraction"):
        examples = pd.DataFrame({"id": ["a", "b"], "tokens": [["ж"], ["☃", "ж", ""]]})
    elif case.task_type == "coreference":
        spans = {"span1": ["ж", "☃"], "span1_start": [0, 2], "span2": ["☃", "ж"], "span2_start": [1, 0]}
        examples = pd.DataFrame({"id": ["a", "b"], "text": ["ж☃", "ж ☃"], **spans})
    elif case.task_type == "keyword_match":
        examples = pd.DataFrame({"id": ["a", "b"], "text": ["", "ж ☃"], "keywords": [["ж"], ["☃", "ж"]]})
    elif case.task_type == "multiple_choice":
        examples = pd.DataFrame({"context": ["", "ж #idiom#"], "choices": [["", "ж"], ["☃", "☃", "ж"]]})
        examples["question"] = ["ж", ""]
        examples = examples[["context", "choices", *(["question"] if "question" in case.frames().train else [])]]
    else:
        texts = {column: ["", "ж ☃"] for column in TASK_TYPES[case.task_type].inputs}
        examples = pd.DataFrame({"id": ["a", "b"], **texts})
    predictions = fitted(case).predict(examples)
    assert len(predictions.labels) == 2
    assert np.isfinite(predictions.scores).all()


@each_case
def test_facts_are_ready_for_a_record(case: Case) -> None:
    """They are JSON, and hold no text of the data."""
    facts = fitted(case).facts()
    written = json.dumps(facts, ensure_ascii=False)
    assert facts
    assert json.loads(written) == facts
    train = case.frames().train
    columns = [column for column in train.columns if column.startswith("text") or column in ("context", "question")]
    texts = [text for column in columns for text in train[column] if text]
    texts += [text for row in train["choices"] for text in row] if "choices" in train else []
    tokens = (
        [token for row in token_lists(train, "tokens") for token in row if token.isalpha()] if "tokens" in train else []
    )
    assert not [text for text in texts if text in written]
    assert not set(tokens) & set(re.findall(r"\w+", written))


@each_estimator
def test_default_options_are_valid(name: str) -> None:
    """Pydantic does not check defaults."""
    cls = options_class(name)
    assert cls(**json.loads(cls().model_dump_json())) == cls()
    assert cls.task_types


@each_estimator
def test_unknown_option_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"no_such_option\n.*Extra inputs are not permitted"):
        options_class(name).model_validate({"no_such_option": 1})


@each_estimator
def test_options_do_not_change(name: str) -> None:
    options = options_class(name)()
    for field in type(options).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(options, field, getattr(options, field))
