"""Fits with augmentation: what the estimator sees, what the record hears, and when a repeat is fitted again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pytest
from estimator_frames import MAKERS
from tiny_encoders import tiny_encoder

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.estimators.augmented import AugmentedModel
from regen.estimators.base import Predictions, Resources
from regen.estimators.repeats import fit_repeats, repeat_key, write_model

TASK = made_up_task("classification", ["sport", "money", "tech"])
FRAMES = MAKERS["classification", "en"]()
TYPOS: dict[str, Any] = {"typos": {"share": 0.5}}
MODELS: dict[str, Any] = {"back_translation": {"there": {"folder": "a"}, "back": {"folder": "b"}}}


@dataclass
class Seen:
    """What one fit was given."""

    train: pd.DataFrame
    dev: pd.DataFrame
    seed: int
    shared: dict[Any, Any]


@dataclass
class Watching:
    """An estimator that remembers its fits."""

    keeps_state: ClassVar[bool] = False
    fits: ClassVar[list[Seen]] = []
    facts_told: dict[str, Any] = field(default_factory=lambda: {"features": 3})

    @classmethod
    def fit(
        cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources
    ) -> "Watching":
        assert config.estimator == "majority"
        cls.fits.append(Seen(train, dev, seed, resources.shared))
        return cls()

    def predict(self, examples: pd.DataFrame) -> Predictions:
        return Predictions(["sport"] * len(examples), examples["text"].str.len().to_numpy(dtype=float))

    def facts(self) -> dict[str, Any]:
        return self.facts_told

    def save(self, folder: Path) -> None:
        (folder / "model.json").write_text("{}", encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine on which the estimator is watched."""
    monkeypatch.setattr("regen.estimators.repeats.estimator_class", lambda _: Watching)
    (tmp_path / "requirements.lock").write_bytes(b"library==1\n")
    Watching.fits.clear()
    yield Machine(project=tmp_path, state=tmp_path / "state")
    Watching.fits.clear()


def fit(machine: Machine, train: pd.DataFrame = FRAMES.train, dev: pd.DataFrame = FRAMES.dev, **keys: Any) -> Any:
    config = made_up_cell("majority", TASK, **{"augmentation": TYPOS, **keys})
    return fit_repeats(train, dev, config, machine, Resources(machine=machine))


def test_the_estimator_sees_made_rows_of_train_alone(machine: Machine) -> None:
    fit(machine, train_examples=4)
    (seen,) = Watching.fits
    assert set(seen.train["origin"]) == {"row-0", "row-1", "row-2", "row-3"}
    assert len(seen.train) == 8
    assert seen.dev is FRAMES.dev


def test_a_fold_makes_examples_of_its_own_alone(machine: Machine) -> None:
    train, dev = (
        pd.concat([frame.assign(fold=fold, id=f"{fold}-" + frame["id"]) for fold in (0, 1)], ignore_index=True)
        for frame in (FRAMES.train, FRAMES.dev)
    )
    fit(machine, train, dev)
    assert [set(seen.train["origin"].str[:2]) for seen in Watching.fits] == [{"0-"}, {"1-"}]


def test_every_seed_makes_its_own_and_shares_nothing_with_others(machine: Machine) -> None:
    fit(machine, seeds=[0, 1])
    first, second = Watching.fits
    assert first.train["text"].tolist() != second.train["text"].tolist()
    assert first.shared is not second.shared


def test_without_augmentation_nothing_is_made(machine: Machine) -> None:
    (model,) = fit(machine, augmentation=None).values()
    assert isinstance(model, Watching)
    pd.testing.assert_frame_equal(Watching.fits[0].train, FRAMES.train)


def test_the_record_hears_of_what_was_made(machine: Machine, tmp_path: Path) -> None:
    (model,) = fit(machine).values()
    write_model(model, tmp_path / "model")
    facts = json.loads((tmp_path / "model" / "facts.json").read_text(encoding="utf-8"))
    assert facts["features"] == 3
    assert facts["augmentation"]["methods"]["typos"]["made"] == facts["augmentation"]["made"] == 7
    assert (tmp_path / "model" / "model.json").is_file()
    assert isinstance(model, AugmentedModel)
    assert model.predict(FRAMES.dev).labels == ["sport", "sport"]


def test_a_finished_repeat_is_named_by_its_augmentation(machine: Machine) -> None:
    def key(methods: dict[str, Any] | None) -> str:
        config = made_up_cell("majority", TASK, augmentation=methods)
        return repeat_key(FRAMES.train, FRAMES.dev, config, 0, None, machine)

    for name in ("a", "b"):
        (machine.project / name).mkdir()
        (machine.project / name / "model.bin").write_bytes(b"1")
    keys = [key(None), key(TYPOS), key({"typos": {"share": 0.4}}), key(MODELS)]
    (machine.project / "b" / "model.bin").write_bytes(b"2")
    keys.append(key(MODELS))
    assert len(set(keys)) == len(keys)
    assert key(TYPOS) == keys[1]


def test_what_a_repeat_made_is_kept_for_trials_with_the_same_train(machine: Machine) -> None:
    config = made_up_cell("majority", TASK, augmentation=TYPOS)
    resources = Resources(machine=machine)
    for _ in range(2):
        fit_repeats(FRAMES.train, FRAMES.dev, config, machine, resources)
    first, second = Watching.fits
    assert first.train is second.train
    assert first.shared is second.shared


def test_equal_fits_of_an_encoder_give_equal_bytes(tmp_path: Path) -> None:
    encoder = tiny_encoder()
    (tmp_path / "requirements.lock").write_bytes(b"library==1\n")
    methods = {**TYPOS, "neighbours": {"similarity": 0.01}}
    options = {"epochs": 1, "threads": 1, "precision": "f32", "max_length": 32, "stride": 8}
    config = made_up_cell("encoder", TASK, options, augmentation=methods)
    made = []
    for name in ("first", "second"):
        machine = Machine(project=tmp_path, state=tmp_path / name)
        repeats = fit_repeats(FRAMES.train, FRAMES.dev, config, machine, Resources(encoder=encoder, machine=machine))
        made.append(
            {
                repeat: {path.name: path.read_bytes() for path in Path(str(folder)).iterdir()}
                for repeat, folder in repeats.items()
            }
        )
    assert made[0] == made[1]
    facts = [json.loads(files["facts.json"]) for files in made[0].values()]
    assert all(set(fact["augmentation"]["methods"]) == {"typos", "neighbours"} for fact in facts)
