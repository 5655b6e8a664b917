"""Further pretraining of tiny random encoders."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import FAMILIES, WORDS, make_encoder, tiny_encoder
from transformers import AutoModel, AutoTokenizer

from regen.config.derived import PretrainConfig, PretrainingSpec
from regen.config.machine import Machine
from regen.errors import UserError
from regen.pretraining.run import pretrain
from regen.training.state import KeepState

TABLES = {
    "train": pd.DataFrame(
        {"id": [str(n) for n in range(24)], "text": [" ".join(WORDS[n : n + 6]) for n in range(24)], "label": "x"}
    ),
    "unlabeled": pd.DataFrame({"id": ["0", "1"], "text": ["the rain in paris", "ships in the rain"]}),
}
ECHOES = [" ".join([word] * times) for word in WORDS[:12] for times in range(2, 6)]
"""Texts in which neighbours tell what is hidden."""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path) -> Machine:
    """A machine with an empty project."""
    (tmp_path / "requirements.lock").write_text("torch==0\n", encoding="utf-8")
    return Machine(project=tmp_path, state=tmp_path / "data" / ".state")


def config(**how: Any) -> PretrainConfig:
    small = {"epochs": 4, "learning_rate": 1e-2, "batch_tokens": 64, "max_length": 16, "held_out": 0.2}
    spec = PretrainingSpec(
        encoder="tiny",
        task="made_up",
        splits=("train", "unlabeled"),
        **{**small, "precision": "f32", "threads": 1, **how},
    )
    told = {"licence": "CC0-1.0", "source": "this test", "task_type": "classification", "language": "en"}
    return PretrainConfig(encoder="further", how=spec, **told)


def make(
    machine: Machine,
    folder: Path,
    base: Path | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Pretrain into a new folder; give its manifest."""
    fill = pretrain(config(**how), machine, base or tiny_encoder(layers=1), tables or TABLES, ["1"])
    folder.mkdir()
    fill(folder)
    content: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    return content


def sums(folder: Path) -> dict[str, str]:
    return {path.name: md5(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_loss_on_held_out_text_falls_and_the_manifest_says_so(machine: Machine, tmp_path: Path) -> None:
    base = tiny_encoder(layers=1)
    tables = {"train": pd.DataFrame({"id": map(str, range(len(ECHOES))), "text": ECHOES})}
    told = make(machine, tmp_path / "further", tables=tables, epochs=12, learning_rate=5e-3)
    facts = told["pretraining"]
    assert facts["loss_after"] < 0.6 * facts["loss_before"]
    assert facts["accuracy_after"] > facts["accuracy_before"]
    assert facts["loss_before"] == pytest.approx(np.log(facts["pieces"]), abs=1)
    assert (facts["pieces"], facts["texts"], facts["held_out_texts"], len(facts["history"])) == (17, 38, 10, 12)
    assert told["made_from"] == [
        {
            "how": "pretraining",
            "task": "made_up",
            "splits": ["train", "unlabeled"],
            **{key: facts[key] for key in ("texts", "tokens", "loss_before", "loss_after")},
            "encoder": None,
            "encoder_sha256": sha256((base / "encoder.json").read_bytes()).hexdigest(),
        }
    ]
    assert not list(machine.state.glob("pretrain/*"))
    seen = machine.state.parent / "08_reporting" / "telemetry" / "made_up" / "further" / "training" / "s0.json"
    assert json.loads(seen.read_text(encoding="utf-8"))["steps"] == facts["steps"]


def test_the_folder_is_an_encoder_whose_unused_rows_are_as_they_were(machine: Machine, tmp_path: Path) -> None:
    base, folder = tiny_encoder(layers=1), tmp_path / "further"
    make(machine, folder, epochs=1)
    model, told = AutoModel.from_pretrained(folder, output_loading_info=True)
    assert not told["unexpected_keys"]
    assert all(name.startswith("pooler") for name in told["missing_keys"])
    pieces = AutoTokenizer.from_pretrained(folder)("rain in paris", return_tensors="pt")
    assert model(**pieces).last_hidden_state.shape == (1, 5, 32)
    before, after = (load_file(path / "model.safetensors") for path in (base, folder))
    words = "embeddings.word_embeddings.weight"
    ids = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    changed = (before[words] != after[words]).any(1)
    assert changed[ids["rain"]]
    assert not changed[[ids["北"], ids["ships"]]].any()  # the one is in no text, the other in one that is left out
    assert all((before[name] != after[name]).any() for name in after)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family(machine: Machine, tmp_path: Path, family: str) -> None:
    """Also those whose embeddings are narrower than their vectors."""
    told = make(machine, tmp_path / "further", make_encoder(family, tmp_path / "base", layers=1), epochs=1)
    assert np.isfinite(told["pretraining"]["loss_after"])
    assert not AutoModel.from_pretrained(tmp_path / "further", output_loading_info=True)[1]["unexpected_keys"]


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Ask for the end at a step, as SIGTERM does."""
    on_step = KeepState.on_step

    def at(step: int) -> None:
        def asked(self: KeepState, loop: Any) -> None:
            if loop.step == step:
                os.kill(os.getpid(), signal.SIGTERM)
            on_step(self, loop)

        monkeypatch.setattr(KeepState, "on_step", asked)

    yield at
    monkeypatch.undo()


@pytest.mark.parametrize("step", [1, 7])
def test_stopped_and_gone_on_it_ends_with_the_bytes_of_an_unbroken_one(
    machine: Machine, tmp_path: Path, stops: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """At the seventh step the second epoch runs: the masks that follow are those of its number."""
    make(machine, tmp_path / "unbroken")
    stops(step)
    with pytest.raises(SystemExit):
        make(machine, tmp_path / "never")
    (state,) = machine.state.glob("pretrain/further-*/training.safetensors")
    monkeypatch.undo()
    torch.manual_seed(99)
    make(machine, tmp_path / "again")
    assert sums(tmp_path / "again") == sums(tmp_path / "unbroken")
    assert not state.exists()


def test_masks_of_an_epoch_are_its_own(machine: Machine, tmp_path: Path) -> None:
    """Another share of masked pieces, another seed: other bytes; the same again: the same bytes."""
    for name, how in (("a", {}), ("b", {}), ("c", {"seed": 1}), ("d", {"mask_share": 0.3})):
        make(machine, tmp_path / name, epochs=1, **how)
    made = [sums(tmp_path / name)["model.safetensors"] for name in "abcd"]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_rows_that_are_too_long_for_the_encoder(machine: Machine, tmp_path: Path) -> None:
    base = make_encoder("bert", tmp_path / "base", layers=1)
    (base / "encoder.json").write_text('{"max_length": 12}\n', encoding="utf-8")
    told = r"^encoder further: pretraining\.max_length: found 16, expected at most 12, .* encoder 'tiny' takes$"
    with pytest.raises(UserError, match=told):
        make(machine, tmp_path / "further", base)


def test_too_little_text(machine: Machine) -> None:
    tables = {"train": TABLES["train"].head(1)}
    with pytest.raises(UserError, match=r"^encoder further: pretraining\.splits: found 1 distinct texts"):
        pretrain(config(), machine, tiny_encoder(layers=1), tables, [])
