"""Multinomial logistic regression over TF-IDF features, from scikit-learn.

Of multiple choice it tells right choices from wrong ones; the answer is the choice that it holds right most.
"""

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from regen.config.cell import CellConfig
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, LabelProbabilities, Predictions, Resources
from regen.estimators.choices import choice_probabilities, chosen
from regen.estimators.linear.choices import choice_matrix, right_choices
from regen.estimators.linear.features import feature_matrix, texts, vectorizers
from regen.estimators.linear.options import Options


class Model:
    """Fitted vectorizers and a fitted logistic regression."""

    keeps_state = False

    def __init__(
        self, options: Options, language: str, fitted: dict[str, TfidfVectorizer], regression: LogisticRegression
    ) -> None:
        """Take the fitted parts."""
        self._options, self._language = options, language
        self._vectorizers, self._regression = fitted, regression

    @classmethod
    def fit(
        cls,
        train: pd.DataFrame,
        dev: pd.DataFrame,  # noqa: ARG003
        config: CellConfig,
        seed: int,  # noqa: ARG003
        resources: Resources = LENT_NOTHING,  # noqa: ARG003
    ) -> Self:
        """Train with L-BFGS on one thread: no random step, so the seed changes nothing.

        Raises:
            UserError: Train holds one label only, or no n-gram that is frequent enough.
        """
        options = Options(**config.options)
        labels = right_choices(train) if "choices" in train else np.array(train["label"], dtype=str)
        if len(set(labels)) == 1:
            raise UserError(f"cell {config.cell}: train holds the label '{labels[0]}' alone; raise 'train_examples'")
        fitted = vectorizers(options, config.language)
        try:
            for vectorizer in fitted.values():
                vectorizer.fit(texts(train))
        except ValueError as error:
            raise UserError(
                f"cell {config.cell}: no n-gram of train is left; lower 'min_frequency' ({error})"
            ) from None
        regression = LogisticRegression(
            C=options.c, class_weight="balanced" if options.balanced else None, max_iter=options.iterations
        )
        with threadpool_limits(config.threads):
            regression.fit(_features(train, fitted), labels)
        return cls(options, config.language, fitted, regression)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give the most probable label of each example, and its probability."""
        if "choices" in examples:
            return chosen(examples, self._scores(examples), self._options.assignment)
        probabilities = self._probabilities(examples)
        best = probabilities.argmax(axis=1)
        return Predictions([str(name) for name in self._regression.classes_[best]], probabilities.max(axis=1))

    def probabilities(self, examples: pd.DataFrame) -> LabelProbabilities:
        """Give the probability of each label that train holds, or of each choice."""
        if "choices" in examples:
            return choice_probabilities(examples, self._scores(examples))
        values = self._probabilities(examples)
        return LabelProbabilities(tuple(map(str, self._regression.classes_)), list(values[:, np.newaxis]))

    def _probabilities(self, examples: pd.DataFrame) -> NDArray[np.float64]:
        """Give shape (n, labels)."""
        with threadpool_limits(1):
            values: NDArray[np.float64] = self._regression.predict_proba(feature_matrix(examples, self._vectorizers))
        return values

    def _scores(self, examples: pd.DataFrame) -> NDArray[np.float64]:
        """Give the logit of being right of each choice, shape (m,)."""
        with threadpool_limits(1):
            wrong: NDArray[np.float64] = self._regression.decision_function(choice_matrix(examples, self._vectorizers))
        return -wrong  # the later one of the sorted classes, right and wrong, is the positive one

    def facts(self) -> dict[str, Any]:
        """Give the numbers of features and weights, and of iterations used."""
        coefficients = self._regression.coef_
        return {
            "features": int(coefficients.shape[1]),
            "weights": int(coefficients.size),
            "iterations": int(self._regression.n_iter_.max()),
        }

    def save(self, folder: Path) -> None:
        """Write model.safetensors (weights, inverse document frequencies) and model.json (the rest)."""
        tensors = {"coef": self._regression.coef_, "intercept": self._regression.intercept_}
        tensors |= {f"idf.{kind}": vectorizer.idf_ for kind, vectorizer in self._vectorizers.items()}
        save_file(
            {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / "model.safetensors"
        )
        content = {
            "options": self._options.model_dump(mode="json"),
            "language": self._language,
            "classes": [str(name) for name in self._regression.classes_],
            "iterations": int(self._regression.n_iter_.max()),
            "vocabulary": {
                kind: vectorizer.get_feature_names_out().tolist() for kind, vectorizer in self._vectorizers.items()
            },
        }
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read what ``save`` wrote."""
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        options = Options(**content["options"])
        fitted = vectorizers(options, content["language"])
        for kind, vectorizer in fitted.items():
            vectorizer.set_params(vocabulary={term: i for i, term in enumerate(content["vocabulary"][kind])})
            vectorizer.idf_ = tensors[f"idf.{kind}"]
        regression = LogisticRegression()
        regression.coef_, regression.intercept_ = tensors["coef"], tensors["intercept"]
        regression.classes_ = np.array(content["classes"])
        regression.n_iter_ = np.array([content["iterations"]])
        return cls(options, content["language"], fitted, regression)


def _features(examples: pd.DataFrame, fitted: dict[str, TfidfVectorizer]) -> csr_matrix:
    return choice_matrix(examples, fitted) if "choices" in examples else feature_matrix(examples, fitted)
