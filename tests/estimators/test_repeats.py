import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.estimators.base import Resources
from regen.estimators.repeats import fit_repeats, hand_over, repeat_key, write_model

TASK = made_up_task("classification", ["a", "b"])
TRAIN = pd.DataFrame({"id": ["0", "1"], "text": ["x", "y"], "label": ["a", "b"]})
DEV = pd.DataFrame({"id": ["2"], "text": ["z"], "label": ["a"]})


class Stateful:
    """An estimator that keeps state, and counts its fits."""

    keeps_state = True
    fits: list[tuple[int, Path | None]] = []  # noqa: RUF012  # emptied by the fixture

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @classmethod
    def fit(
        cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources
    ) -> "Stateful":
        assert len(train) + len(dev) > 0
        assert config.estimator == "majority"
        assert resources.state is not None
        resources.state.mkdir(parents=True, exist_ok=True)
        (resources.state / "training.safetensors").write_bytes(b"state")
        cls.fits.append((seed, resources.state))
        resources.shared["fits"] = resources.shared.get("fits", 0) + 1
        return cls(seed)

    def save(self, folder: Path) -> None:
        (folder / "model.bin").write_text(str(self.seed), encoding="utf-8")

    def facts(self) -> dict[str, Any]:
        return {"seed": self.seed}


@dataclass
class Bench:
    """A machine, an encoder, and what is fitted on them."""

    machine: Machine
    encoder: Path

    def config(self, **keys: Any) -> CellConfig:
        return made_up_cell("majority", TASK, **keys)

    def key(self, seed: int = 0, train: pd.DataFrame = TRAIN, dev: pd.DataFrame = DEV, **keys: Any) -> str:
        return repeat_key(train, dev, self.config(**keys), seed, self.encoder, self.machine)

    def fit(self, train: pd.DataFrame = TRAIN, dev: pd.DataFrame = DEV, **keys: Any) -> dict[str, Any]:
        resources = Resources(encoder=self.encoder, machine=self.machine)
        return fit_repeats(train, dev, self.config(**keys), self.machine, resources)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A machine on which the estimator keeps state."""
    monkeypatch.setattr("regen.estimators.repeats.estimator_class", lambda _: Stateful)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "requirements.lock").write_bytes(b"library==1\n")
    (tmp_path / "encoder").mkdir()
    (tmp_path / "encoder" / "encoder.json").write_bytes(b"{}\n")
    Stateful.fits.clear()
    yield Bench(Machine(project=tmp_path / "project", state=tmp_path / "state"), tmp_path / "encoder")
    Stateful.fits.clear()


def test_every_seed_is_fitted_in_a_folder_of_its_own(bench: Bench) -> None:
    repeats = bench.fit(seeds=[3, 5])
    assert list(repeats) == ["repeat-s3-f0", "repeat-s5-f0"]
    assert [seed for seed, _ in Stateful.fits] == [3, 5]
    assert len({state for _, state in Stateful.fits}) == 2
    for seed, folder in zip((3, 5), repeats.values(), strict=True):
        assert (folder / "model.bin").read_text(encoding="utf-8") == str(seed)
        assert json.loads((folder / "facts.json").read_text(encoding="utf-8")) == {"seed": seed}


def test_a_further_seed_does_not_refit_the_others(bench: Bench) -> None:
    first = bench.fit(seeds=[3, 5])
    assert bench.fit(seeds=[3, 5]) == first
    more = bench.fit(seeds=[5, 7, 3])
    assert [seed for seed, _ in Stateful.fits] == [3, 5, 7]
    assert {name: more[name] for name in first} == first


def test_the_state_goes_when_the_model_is_there(bench: Bench) -> None:
    (folder,) = bench.fit().values()
    assert not list(folder.parent.glob("*.safetensors"))
    assert sorted(path.name for path in folder.iterdir()) == ["facts.json", "model.bin"]


def test_an_interrupted_repeat_is_fitted_in_the_same_folder(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Stateful, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bench.fit()
    (kept,) = (bench.machine.state / "fit").iterdir()
    assert [path.name for path in kept.iterdir()] == ["training.safetensors"]
    bench.fit()
    assert len({state for _, state in Stateful.fits}) == 1


def test_repeats_share_what_they_compute_once(bench: Bench) -> None:
    resources = Resources(encoder=bench.encoder, machine=bench.machine)
    fit_repeats(TRAIN, DEV, bench.config(seeds=[1, 2]), bench.machine, resources)
    assert resources.shared == {"fits": 2}


def test_estimators_without_state_give_models(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(Stateful):
        keeps_state = False

        @classmethod
        def fit(cls, *_: Any) -> "Plain":
            return cls(1)

    monkeypatch.setattr("regen.estimators.repeats.estimator_class", lambda _: Plain)
    assert isinstance(bench.fit()["repeat-s0-f0"], Plain)
    assert not bench.machine.state.exists()


def test_the_key_names_cell_and_seed(bench: Bench) -> None:
    assert bench.key(seed=4).startswith("made_up.majority-s4-")
    assert bench.key(seed=4) != bench.key(seed=5)


def test_other_seeds_of_the_cell_do_not_change_the_key(bench: Bench) -> None:
    assert bench.key(seed=3, seeds=[3]) == bench.key(seed=3, seeds=[3, 5, 8])


def test_index_and_origin_of_tables_do_not_change_the_key(bench: Bench, tmp_path: Path) -> None:
    TRAIN.to_parquet(tmp_path / "train.parquet")
    read = pd.read_parquet(tmp_path / "train.parquet")
    assert bench.key(train=read) == bench.key()
    assert bench.key(train=TRAIN.set_index(pd.Index([7, 9]))) == bench.key()
    sentences = pd.DataFrame({"id": ["0"], "tokens": [["a", "b"]], "tags": [["O", "O"]]})
    sentences.to_parquet(tmp_path / "tagged.parquet")
    assert bench.key(train=pd.read_parquet(tmp_path / "tagged.parquet")) == bench.key(train=sentences)


@pytest.mark.parametrize(
    "changed",
    [
        {"train": TRAIN.assign(text=["x", "Y"])},
        {"train": TRAIN.iloc[::-1]},
        {"train": TRAIN.iloc[:1]},
        {"train": TRAIN.rename(columns={"id": "ident"})},
        {"dev": DEV.assign(label=["b"])},
        {"recipe": "other"},
        {"train_examples": 7},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_any_change_changes_the_key(bench: Bench, changed: dict[str, Any]) -> None:
    assert bench.key(**changed) != bench.key()


def test_how_settings_were_chosen_does_not_change_the_key(bench: Bench) -> None:
    assert bench.key(selection="a search") == bench.key()


def test_encoder_and_lock_file_and_code_change_the_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [bench.key()]
    (bench.encoder / "encoder.json").write_bytes(b'{"name": "other"}\n')
    keys.append(bench.key())
    (bench.machine.project / "requirements.lock").write_bytes(b"library==2\n")
    keys.append(bench.key())
    monkeypatch.setattr("regen.estimators.repeats.code_digest", lambda _: "other code")
    keys.append(bench.key())
    bench.encoder = None  # type: ignore[assignment]
    keys.append(bench.key())
    assert len(set(keys)) == 5


def test_the_code_is_that_of_the_stage_and_the_estimator(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("regen.estimators.repeats.code_digest", lambda modules: asked.extend(modules) or "")
    bench.key()
    assert {"regen.pipelines.fit.nodes", "regen.estimators.majority.model"} <= set(asked)


def test_a_model_appears_whole(tmp_path: Path) -> None:
    class Fails(Stateful):
        def save(self, folder: Path) -> None:
            (folder / "model.bin").write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_model(Fails(0), tmp_path / "model")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_hand_over_without_a_second_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(Stateful(3), tmp_path / "model")  # type: ignore[arg-type]
    hand_over(tmp_path / "model", tmp_path / "linked")
    names = sorted(path.name for path in (tmp_path / "linked").iterdir())
    assert names == ["facts.json", "model.bin"]
    assert (tmp_path / "linked" / "model.bin").samefile(tmp_path / "model" / "model.bin")

    def refuses(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuses)
    hand_over(tmp_path / "model", tmp_path / "copied")
    assert (tmp_path / "copied" / "model.bin").read_bytes() == b"3"
    assert not (tmp_path / "copied" / "model.bin").samefile(tmp_path / "model" / "model.bin")
