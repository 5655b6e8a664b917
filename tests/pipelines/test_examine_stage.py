"""The stage ``examine``, called as a function on models of small examples."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

sys.path.append(str(Path(__file__).parents[1] / "estimators"))

from estimator_cases import Case, fitted
from estimator_frames import MAKERS

from regen.config.attribution import attribution_config
from regen.config.statistics import StatisticsConfig
from regen.pipelines.examine.nodes import examine
from regen.pipelines.report.datasets import PartitionsIfAny

CASES = [
    *(Case("majority", task_type, language) for task_type, language in MAKERS),
    *(Case("linear", "pair_classification", "zh"), Case("linear", "multiple_choice", "zh")),
    *(Case("crf", "tagging", "en"), Case("crf", "tagging", "zh")),
]
STATISTICS = StatisticsConfig(resamples=100)


def examined(case: Case, folder: Path, **frames: pd.DataFrame) -> dict[str, Any]:
    """Examine a case's model, its examples read back from Parquet as a stage does."""
    model = folder / "repeat-s0-f0"
    model.mkdir(parents=True, exist_ok=True)
    fitted(case).save(model)
    made = case.frames()
    given = {"dev": frames.get("dev", made.test), "train": frames.get("train", made.train)}
    for name, frame in given.items():
        frame.to_parquet(folder / f"{name}.parquet")
        given[name] = pd.read_parquet(folder / f"{name}.parquet")
    if case.task_type != "tagging":
        del given["train"]
    config = case.config()
    return examine(folder, config, attribution_config(config), STATISTICS, **given)


def texts_in(frame: pd.DataFrame, hidden: list[str]) -> set[str]:
    """Give every text of the inputs that is longer than a letter."""
    values = [value for name in frame if name not in (*hidden, "id") for value in frame[name]]
    parts = [part for value in values for part in (value if isinstance(value, (list, np.ndarray)) else [value])]
    return {part for part in parts if isinstance(part, str) and len(part) > 1}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_examination_of_every_task_type_holds_no_text(case: Case, tmp_path: Path) -> None:
    outputs = examined(case, tmp_path)
    examination = outputs["examination"]
    assert (examination["cell"], examination["repeat"]) == (case.config().cell, {"seed": 0, "fold": 0})
    assert examination["drawn"]["examples"] == len(case.frames().test)
    assert examination["robustness"]
    assert examination["hashes"]["config"] == case.config().digest
    written = json.dumps(examination, allow_nan=False, ensure_ascii=False)
    assert not [text for text in texts_in(case.frames().test, case.config().hidden) if f'"{text}"' in written]
    assert ("temperature" in examination) == (case.estimator != "majority")
    if case.estimator != "majority":
        assert examination["temperature"]["unit"] == ("token" if case.task_type == "tagging" else "example")
    assert ("attributions" in outputs) == (case.estimator != "majority")
    if case.estimator == "majority":
        assert "attributions" not in examination
        return
    page = tmp_path / "page"
    page.mkdir()
    outputs["attributions"](page)
    assert [path.name for path in page.iterdir()] == ["index.html"]
    assert len(examination["attributions"]["examples"]) == len(case.frames().test)
    assert examination["attributions"]["largest_delta"] < 1e-6


def test_equal_models_and_examples_are_examined_equally(tmp_path: Path) -> None:
    case = Case("crf", "tagging", "en")
    one, other = (examined(case, tmp_path)["examination"] for _ in range(2))
    assert one == other


@pytest.mark.parametrize(("task_type", "language"), [("classification", "en"), ("pair_classification", "zh")])
def test_a_majority_cell_has_no_drop(task_type: str, language: str, tmp_path: Path) -> None:
    """Its answer hangs on no text."""
    examination = examined(Case("majority", task_type, language), tmp_path)["examination"]  # type: ignore[arg-type]
    drops = {**examination["robustness"], **examination["bias"]}
    assert any(drop["changed"] for drop in drops.values())
    assert {drop.get("drop", 0) for drop in drops.values()} == {0}


def test_of_several_folds_the_first_is_examined(tmp_path: Path) -> None:
    case = Case("majority", "classification", "en")
    frames = case.frames()
    dev = pd.concat([frames.dev.assign(fold=0), frames.test.assign(fold=1)], ignore_index=True)
    examination = examined(case, tmp_path, dev=dev)["examination"]
    assert examination["drawn"]["of"] == len(frames.dev)


def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("regen.robustness.script.available", lambda: False)
    monkeypatch.setattr("regen.attributions.linear.LIBRARIES", ("no_such_library",))
    examination = examined(Case("linear", "pair_classification", "zh"), tmp_path)["examination"]
    assert [line.partition(":")[0] for line in examination["skipped"]] == ["other_script", "attributions"]
    assert examination["attributions"] is None
    assert "no_such_library is not installed" in caplog.text


def test_there_may_be_no_examinations(tmp_path: Path) -> None:
    dataset = PartitionsIfAny(path=str(tmp_path), dataset="json.JSONDataset", filename_suffix="examination.json")
    assert dataset.load() == {}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "examination.json").write_text('{"cell": "a.b"}', encoding="utf-8")
    (load,) = (
        PartitionsIfAny(path=str(tmp_path), dataset="json.JSONDataset", filename_suffix="examination.json")
        .load()
        .values()
    )
    assert load() == {"cell": "a.b"}
