"""What only a GPU can show; ``make gpu-check`` runs these. Nothing here needs the network."""

import json
import random
import signal
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from tiny_encoders import WORDS, word_piece
from transformers import BertConfig, BertForTokenClassification, BertModel, Trainer, TrainingArguments

from made_up import made_up_cell, made_up_task
from regen.encoders.pieces import Pieces
from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.options import Options
from regen.training.device import resolve_hardware
from regen.training.loop import Loop
from regen.training.state import KeepState

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
SENTENCES = 600
OPTIONS: dict[str, Any] = {"epochs": 2, "batch_tokens": 4096, "learning_rate": 1e-4, "max_length": 64}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder of BERT base's shape."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = word_piece()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=64, pad_token_id=0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "encoder.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Sentences of random words in which every tenth word is a name."""
    chosen = random.Random(0)
    lengths = [chosen.randint(3, 40) for _ in range(SENTENCES)]
    tokens = [[chosen.choice(WORDS) for _ in range(length)] for length in lengths]
    names = set(WORDS[::10])
    tags = [["B-PER" if token in names else "O" for token in row] for row in tokens]
    return pd.DataFrame({"id": [str(i) for i in range(SENTENCES)], "tokens": tokens, "tags": tags})


def fit(frame: pd.DataFrame, encoder: Path, state: Path | None = None, **options: Any) -> Model:
    cell = made_up_cell("encoder", made_up_task("tagging", ["PER"]), options={**OPTIONS, **options})
    return Model.fit(frame, frame.head(100), cell, 0, Resources(encoder=encoder, state=state))


def digests(model: Model, folder: Path) -> dict[str, str]:
    folder.mkdir()
    model.save(folder)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_precision_is_what_the_gpu_multiplies() -> None:
    hardware = resolve_hardware("auto", None)
    assert hardware.device == "cuda"
    assert hardware.precision == ("bf16" if torch.cuda.get_device_capability() >= (8, 0) else "f32")


@pytest.mark.parametrize("precision", ["f32", "bf16", "f16"])
def test_every_precision_learns(frame: pd.DataFrame, encoder: Path, precision: str) -> None:
    history = fit(frame, encoder, precision=precision).facts()["history"]
    assert history[-1]["train_loss"] < 0.5 * history[0]["train_loss"] or history[-1]["dev_score"] > 0.9


def test_same_bytes_twice(frame: pd.DataFrame, encoder: Path, tmp_path: Path) -> None:
    assert digests(fit(frame, encoder), tmp_path / "a") == digests(fit(frame, encoder), tmp_path / "b")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"average": {"type": "ema", "decay": 0.9}},
        {"adversary": {"type": "pgd"}},
        {"tuning": {"type": "adalora", "rank": 2, "first_rank": 4}},
    ],
    ids=["plain", "ema", "pgd", "adalora"],
)
def test_same_bytes_after_a_stop(
    frame: pd.DataFrame, encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """A state is read into main memory; what it holds has to come back to the device."""
    whole, emit, moments = fit(frame, encoder, **options), Loop._emit, [2]

    def stopping(loop: Loop, event: str) -> None:
        if event == "on_gradients" and moments and loop.step == moments[0]:
            moments.pop()
            next(plugin for plugin in loop.plugins if isinstance(plugin, KeepState))._request(signal.SIGTERM, None)
        emit(loop, event)

    monkeypatch.setattr(Loop, "_emit", stopping)
    with pytest.raises(SystemExit):
        fit(frame, encoder, tmp_path / "state", **options)
    resumed = fit(frame, encoder, tmp_path / "state", **options)
    assert digests(whole, tmp_path / "a") == digests(resumed, tmp_path / "b")


def test_predictions_are_those_of_the_cpu(frame: pd.DataFrame, encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = fit(frame, encoder, precision="f32")
    there = model.predict(frame)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    here = model.predict(frame)
    same = sum(
        a == b for left, right in zip(there.labels, here.labels, strict=True) for a, b in zip(left, right, strict=True)
    )
    assert same >= 0.999 * sum(map(len, here.labels))


def test_out_of_memory_halves_the_batch(frame: pd.DataFrame, encoder: Path, caplog: pytest.LogCaptureFixture) -> None:
    plain = fit(frame, encoder, epochs=1, dropout=0.0, attention_dropout=0.0, precision="f32", batch_tokens=16384)
    used, total = torch.cuda.max_memory_allocated(), torch.cuda.get_device_properties(0).total_memory
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.6 * used / total)
    try:
        small = fit(frame, encoder, epochs=1, dropout=0.0, attention_dropout=0.0, precision="f32", batch_tokens=16384)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert "out of memory; batches are computed in" in caplog.text
    losses = [model.facts()["history"][0]["train_loss"] for model in (plain, small)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)


def test_ratio_to_trainer(
    frame: pd.DataFrame, encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No limit is asserted: the ratio is printed."""
    fit(frame, encoder, epochs=1)
    started = time.perf_counter()
    ours = fit(frame, encoder, epochs=2)
    seconds = time.perf_counter() - started
    theirs = _trainer_seconds(frame, encoder, tmp_path)
    with capsys.disabled():
        told = {"device": torch.cuda.get_device_name(), "regen_seconds": seconds, "trainer_bf16_seconds": theirs}
        print(json.dumps({**told, "ratio": theirs / seconds, "hardware": ours.facts()["hardware"]}))  # noqa: T201


def _trainer_seconds(frame: pd.DataFrame, encoder: Path, folder: Path) -> float:
    """Train the same rows with transformers' Trainer, batches of 16 in bf16, for as many epochs."""
    setup = Setup.of(Options(**OPTIONS), "tagging", frame, ["PER"])
    inputs = setup.inputs(frame, Pieces(encoder, words=True))
    rows = []
    for row in range(len(inputs.lengths)):
        start, end = inputs.pieces.offsets[row : row + 2]
        labels = [-100] * int(end - start)
        assert inputs.units is not None
        assert inputs.labels is not None
        first, last = inputs.units.offsets[row : row + 2]
        for place, label in zip(inputs.units.flat[first:last], inputs.labels.flat[first:last], strict=True):
            labels[place] = int(label)
        rows.append({"input_ids": inputs.pieces.flat[start:end].tolist(), "labels": labels})

    def collate(part: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        width = max(len(row["input_ids"]) for row in part)
        ids = torch.tensor([row["input_ids"] + [0] * (width - len(row["input_ids"])) for row in part])
        labels = torch.tensor([row["labels"] + [-100] * (width - len(row["labels"])) for row in part])
        return {"input_ids": ids, "attention_mask": (ids != 0).long(), "labels": labels}

    model = BertForTokenClassification.from_pretrained(encoder, num_labels=len(setup.labels))
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=OPTIONS["epochs"],
        per_device_train_batch_size=16,
        bf16=torch.cuda.is_bf16_supported(),
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
    )
    started = time.perf_counter()
    Trainer(model=model, args=arguments, train_dataset=rows, data_collator=collate).train()  # type: ignore[arg-type]
    return time.perf_counter() - started
