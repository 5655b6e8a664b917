"""A project folder with one fitted repeat or more of a random encoder: record, checkpoint, encoder."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from tiny_encoders import make_encoder
from transformers import PreTrainedTokenizerFast

from made_up import made_up_cell, made_up_task
from regen.config.load import Specs
from regen.config.recipe import RecipeSpec
from regen.config.suite import SuiteSpec
from regen.config.task_types import TaskType
from regen.estimators.base import Predictions, Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.finetune import trained_tensors
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.options import Options
from regen.estimators.repeats import write_model
from regen.training.noise import Noise
from regen.training.selection import HISTORY_COLUMNS

LABELS = {
    "tagging": ("O", "B-LOC", "B-PER", "I-PER"),
    "classification": ("sport", "money", "科技"),
    "coreference": ("false", "true"),
    "keyword_match": ("0", "1"),
    "pair_classification": ("no", "yes"),
}
HARDWARE = {"device": "cpu", "kind": "DEFAULT", "precision": "f32", "threads": 1, "processes": 1}


class ExportProject:
    """The data folder, the specs and the models of one cell."""

    def __init__(self, root: Path, family: str, task_type: str, seeds: Sequence[int] = (0,), **options: Any) -> None:
        torch.set_num_threads(1)
        self.data, self.task_type = root / "data", task_type
        self.encoder = self._encoder(family)
        options = {"encoder": "tiny", "precision": "f32", "threads": 1, "max_length": 17, "stride": 2} | options
        self.setup = Setup(Options(**options), task_type, LABELS[task_type])
        labels = ("LOC", "PER") if task_type == "tagging" else LABELS[task_type]
        self.task = made_up_task(cast(TaskType, task_type), labels)
        self.config = made_up_cell("encoder", self.task, options, recipe="tuned", seeds=tuple(seeds))
        self.models = {seed: self._model(seed) for seed in seeds}
        self.record = self._record()
        self.write_record()

    @property
    def specs(self) -> Specs:
        recipe = RecipeSpec(title="Tuned", estimator="encoder", seeds=self.config.seeds, options=self.config.options)
        plain = RecipeSpec(title="Plain", estimator="majority")
        suite = SuiteSpec(title="All", cells=("made_up.tuned", "made_up.plain"))
        return Specs({"made_up": self.task}, {}, {"tuned": recipe, "plain": plain}, {"all": suite})

    def checkpoint(self, seed: int) -> Path:
        return self.data / "06_models/made_up/tuned/fit" / f"repeat-s{seed}-f0"

    def predict(self, examples: pd.DataFrame, seed: int = 0) -> Predictions:
        return Model.load(self.checkpoint(seed), Resources(encoder=self.encoder)).predict(examples)

    def write_record(self, recipe: str = "tuned", record: Mapping[str, Any] | None = None) -> Path:
        path = self.data / "08_reporting/cells/made_up" / recipe / "record.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record or self.record), encoding="utf-8")
        return path

    def _encoder(self, family: str) -> Path:
        folder = self.data / "02_intermediate/encoders/tiny"
        folder.mkdir(parents=True)
        make_encoder(family, folder)
        angular = family in ("roberta", "xlm_roberta")
        pieces = "<s> </s> <unk> <pad> <mask>" if angular else "[CLS] [SEP] [UNK] [PAD] [MASK]"
        names = ("cls_token", "sep_token", "unk_token", "pad_token", "mask_token")
        PreTrainedTokenizerFast(
            tokenizer_file=str(folder / "tokenizer.json"),
            model_max_length=64,
            **dict(zip(names, pieces.split(), strict=True)),
        ).save_pretrained(folder)
        manifest = {"name": "tiny", "licence": "CC0-1.0 (made up)", "source": "this test", "max_length": 64}
        (folder / "encoder.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    def _model(self, seed: int) -> Model:
        """Make a checkpoint as training leaves it: some rows of the embedding, all other tensors changed."""
        network = self.setup.network(self.encoder, Noise(), seed, pieces=np.arange(0, 60, 2))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in filter(lambda parameter: parameter.requires_grad, network.parameters()):
                parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.1)
            network.head.out.weight.mul_(4)
            ids = torch.randint(30, (64, 9), generator=generator) * 2
            batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            units = {"units": torch.arange(9).expand(64, 9), "places": torch.zeros_like(ids)}
            further = {"tagging": units, "coreference": {"spans": ids % 3}}.get(self.task_type, {})
            logits = network.eval()(batch | further)
            network.head.out.bias.sub_(logits.mean((0, 1)))  # so that more than one label is given
        facts = {
            "encoder": sha256((self.encoder / "encoder.json").read_bytes()).hexdigest(),
            "parameters": 1,
            "hardware": HARDWARE,
            "history": [dict.fromkeys(HISTORY_COLUMNS, 1 + seed)],
        }
        model = Model(self.encoder, self.setup, trained_tensors(network), facts)
        write_model(model, self.checkpoint(seed))
        return model

    def _record(self) -> dict[str, Any]:
        key = "f1" if self.task_type == "tagging" else "accuracy"
        values = {"dev": [0.5 + seed / 10 for seed in self.models], "test": [0.4 - seed / 100 for seed in self.models]}
        scores = {
            split: {
                "n": len(found),
                "mean": float(np.mean(found)),
                "sd": float(np.std(found, ddof=1)) if len(found) > 1 else None,
                "interval": {"low": 0.3, "high": 0.7, "level": 0.95, "resamples": 1000, "over": "examples"},
                "repeats": [
                    {"seed": seed, "fold": 0, "value": value, key: value, "confusion": []}
                    for seed, value in zip(self.models, found, strict=True)
                ],
            }
            for split, found in values.items()
        }
        return {
            "schema": 1,
            "cell": "made_up.tuned",
            "task": "made_up",
            "recipe": "tuned",
            "metric": self.config.metric,
            "config": self.config.model_dump(mode="json") | {"precision": "f32"},
            "card": {"files": {"made_up.txt": "0" * 64}, "splits": {"train": {"examples": 1234}}},
            "hashes": {"config": self.config.digest, "code": "1" * 64, "lock": "2" * 64},
            "training": {
                "examples": 1234,
                "train_on_dev": False,
                "document_context": False,
                "selection": self.config.selection,
                "models": [json.loads(json.dumps(model.facts())) for model in self.models.values()],
            },
            "scores": scores,
        }
