"""The published files of FewCLUE, read through the specs of conf/base/tasks."""

from collections import Counter
from pathlib import Path

import pytest
from published import prepare_task, read_file

from regen.config.load import Specs
from regen.tasks.examples import text_keys

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.no_cover,  # a million rows, through lines that small files reach
]

FEWCLUE = {
    "fewclue_cluewsc": {"train": 6, "dev": 27},
    "fewclue_csl": {"train": 1, "dev": 1},
    "fewclue_eprstmt": {"train": 20, "dev": 20},
    "fewclue_iflytek": {"train": 1037, "dev": 834},
    "fewclue_ocnli": {"train": 0, "dev": 2},
    "fewclue_tnews": {"train": 15, "dev": 88},
}
"""Tasks with folds -> distinct texts that stand in several of them."""
FEW = {"train_0": 42, "dev_4": 42, "train_few_all": 202, "dev_few_all": 202, "test_public": 2002}


@pytest.mark.parametrize("name", FEW)
def test_chid_of_fewclue_has_seven_candidates(shared_data: Path, name: str) -> None:
    fields = {"id": "id", "context": "content", "choices": "candidates", "label": "answer"}
    labels = tuple(str(number) for number in range(7))
    path = shared_data / "fewclue/chid" / f"{name}.json"
    rows = read_file(path, format="json_blanks", fields=fields, labels=labels).rows
    assert (len(rows), {len(row["choices"]) for row in rows}) == (FEW[name], {7})
    assert {row["context"].count("#idiom#") for row in rows} == {1}
    counts = Counter(row["label"] for row in rows)
    assert set(counts) == set(labels)
    if name == "test_public":
        assert set(counts.values()) == {286}


@pytest.mark.parametrize("task", FEWCLUE)
def test_fewclue_has_five_folds_and_their_union(specs: Specs, shared_data: Path, tmp_path: Path, task: str) -> None:
    folds, union = (prepare_task(specs, name, shared_data, tmp_path / name) for name in (task, f"{task}_all"))
    card = folds["card"]
    assert card["files"] == {file.name: file.sha256 for file in specs.tasks[task].files}
    assert card["texts_in_several_folds"] == FEWCLUE[task]
    assert {card["shared_texts"][f"train_{fold}+dev_{fold}"] for fold in range(5)} == {0}
    for split in ("train", "dev"):
        assert set(folds[split]["fold"]) == set(range(5))
        assert set(text_keys(folds[split])) == set(text_keys(union[split]))
    assert folds["test"].equals(union["test"])
    assert folds["test_public"].equals(union["test_public"])
    assert folds["test"]["label"].isna().all()
