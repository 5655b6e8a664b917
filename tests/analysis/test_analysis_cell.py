"""Every task type gets an analysis, and none holds a text of the data."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysed_cells import FEW, Cell, majority_cell, predicted, record_of
from estimator_frames import MAKERS

from regen.analysis.cell import analyse_cell
from regen.config.task_types import TaskType
from regen.errors import UserError


def texts_of(frame: pd.DataFrame, answers: set[str]) -> Iterator[str]:
    """Give the texts of examples that are no label and long enough to be no part of a name by chance."""
    for column in set(frame) - {"id", "label", "tags", "annotation", "answer_start", "group"}:
        for value in frame[column]:
            for text in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
                if len(text) > 3 or (not text.isascii() and text not in answers):
                    yield text


def stands_in(text: str, written: str) -> bool:
    """Say whether a text stands in another one, words as whole words."""
    bound = r"\b" if text[0].isascii() and text[0].isalnum() else ""
    return re.search(f"{bound}{re.escape(text)}{bound}", written) is not None


def analysed(cell: Cell) -> dict[str, Any]:
    return analyse_cell(cell.record, cell.card, cell.predictions, cell.splits, FEW)


@pytest.mark.parametrize(("task_type", "language"), MAKERS)
def test_every_task_type_has_an_analysis_without_texts(task_type: TaskType, language: str) -> None:
    cell = majority_cell(task_type, language)
    found = analysed(cell)
    written = json.dumps(found, allow_nan=False, ensure_ascii=False)
    assert found["splits"]["test"]["examples"] == len(cell.frames.test)
    assert found["splits"]["dev"]["breakdowns"]
    assert "calibration" not in found
    told = [text for frame in cell.splits.values() for text in texts_of(frame, set(cell.record["config"]["labels"]))]
    assert told
    assert [text for text in told if text and stands_in(text, written)] == []


def test_a_check_for_texts_sees_one() -> None:
    frame = majority_cell("tagging", "zh").frames.test
    assert "龘" in set(texts_of(frame, set()))
    assert stands_in("rain", "in rain")
    assert stands_in("龘", "a龘b")
    assert not stands_in("rain", "in train")


def test_the_same_bytes_twice() -> None:
    cell = majority_cell("pair_classification", "zh")
    assert json.dumps(analysed(cell)) == json.dumps(analysed(cell))


def pairs(**config: Any) -> Cell:
    """A cell with two labels and confidence."""
    made = majority_cell("pair_classification", "en")
    frames = made.frames
    parts = [
        predicted(
            frames.dev.iloc[[0, 0, 0, 0]].assign(id=list("wxyz")), "pair_classification", ["same"] * 4, 0.9, "dev"
        ),
        predicted(frames.test, "pair_classification", ["same", "other", "same"], [0.9, 0.8, 0.7], "test"),
    ]
    record = record_of("pair_classification", "en", ["other", "same"], estimator="linear")
    record["config"] |= config
    dev = frames.dev.iloc[[0, 0, 0, 0]].assign(id=list("wxyz"), label=["same", "same", "same", "other"])
    return Cell(record, pd.concat(parts, ignore_index=True), type(frames)(frames.train, dev, frames.test))


def test_temperature_is_fitted_on_dev_and_applied_to_test() -> None:
    found = analysed(pairs())
    assert found["temperature"]["value"] == pytest.approx(2.0, abs=1e-3)
    assert set(found["temperature"]["after"]) == {"test"}
    before, after = found["calibration"]["test"], found["temperature"]["after"]["test"]
    assert before["confidence"] == 0.8
    assert after["confidence"] < 0.75
    assert before["accuracy"] == after["accuracy"]


def test_more_labels_have_no_temperature() -> None:
    found = analysed(pairs(labels=["other", "same", "third"]))
    assert "temperature" not in found
    assert found["calibration"]["dev"]["examples"] == 4


def test_inputs_that_stand_in_train_are_told_apart() -> None:
    cell = pairs()
    cell.frames.test.loc[0, ["text_a", "text_b"]] = ["is it raining", "does it rain"]
    seen = analysed(cell)["splits"]["test"]["breakdowns"]["seen"]
    assert [(row["group"], row["correct"], row["examples"]) for row in seen] == [
        ("in train", 1, 1),
        ("not in train", 1, 2),
    ]


def test_dev_of_a_fold_has_its_own_ids_in_the_card() -> None:
    cell = pairs()
    card = {"splits": {"dev_0": {}, "test": {}}, "seen_in_train": {"dev_0": ["w"], "dev_1": ["x", "y"], "test": []}}
    splits = analyse_cell(cell.record, card, cell.predictions, cell.splits, FEW)["splits"]
    assert [row["examples"] for row in splits["dev"]["breakdowns"]["seen"]] == [1, 3]
    assert "seen" not in splits["test"]["breakdowns"]


def test_few_confusions_of_many_labels_are_listed_and_the_file_stays_small() -> None:
    labels = [str(number) for number in range(119)]
    generator = np.random.default_rng(0)
    gold, pred = generator.choice(labels, 3000), generator.choice(labels, 3000)
    frame = pd.DataFrame({"id": [str(i) for i in range(3000)], "text": "abc", "label": gold})
    record = record_of("classification", "zh", labels, estimator="linear")
    parts = [predicted(frame, "classification", list(pred), 0.5, split) for split in ("dev", "test")]
    cell = Cell(
        record, pd.concat(parts, ignore_index=True), type(majority_cell("tagging", "en").frames)(frame, frame, frame)
    )
    found = analysed(cell)
    confusions = found["splits"]["dev"]["confusions"]
    assert len(confusions["most"]) == 20
    assert sum(row[2] for row in confusions["most"]) + confusions["left_out"] == int((gold != pred).sum())
    assert [row[2] for row in confusions["most"]] == sorted((row[2] for row in confusions["most"]), reverse=True)
    assert len(json.dumps(found, separators=(",", ":"))) < 60_000


def test_the_first_repeat_and_its_fold() -> None:
    cell = majority_cell("classification", "en")
    train, dev, test = (frame.assign(fold=0) for frame in (cell.frames.train, cell.frames.dev, cell.frames.test))
    other = dev.assign(fold=1, label="tech")
    splits = {"train": train, "dev": pd.concat([dev, other], ignore_index=True), "test": test.drop(columns="fold")}
    both = pd.concat([cell.predictions, cell.predictions.assign(fold=1)], ignore_index=True)
    found = analyse_cell(cell.record, cell.card, both, splits, FEW)
    assert found["repeat"] == {"seed": 0, "fold": 0}
    assert found["splits"] == analysed(cell)["splits"]


def test_predictions_of_other_examples_are_refused() -> None:
    cell = majority_cell("classification", "en")
    cell.frames.dev.loc[0, "id"] = "another"
    with pytest.raises(
        UserError, match=r"^cell made_up.majority: predictions of dev are of other examples .* run 'kedro"
    ):
        analysed(cell)
