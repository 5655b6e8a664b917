"""A BiLSTM-CRF over words and characters, trained from nothing."""

import json
from pathlib import Path
from typing import Any, Self

import pandas as pd
from safetensors.torch import load_file, save_file

from regen.config.cell import CellConfig
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, LabelProbabilities, Predictions, Resources, token_lists
from regen.estimators.bilstm_crf.inputs import Sentences, Vocabulary
from regen.estimators.bilstm_crf.network import Network
from regen.estimators.bilstm_crf.options import Options
from regen.estimators.bilstm_crf.training import marginals, predict, read_sentences, train_network, training_facts
from regen.training.device import Hardware, resolve_hardware, use
from regen.training.noise import Noise
from regen.training.selection import write_history


class Model:
    """A trained network, its options, and what the record says of it."""

    keeps_state = True

    def __init__(self, options: Options, network: Network, facts: dict[str, Any]) -> None:
        """Take the parts."""
        self._options, self._network, self._facts = options, network, facts

    @classmethod
    def fit(
        cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources = LENT_NOTHING
    ) -> Self:
        """Train; a fit that was interrupted goes on.

        Raises:
            UserError: Train holds no tag but ``O``.
        """
        options = Options(**config.options)
        sentences, tags = token_lists(train, "tokens"), token_lists(train, "tags")
        vocabulary = Vocabulary.of(sentences, tags, options.min_count)
        if len(vocabulary.tags) == 1:
            raise UserError(f"cell {config.cell}: train holds the tag 'O' alone; raise 'train_examples'")
        hardware, noise = resolve_hardware("f32", options.threads), Noise()
        use(hardware)
        network = Network(options, vocabulary, noise, seed).to(hardware.device)
        numbered = Sentences(sentences, tags, vocabulary, options.longest_word)
        selection = train_network(network, noise, numbered, dev, config, seed, hardware, resources)
        return cls(options, network.to("cpu"), training_facts(network, selection, hardware))

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give the most probable tag sequence of each sentence, and its probability."""
        return predict(*self._ready(examples))[0]

    def probabilities(self, examples: pd.DataFrame) -> LabelProbabilities:
        """Give the marginal probability of each tag at each token."""
        return LabelProbabilities(self._network.vocabulary.tags, marginals(*self._ready(examples)))

    def _ready(self, examples: pd.DataFrame) -> tuple[Network, Sentences, Hardware]:
        """Get ready to compute with the threads of the fit; tags are not looked at."""
        hardware = resolve_hardware("f32", self._facts["hardware"]["threads"])
        use(hardware)
        blind = examples.drop(columns="tags", errors="ignore")
        sentences = read_sentences(blind, self._network.vocabulary, self._options)
        return self._network.to(hardware.device).eval(), sentences, hardware

    def facts(self) -> dict[str, Any]:
        """Give sizes, hardware, and the history of the training."""
        return self._facts

    def save(self, folder: Path) -> None:
        """Write model.safetensors (weights), model.json (options, vocabulary and facts) and history.csv."""
        weights = {name: value.detach().cpu().contiguous() for name, value in self._network.state_dict().items()}
        save_file(weights, folder / "model.safetensors")
        content = {
            "options": self._options.model_dump(mode="json"),
            "vocabulary": self._network.vocabulary.told(),
            "facts": self._facts,
        }
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
        write_history(self._facts["history"], folder / "history.csv")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read what ``save`` wrote."""
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        options = Options(**content["options"])
        network = Network(options, Vocabulary.read(content["vocabulary"]), Noise(), seed=0)
        network.load_state_dict(load_file(folder / "model.safetensors"))
        return cls(options, network, content["facts"])
