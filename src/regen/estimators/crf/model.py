"""The CRF, trained by CRFsuite (Okazaki 2007) through python-crfsuite."""

import json
import tempfile
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pycrfsuite

from regen.config.cell import CellConfig
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, LabelProbabilities, Predictions, Resources, token_lists
from regen.estimators.crf.features import sentence_features
from regen.estimators.crf.options import Options


class Model:
    """A trained CRF: CRFsuite's model file as bytes, and the options that make the features."""

    keeps_state = False

    def __init__(self, options: Options, model: bytes) -> None:
        """Take the options and the content of the model file."""
        self._options, self._model = options, model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    @classmethod
    def fit(
        cls,
        train: pd.DataFrame,
        dev: pd.DataFrame,  # noqa: ARG003
        config: CellConfig,
        seed: int,  # noqa: ARG003
        resources: Resources = LENT_NOTHING,  # noqa: ARG003
    ) -> Self:
        """Train with L-BFGS: no random step, so the seed changes nothing.

        Raises:
            UserError: The examples lack a column that the options name.
        """
        options = Options(**config.options)
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {
                "c1": options.c1,
                "c2": options.c2,
                "max_iterations": options.iterations,
                "feature.minfreq": options.min_frequency,
                "feature.possible_transitions": options.all_transitions,
            }
        )
        for features, tags in zip(_features(train, options), token_lists(train, "tags"), strict=True):
            trainer.append(pycrfsuite.ItemSequence(features), tags)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.crfsuite"
            trainer.train(str(path))
            return cls(options, path.read_bytes())

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give the most probable tag sequence of each sentence, and its probability."""
        labels, scores = [], []
        for features in _features(examples, self._options):
            tags = list(self._tagger.tag(pycrfsuite.ItemSequence(features)))
            labels.append([str(tag) for tag in tags])
            scores.append(self._tagger.probability(tags))
        return Predictions(labels, np.array(scores))

    def probabilities(self, examples: pd.DataFrame) -> LabelProbabilities:
        """Give the marginal probability of each tag at each token."""
        tags = tuple(map(str, self._tagger.labels()))
        values = []
        for features in _features(examples, self._options):
            self._tagger.set(pycrfsuite.ItemSequence(features))
            marginals = [[self._tagger.marginal(tag, place) for tag in tags] for place in range(len(features))]
            values.append(np.array(marginals, dtype=np.float64).reshape(len(features), len(tags)))
        return LabelProbabilities(tags, values)

    def facts(self) -> dict[str, Any]:
        """Give the numbers of weights that are not zero."""
        info = self._tagger.info()
        return {"features": len(info.state_features), "transitions": len(info.transitions)}

    def save(self, folder: Path) -> None:
        """Write model.crfsuite and options.json."""
        (folder / "model.crfsuite").write_bytes(self._model)
        (folder / "options.json").write_text(json.dumps(self._options.model_dump(mode="json")), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read what ``save`` wrote."""
        options = Options(**json.loads((folder / "options.json").read_text(encoding="utf-8")))
        return cls(options, (folder / "model.crfsuite").read_bytes())


def _features(examples: pd.DataFrame, options: Options) -> list[list[list[str]]]:
    missing = [name for name in options.columns if name not in examples]
    if missing:
        found = ", ".join(examples.columns)
        raise UserError(f"recipe option 'columns': the task has no column {', '.join(missing)}; found {found}")
    columns = {name: token_lists(examples, name) for name in options.columns}
    return [
        sentence_features(tokens, options.window, options.affix, [(name, columns[name][i]) for name in columns])
        for i, tokens in enumerate(token_lists(examples, "tokens"))
    ]
