"""Official folds, from files to a record: prepare, fit and evaluate called as functions."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import binom

from made_up import made_up_cell
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.statistics import StatisticsConfig
from regen.config.task import PrepareConfig, TaskSpec
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.pipelines.evaluate.nodes import predict, score
from regen.pipelines.fit.nodes import fit
from regen.pipelines.prepare.nodes import prepare
from regen.reporting.cells import cell_view

FILES = {
    "train_0": ["zebra a", "quokka a", "lemur b"],
    "train_1": ["lemur b", "gecko b", "ibis a"],
    "dev_0": ["walrus a", "okapi a", "heron b", "stork b"],
    "dev_1": ["walrus a", "tapir b", "gnu b", "yak b"],
    "test_public": ["newt a", "toad a", "frog a", "eel b"],
    "test": ["crab ?", "zebra ?"],
    "unlabeled": ["moth ?", "newt ?", "wasp ?"],
}
TASK = TaskSpec.model_validate(
    {
        "title": "Made up",
        "benchmark": "sample",
        "type": "classification",
        "language": "en",
        "licence": "CC0-1.0",
        "source": "this test",
        "files": [{"name": f"{name}.json", "sources": [{"path": f"{name}.json"}]} for name in FILES],
        "read": {
            "format": "json_lines",
            "fields": {"text": "text", "label": "label"},
            "labels": ["a", "b"],
            "folds": 2,
            "splits": {
                "train": {"file": "train_{fold}.json"},
                "dev": {"file": "dev_{fold}.json"},
                "test_public": {"file": "test_public.json"},
                "test": {"file": "test.json", "labelled": False},
                "unlabeled": {"file": "unlabeled.json", "labelled": False},
            },
            "expected": {"train": {"examples": 3}, "unlabeled": {"examples": 3}},
        },
        "metric": "accuracy",
        "overlaps_with": {"other": "all of dev"},
    }
)
STATISTICS = StatisticsConfig(resamples=4000, level=0.9)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, lines in FILES.items():
        rows = [dict(zip(("text", "label"), line.split(), strict=True)) for line in lines]
        # As in FewCLUE: fold files end lines with CRLF, and lack the last one.
        content = "\r\n".join(json.dumps(row if row["label"] != "?" else {"text": row["text"]}) for row in rows)
        (folder / f"{name}.json").write_bytes(content.encode())
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "requirements.lock").write_bytes(b"library==1\n")
    return Machine(project=tmp_path / "project", state=tmp_path / "project" / "data" / ".state", offline=True)


@pytest.fixture
def prepared(raw: Path, tmp_path: Path) -> dict[str, Any]:
    """What the stage gives, read back from Parquet as a later stage does."""
    config = PrepareConfig(task="made_up", type=TASK.type, read=TASK.read, overlaps_with=TASK.overlaps_with)
    made = prepare(raw, config)
    for split in TASK.read.splits:
        made[split].to_parquet(tmp_path / "table.parquet")
        made[split] = pd.read_parquet(tmp_path / "table.parquet")
    return made


def run(
    prepared: dict[str, Any], machine: Machine, folder: Path, estimator: str, seeds: Sequence[int] = (0,), **keys: Any
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Fit and evaluate one recipe; give predictions and record."""
    config = made_up_cell(estimator, TASK, seeds=list(seeds), **keys)
    folder.mkdir()
    fit(prepared["train"], prepared["dev"], config, machine)(folder)
    table = predict(folder, config, **{split: prepared[split] for split in TASK.scored_splits})
    table.to_parquet(folder / "predictions.parquet")
    read = pd.read_parquet(folder / "predictions.parquet")
    return table, score(folder, read, prepared["card"], config, STATISTICS, machine)["record"]


def test_a_split_is_one_table_whatever_the_number_of_folds(prepared: dict[str, Any]) -> None:
    assert list(prepared) == ["train", "dev", "test_public", "test", "unlabeled", "card"]
    assert list(prepared["train"].itertuples(index=False, name=None)) == [
        (f"train-{number}", *line.split(), fold)
        for fold in (0, 1)
        for number, line in enumerate(FILES[f"train_{fold}"])
    ]
    assert list(prepared["train"].columns) == ["id", "text", "label", "fold"]
    assert "fold" not in prepared["test_public"]
    assert prepared["unlabeled"]["label"].isna().all()


def test_the_card_describes_each_fold_and_what_they_share(prepared: dict[str, Any]) -> None:
    card = prepared["card"]
    assert list(card["splits"]) == ["train_0", "train_1", "dev_0", "dev_1", "test_public", "test", "unlabeled"]
    assert card["splits"]["train_1"]["label_counts"] == {"a": 1, "b": 2}
    assert "label_counts" not in card["splits"]["unlabeled"]
    assert list(card["files"]) == sorted(f"{name}.json" for name in FILES)
    shared = dict.fromkeys((f"{a}+{b}" for a in ("train", "dev") for b in ("test_public", "test", "unlabeled")), 0)
    assert card["shared_texts"] == {
        **shared,
        "train_0+dev_0": 0,
        "train_1+dev_1": 0,
        "train+test": 1,
        "test_public+test": 0,
        "test_public+unlabeled": 1,
        "test+unlabeled": 0,
    }
    assert card["texts_in_several_folds"] == {"train": 1, "dev": 1}
    assert card["overlaps_with"] == {"other": "all of dev"}


def test_expected_counts_are_those_of_each_fold(raw: Path) -> None:
    (raw / "train_1.json").write_bytes(b'{"text": "lemur", "label": "b"}')
    with pytest.raises(UserError, match=r"split 'train_1' has 1 examples, expected 3 \(read.expected.train.examples\)"):
        prepare(raw, PrepareConfig(task="made_up", type=TASK.type, read=TASK.read))


def test_a_fold_whose_file_is_missing_is_named(raw: Path) -> None:
    (raw / "dev_1.json").unlink()
    with pytest.raises(UserError, match=r"dev_1.json: no such file; run 'ingest' first"):
        prepare(raw, PrepareConfig(task="made_up", type=TASK.type, read=TASK.read))


def test_each_fold_is_fitted_with_its_own_train_and_dev(
    prepared: dict[str, Any], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    class Recorder:
        keeps_state = False

        @classmethod
        def fit(
            cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources
        ) -> "Recorder":
            assert list(train.columns) == list(dev.columns) == ["id", "text", "label"]
            assert list(train.index) == list(range(len(train)))
            assert resources.views is not None
            assert config.recipe == "majority"
            shared = dict(resources.shared)
            calls.append((seed, list(train["text"]), list(dev["text"])[1], resources.views.name, shared))
            resources.shared["made by"] = seed
            return cls()

    monkeypatch.setattr("regen.estimators.repeats.estimator_class", lambda _: Recorder)
    fit(prepared["train"], prepared["dev"], made_up_cell("majority", TASK, seeds=[5, 7], train_examples=2), machine)
    assert calls == [
        (seed, texts, dev, f"fold-{fold}", shared)
        for fold, texts, dev in ((0, ["zebra", "quokka"], "okapi"), (1, ["lemur", "gecko"], "tapir"))
        for seed, shared in ((5, {}), (7, {"made by": 5}))
    ]


def test_a_repeat_is_a_seed_on_a_fold(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    table, record = run(prepared, machine, tmp_path / "model", "linear", seeds=(3, 5))
    names = {path.name for path in (tmp_path / "model").iterdir() if path.is_dir()}
    assert names == {"repeat-s3-f0", "repeat-s5-f0", "repeat-s3-f1", "repeat-s5-f1"}
    rows = table.groupby(["fold", "seed", "split"], sort=False).size()
    assert [(*key, int(n)) for key, n in rows.items()] == [
        (fold, seed, split, n)
        for fold in (0, 1)
        for seed in (3, 5)
        for split, n in (("dev", 4), ("test_public", 4), ("test", 2))
    ]
    golds = table[(table["split"] == "dev") & (table["seed"] == 3)].groupby("fold")["gold"].agg("".join)
    assert golds.to_dict() == {0: "aabb", 1: "abbb"}
    repeats = [(repeat["seed"], repeat["fold"]) for repeat in record["scores"]["dev"]["repeats"]]
    assert repeats == [(3, 0), (5, 0), (3, 1), (5, 1)]
    facts = [json.loads((tmp_path / f"model/repeat-s{s}-f{f}/facts.json").read_text("utf-8")) for s, f in repeats]
    assert record["training"]["models"] == facts
    assert facts[0] != facts[2]
    assert record["training"]["examples"] == 3


def test_scores_and_intervals_by_hand(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    """Fold 0 learns to say a, fold 1 to say b."""
    _, record = run(prepared, machine, tmp_path / "model", "majority")
    dev, public = record["scores"]["dev"], record["scores"]["test_public"]
    assert (dev["values"], dev["mean"], dev["n"]) == ([0.5, 0.75], 0.625, 2)
    assert dev["sd"] == pytest.approx((2 * 0.125**2) ** 0.5)
    assert public["values"] == [0.75, 0.25]
    # Drawn once for both repeats, each example is right for exactly one of them.
    assert (public["interval"]["low"], public["interval"]["high"]) == (0.5, 0.5)
    assert public["interval"]["over"] == "examples"
    # Drawn for each fold by itself, right answers are Binomial(4, 1/2) and Binomial(4, 3/4); their sum is out of 8.
    chances = [sum(binom.pmf(i, 4, 0.5) * binom.pmf(total - i, 4, 0.75) for i in range(5)) for total in range(9)]
    below = [sum(chances[: total + 1]) for total in range(9)]
    bounds = [next(total for total in range(9) if below[total] >= tail) / 8 for tail in (0.05, 0.95)]
    assert (dev["interval"]["low"], dev["interval"]["high"]) == tuple(bounds) == (0.375, 0.875)
    assert dev["interval"]["over"] == "examples of each fold"


def test_scores_without_the_inputs_of_train(raw: Path, machine: Machine, tmp_path: Path) -> None:
    """A row of dev counts as seen where train of its own fold holds it; one of a test where any train does."""
    (raw / "dev_0.json").write_bytes(b'{"text": "zebra", "label": "a"}\n{"text": "gecko", "label": "b"}')
    with (raw / "test_public.json").open("ab") as file:
        file.write(b'\n{"text": "ibis", "label": "a"}')
    made = prepare(raw, PrepareConfig(task="made_up", type=TASK.type, read=TASK.read))
    assert made["card"]["seen_in_train"] == {"dev_0": ["dev-0"], "test_public": ["test_public-4"], "test": ["test-1"]}
    _, record = run(made, machine, tmp_path / "model", "majority")
    dev, public = record["scores"]["dev"], record["scores"]["test_public"]
    assert (dev["values"], dev["unseen"]["values"], dev["unseen"]["examples"]) == ([0.5, 0.75], [0.0, 0.75], 5)
    assert dev["unseen"]["interval"]["over"] == "examples of each fold"
    assert (public["values"], public["unseen"]["values"]) == ([0.8, 0.2], [0.75, 0.25])


def test_a_record_of_folds_is_shown(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    _, record = run(prepared, machine, tmp_path / "model", "majority")
    cell = cell_view(json.loads(json.dumps(record)))
    assert cell.warnings == [
        "Leak: train and test have 1 distinct text in common.",
        "Texts shared with other: all of dev. Nothing trained on other may be scored here.",
    ]
    assert cell.data.note is not None
    several = "Distinct texts in several folds of"
    assert cell.data.note.endswith(f"{several} train: 1. {several} dev: 1.")
    (classes,) = [grid for grid in cell.scores if grid.title == "Per class"]
    assert classes.rows[0][1][0] == "2"
    assert classes.note == "P, R and F1 × 100, means over repeats. Counts are those of fold 0."
    assert not [word for lines in FILES.values() for line in lines if (word := line.split()[0]) in json.dumps(record)]


def test_the_same_twice(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    first, second = (run(prepared, machine, tmp_path / name, "linear") for name in ("one", "two"))
    pd.testing.assert_frame_equal(first[0], second[0])
    assert first[1] == second[1]


def test_a_search_on_folds_is_refused() -> None:
    search = {"trials": 2, "space": {"c": {"type": "float", "low": 0.1, "high": 10.0}}}
    with pytest.raises(UserError) as caught:
        made_up_cell("linear", TASK, search=search)
    assert str(caught.value) == (
        "cell made_up.linear: the recipe searches, and the task has 2 folds, each with its own dev set; search on a "
        "task with one dev set, and write what it picks into a recipe"
    )
