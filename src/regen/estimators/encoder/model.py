"""A pretrained encoder, fine-tuned."""

import json
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from regen.config.cell import CellConfig
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, LabelProbabilities, Predictions, Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.finetune import EMBEDDING_ROWS, encoder_folder, finetune
from regen.estimators.encoder.heads import chain_of
from regen.estimators.encoder.inputs import Collate, Inputs
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.outputs import predict_rows
from regen.estimators.encoder.probabilities import label_probabilities
from regen.estimators.encoder.processes import finetune_in_processes
from regen.training.device import Hardware, resolve_hardware, use
from regen.training.noise import Noise
from regen.training.selection import write_history


class Model:
    """The tensors that differ from the encoder, and what they mean."""

    keeps_state = True

    def __init__(self, encoder: Path, setup: Setup, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Take the parts.

        Args:
            encoder: Folder of the imported encoder.
            setup: Options, task type and labels.
            tensors: Trained tensors, and the numbers of the embedding rows among them.
            facts: What the record says of the model.
        """
        self._encoder, self.setup, self._tensors, self._facts = encoder, setup, tensors, facts

    @classmethod
    def fit(
        cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources = LENT_NOTHING
    ) -> Self:
        """Fine-tune; a fit that was interrupted goes on.

        Raises:
            UserError: Train holds one label only, or options do not suit encoder or hardware.
        """
        setup = Setup.of(Options(**config.options), config.task_type, train, config.labels)
        if len(setup.labels) == 1:
            alone = setup.labels[0]
            raise UserError(f"cell {config.cell}: train holds the label '{alone}' alone; raise 'train_examples'")
        processes = resources.machine.processes if resources.machine else 1
        run = partial(finetune_in_processes, processes=processes) if processes > 1 else finetune
        tensors, facts = run(setup, train, dev, config, seed, resources)
        return cls(encoder_folder(resources), setup, tensors, facts)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Predict in the precision and with the threads of the fit."""
        inputs, collate, hardware = self._prepared(examples)
        network = self.network.to(hardware.device).eval()
        predictions, _ = self.setup.answers(network, examples, inputs, collate, hardware)
        return replace(predictions, truncated=inputs.truncated)

    def probabilities(self, examples: pd.DataFrame) -> LabelProbabilities:
        """Give the probability of every label, likewise; of the task types that the options name."""
        inputs, collate, hardware = self._prepared(examples)
        network = self.network.to(hardware.device).eval()
        outputs = predict_rows(network, inputs, collate, self.setup.adaptation_to(network).objective, hardware)
        return label_probabilities(self.setup, chain_of(network), examples, inputs, outputs.probabilities)

    def _prepared(self, examples: pd.DataFrame) -> tuple[Inputs, Collate, Hardware]:
        told = self._facts["hardware"]
        hardware = resolve_hardware("auto" if told["precision"] == "f16" else told["precision"], told["threads"])
        use(hardware)
        blind = examples.drop(columns=self.setup.hidden, errors="ignore")
        inputs = self.setup.inputs(blind, self.pieces)
        return inputs, Collate(inputs, self.pieces.padding), hardware

    @cached_property
    def pieces(self) -> Pieces:
        """The encoder's tokenizer."""
        return Pieces(self._encoder, words=self.setup.adaptation.words)

    @cached_property
    def network(self) -> Network:
        """The whole network: pretrained weights, and over them the trained ones."""
        network = self.setup.network(self._encoder, Noise(), seed=0)
        embedding = network.body.get_input_embeddings().weight
        parameters = dict(network.named_parameters())
        with torch.no_grad():
            for name, value in self._tensors.items():
                if name == EMBEDDING_ROWS:
                    continue
                if parameters[name] is embedding:
                    embedding[self._tensors[EMBEDDING_ROWS]] = value
                else:
                    parameters[name].copy_(value)
        return network

    def facts(self) -> dict[str, Any]:
        """Give the encoder, sizes, hardware, and the history of the training."""
        return self._facts

    def save(self, folder: Path) -> None:
        """Write model.safetensors (the trained tensors), model.json (what they mean) and history.csv."""
        save_file(self._tensors, folder / "model.safetensors")
        content = {
            "options": self.setup.options.model_dump(mode="json"),
            "task_type": self.setup.task_type,
            "labels": self.setup.labels,
            "facts": self._facts,
        }
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
        write_history(self._facts["history"], folder / "history.csv")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:
        """Read what ``save`` wrote."""
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        setup = Setup(Options(**content["options"]), content["task_type"], tuple(content["labels"]))
        return cls(encoder_folder(resources), setup, load_file(folder / "model.safetensors"), content["facts"])
