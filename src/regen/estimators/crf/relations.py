"""Relations between the entities that the CRF finds: multinomial logistic regression over pairs, from scikit-learn.

Features of a pair are the usual ones of supervised relation extraction (Zhou et al. 2005, Exploring various knowledge
in relation extraction): words and types of both entities, words between and around them, order, distance and how many
entities stand between them.
"""

import json
from collections.abc import Sequence
from itertools import islice, pairwise
from math import prod
from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from regen.scoring.annotations import Annotation, Relation, ordered_pairs
from regen.scoring.spans import Span

_NONE = ""
"""Stands for no relation; relations have names."""
_ITERATIONS = 1000
_FARTHEST = 10
"""Distances in tokens above this one are not told apart."""


class Relations:
    """A fitted regression; ``None`` in its place where train has no pair of entities or one class alone."""

    def __init__(self, classes: list[str], features: list[str], regression: LogisticRegression | None) -> None:
        """Take the classes, the names of the features and the regression over them."""
        self._classes, self._features, self._regression = classes, features, regression
        self._places = {name: place for place, name in enumerate(features)}

    @classmethod
    def fit(cls, sentences: Sequence[Sequence[str]], annotations: Sequence[Annotation]) -> Self:
        """Train with L-BFGS on one thread, on every ordered pair of gold entities; no random step.

        Args:
            sentences: Tokens of n sentences.
            annotations: Their entities and relations.
        """
        rows, labels = [], []
        for tokens, (entities, relations) in zip(sentences, annotations, strict=True):
            known = {(head, tail): kind for head, tail, kind in relations}
            for pair in ordered_pairs(len(entities)):
                rows.append(pair_features(tokens, entities, *pair))
                labels.append(known.get(pair, _NONE))
        classes = sorted(set(labels))
        if len(classes) < 2:  # noqa: PLR2004  # nothing to tell apart
            return cls(classes or [_NONE], [], None)
        regression = LogisticRegression(max_iter=_ITERATIONS)
        made = cls(classes, sorted({name for row in rows for name in row}), regression)
        with threadpool_limits(1):
            regression.fit(made._matrix(rows), labels)
        return made

    def predict(
        self, sentences: Sequence[Sequence[str]], entities: Sequence[Sequence[Span]]
    ) -> list[tuple[list[Relation], float]]:
        """Give the relations of each sentence, and the probability of all these answers, if each stood alone.

        Args:
            sentences: Tokens of n sentences.
            entities: Their entities.
        """
        pairs = [ordered_pairs(len(spans)) for spans in entities]
        rows = [
            pair_features(tokens, spans, *pair)
            for tokens, spans, asked in zip(sentences, entities, pairs, strict=True)
            for pair in asked
        ]
        values = np.ones((len(rows), 1))
        if self._regression is not None and rows:
            with threadpool_limits(1):
                values = self._regression.predict_proba(self._matrix(rows))
        answers = iter(
            zip([self._classes[place] for place in values.argmax(axis=1)], values.max(axis=1).tolist(), strict=True)
        )
        found = []
        for asked in pairs:
            own = list(islice(answers, len(asked)))
            kinds = zip(asked, [kind for kind, _ in own], strict=True)
            sure = prod(probability for _, probability in own)
            found.append(([Relation(*pair, kind) for pair, kind in kinds if kind != _NONE], sure))
        return found

    def _matrix(self, rows: list[list[str]]) -> csr_matrix:
        """Give n rows of features as a matrix of zeros and ones, shape (n, features); unknown ones are left out."""
        places = [sorted({self._places[name] for name in row if name in self._places}) for row in rows]
        columns = [place for row in places for place in row]
        starts = np.cumsum([0, *map(len, places)])
        return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), len(self._features)))

    @property
    def weights(self) -> int:
        """Number of weights, without the constant of each class."""
        return 0 if self._regression is None else int(self._regression.coef_.size)

    def save(self, folder: Path) -> None:
        """Write relations.json and, where there is a regression, relations.safetensors."""
        content = {"classes": self._classes, "features": self._features}
        (folder / "relations.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
        if self._regression is not None:
            tensors = {"coef": self._regression.coef_, "intercept": self._regression.intercept_}
            save_file(
                {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()},
                folder / "relations.safetensors",
            )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        content = json.loads((folder / "relations.json").read_text(encoding="utf-8"))
        regression = None
        if (folder / "relations.safetensors").is_file():
            tensors = load_file(folder / "relations.safetensors")
            regression = LogisticRegression()
            regression.coef_, regression.intercept_ = tensors["coef"], tensors["intercept"]
            regression.classes_ = np.array(content["classes"])
        return cls(content["classes"], content["features"], regression)


def pair_features(tokens: Sequence[str], entities: Sequence[Span], head: int, tail: int) -> list[str]:
    """Give the features of an ordered pair of entities of a sentence.

    Args:
        tokens: Words of the sentence.
        entities: Its entities, apart from each other.
        head: Place of the first argument.
        tail: Place of the second argument.
    """
    one, other = entities[head], entities[tail]
    left, right = sorted((one, other))
    order = "head first" if left == one else "tail first"
    words = [token.lower() for token in tokens]
    between = words[left.end : right.start]
    inside = [entity for entity in entities if left.end <= entity.start and entity.end <= right.start]
    types = f"{one.type}|{other.type}"
    framed = ["<s>", "<s>", *words, "</s>", "</s>"]  # two places to either side of every entity
    before, after = framed[left.start : left.start + 2], framed[right.end + 2 : right.end + 4]
    plain = [
        f"between={' '.join(between)}",
        *(f"word between={word}" for word in between),
        *(f"words between={pair[0]} {pair[1]}" for pair in pairwise(between)),
        *(f"before {place}={word}" for place, word in enumerate(reversed(before), start=1)),
        *(f"after {place}={word}" for place, word in enumerate(after, start=1)),
        f"distance={min(len(between), _FARTHEST)}",
        f"entities between={min(len(inside), 3)}",
        *(f"type between={entity.type}" for entity in inside),
    ]
    return [
        f"types={types}",
        f"head's last={words[one.end - 1]}",
        f"tail's last={words[other.end - 1]}",
        *(f"{types}, {order}, {feature}" for feature in plain),
    ]
