"""The clause of the passage whose TF-IDF vector is nearest to that of the question.

A baseline like the sliding window of Richardson et al. 2013 (MCTest), over clauses; with scikit-learn's weights.
"""

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer

from regen.config.cell import CellConfig
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, Predictions, Resources
from regen.estimators.clauses import clauses
from regen.estimators.overlap.options import Options


class Model:
    """Inverse document frequencies of n-grams, a document being a clause."""

    keeps_state = False

    def __init__(self, options: Options, fitted: TfidfVectorizer) -> None:
        """Take the fitted vectorizer."""
        self._options, self._fitted = options, fitted

    @classmethod
    def fit(
        cls,
        train: pd.DataFrame,
        dev: pd.DataFrame,  # noqa: ARG003
        config: CellConfig,
        seed: int,  # noqa: ARG003
        resources: Resources = LENT_NOTHING,  # noqa: ARG003
    ) -> Self:
        """Count the n-grams of train's passages; the answers are not looked at.

        Raises:
            UserError: Train's passages hold no n-gram.
        """
        options = Options(**config.options)
        fitted = _vectorizer(options)
        try:
            fitted.fit([text for context in dict.fromkeys(train["context"]) for text in _texts(context)])
        except ValueError as error:
            raise UserError(
                f"cell {config.cell}: train's passages hold no n-gram; lower 'characters' ({error})"
            ) from None
        return cls(options, fitted)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give the clause nearest to each question, of equal ones the first; the score is the cosine."""
        passages = {context: _texts(context) for context in examples["context"]}
        vectors = {context: self._fitted.transform(texts or [""]) for context, texts in passages.items()}
        questions = self._fitted.transform(examples["question"])
        labels, scores = [], []
        for number, context in enumerate(examples["context"]):
            nearness = (vectors[context] @ questions[number].T).toarray().ravel()
            best = int(nearness.argmax())
            labels.append((passages[context] or [""])[best])
            scores.append(nearness[best])
        return Predictions(labels, np.array(scores, dtype=np.float64))

    def facts(self) -> dict[str, Any]:
        """Give the number of n-grams."""
        return {"features": len(self._fitted.idf_)}

    def save(self, folder: Path) -> None:
        """Write model.safetensors (inverse document frequencies) and model.json (their n-grams, and the options)."""
        save_file({"idf": np.ascontiguousarray(self._fitted.idf_)}, folder / "model.safetensors")
        content = {
            "options": self._options.model_dump(mode="json"),
            "vocabulary": self._fitted.get_feature_names_out().tolist(),
        }
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read what ``save`` wrote."""
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        options = Options(**content["options"])
        fitted = _vectorizer(options)
        fitted.set_params(vocabulary={term: i for i, term in enumerate(content["vocabulary"])})
        fitted.idf_ = load_file(folder / "model.safetensors")["idf"]
        return cls(options, fitted)


def _vectorizer(options: Options) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char", ngram_range=options.characters, sublinear_tf=True, dtype=np.float64)


def _texts(context: str) -> list[str]:
    return [context[start:end] for start, end in clauses(context)]
