"""A fitted body as an encoder."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from estimator_cases import Case, fitted
from safetensors.torch import load_file, save_file
from tiny_encoders import make_encoder, tiny_encoder
from transformers import AutoModel

from regen.config.derived import TransferConfig
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.estimators.repeats import write_model
from regen.export.transfer import transfer

CASE = Case("encoder", "classification", "en")
CONFIG = TransferConfig(encoder="body", licence="CC0-1.0", source="this test", cell="made_up.encoder", seed=3, fold=0)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The folder of a cell's models: one repeat."""
    write_model(fitted(CASE), tmp_path / "fit" / "repeat-s3-f0")
    return tmp_path / "fit"


def make(models: Path, base: Path, folder: Path, **keys: Any) -> dict[str, Any]:
    """Transfer into a new folder; give its manifest."""
    folder.mkdir()
    transfer(CONFIG.model_copy(update=keys), models, base, folder)
    content: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    return content


def test_the_body_is_that_of_the_cell_and_its_head_is_left_out(models: Path, tmp_path: Path) -> None:
    model = fitted(CASE)
    assert isinstance(model, Model)
    told = make(models, tiny_encoder(layers=1), tmp_path / "body")
    loaded, info = AutoModel.from_pretrained(tmp_path / "body", output_loading_info=True)
    assert not info["unexpected_keys"]
    ids = torch.tensor([[2, 9, 40, 3]])
    with torch.inference_mode():
        theirs = loaded.eval()(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        ours = model.network.eval().body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert told["made_from"] == [
        {
            "how": "transfer",
            "task": "made_up",
            "cell": "made_up.encoder",
            "seed": 3,
            "fold": 0,
            "checkpoint_sha256": sha256((models / "repeat-s3-f0" / "model.safetensors").read_bytes()).hexdigest(),
            "encoder": None,
            "encoder_sha256": sha256((tiny_encoder(layers=1) / "encoder.json").read_bytes()).hexdigest(),
        }
    ]


def test_a_chain_tells_all_steps_and_its_models_differ_from_the_new_encoder(models: Path, tmp_path: Path) -> None:
    """A fit that starts from the body holds no more than a fit from a published encoder, and records every step."""
    first = tmp_path / "first"
    make(models, tiny_encoder(layers=1), first)
    frames = CASE.frames()
    again = Model.fit(frames.train, frames.dev, CASE.config(epochs=1), 0, Resources(encoder=first))
    steps = again.facts()["made_from"]
    assert [step["how"] for step in steps] == ["transfer"]
    write_model(again, tmp_path / "next" / "repeat-s3-f0")
    told = make(tmp_path / "next", first, tmp_path / "second")
    assert told["made_from"][:-1] == steps
    assert told["made_from"][-1]["encoder"] == "body"
    held, whole = (load_file(path / "model.safetensors") for path in (tmp_path / "next" / "repeat-s3-f0", first))
    assert max(len(value) for value in held.values()) < len(whole["embeddings.word_embeddings.weight"])
    assert "made_from" not in fitted(CASE).facts()


def test_twice_the_same_bytes(models: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make(models, tiny_encoder(layers=1), tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_repeat_that_is_not_there(models: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^encoder body: .*repeat-s4-f0: no such model; fit made_up\.encoder anew$"):
        make(models, tiny_encoder(layers=1), tmp_path / "body", seed=4)


def test_another_base(models: Path, tmp_path: Path) -> None:
    base = make_encoder("bert", tmp_path / "base", layers=1)
    (base / "encoder.json").write_text('{"name": "other"}\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"^encoder body: .*base is not the encoder that .*s3-f0 was fitted from"):
        make(models, base, tmp_path / "body")


def test_a_base_with_other_weights(models: Path, tmp_path: Path) -> None:
    """As where an adaptation adds weights of its own."""
    base = shutil.copytree(tiny_encoder(layers=1), tmp_path / "base")
    weights = load_file(base / "model.safetensors")
    save_file({**weights, "lora.weight": torch.zeros(2)}, base / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"^encoder body: found lora\.weight \(of 1\) in one of .*merge"):
        make(models, base, tmp_path / "body")


def test_an_adapter_is_merged_and_virtual_tokens_are_refused(tmp_path: Path) -> None:
    for name in ("lora", "prefix"):
        model = CASE.fit(epochs=1, tuning={"type": name})
        write_model(model, tmp_path / name / "repeat-s3-f0")
    make(tmp_path / "lora", tiny_encoder(layers=1), tmp_path / "body")
    before, after = (load_file(path / "model.safetensors") for path in (tiny_encoder(layers=1), tmp_path / "body"))
    changed = {name for name in after if (before[name] != after[name]).any()}
    assert changed == {f"encoder.layer.0.attention.self.{name}.weight" for name in ("query", "value")}
    with pytest.raises(UserError, match=r"^encoder body: made_up\.encoder is tuned with prefix, whose virtual tokens"):
        make(tmp_path / "prefix", tiny_encoder(layers=1), tmp_path / "never")
