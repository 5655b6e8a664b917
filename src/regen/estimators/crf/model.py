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
from regen.estimators.crf.relations import Relations
from regen.scoring.annotations import annotation_text, parse_annotation
from regen.scoring.spans import extract_spans, spans_to_iob2


class Model:
    """A trained CRF: CRFsuite's model file as bytes, the options that make the features, and what finds relations."""

    keeps_state = False

    def __init__(self, options: Options, model: bytes, relations: Relations | None = None) -> None:
        """Take the options, the content of the model file and, for relations, what finds them between entities."""
        self._options, self._model, self._relations = options, model, relations
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
        options, relations = Options(**config.options), None
        sentences = token_lists(train, "tokens")
        if config.task_type == "relation_extraction":
            annotations = [parse_annotation(text) for text in train["annotation"]]
            marked = zip(annotations, sentences, strict=True)
            tags = [spans_to_iob2(annotation.entities, len(tokens)) for annotation, tokens in marked]
            relations = Relations.fit(sentences, annotations)
        else:
            tags = token_lists(train, "tags")
        return cls(options, _train(options, _features(train, options), tags), relations)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give the most probable tag sequence of each sentence, and its probability; or entities and relations."""
        labels, scores = [], []
        for features in _features(examples, self._options):
            tags = list(self._tagger.tag(pycrfsuite.ItemSequence(features)))
            labels.append([str(tag) for tag in tags])
            scores.append(self._tagger.probability(tags))
        if self._relations is None:
            return Predictions(labels, np.array(scores))
        entities = [extract_spans(tags) for tags in labels]
        found = self._relations.predict(token_lists(examples, "tokens"), entities)
        texts = [annotation_text(spans, relations) for spans, (relations, _) in zip(entities, found, strict=True)]
        return Predictions(texts, np.array(scores) * np.array([sure for _, sure in found]))

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
        """Give the numbers of weights that are not zero, and of the regression's weights."""
        info = self._tagger.info()
        facts = {"features": len(info.state_features), "transitions": len(info.transitions)}
        return facts if self._relations is None else facts | {"relation_weights": self._relations.weights}

    def save(self, folder: Path) -> None:
        """Write model.crfsuite and options.json, and what finds relations."""
        (folder / "model.crfsuite").write_bytes(self._model)
        (folder / "options.json").write_text(json.dumps(self._options.model_dump(mode="json")), encoding="utf-8")
        if self._relations is not None:
            self._relations.save(folder)

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read what ``save`` wrote."""
        options = Options(**json.loads((folder / "options.json").read_text(encoding="utf-8")))
        relations = Relations.load(folder) if (folder / "relations.json").is_file() else None
        return cls(options, (folder / "model.crfsuite").read_bytes(), relations)


def _train(options: Options, features: list[list[list[str]]], tags: list[list[str]]) -> bytes:
    """Train on n sentences; give the content of CRFsuite's model file."""
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
    for sentence, row in zip(features, tags, strict=True):
        trainer.append(pycrfsuite.ItemSequence(sentence), row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.crfsuite"
        trainer.train(str(path))
        return path.read_bytes()


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
