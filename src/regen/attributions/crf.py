"""Tags of the CRF: the weights of a token's features and of the transitions around it, for the tag that it got.

They add up to the part of the sentence's score that this tag has: with another tag at this token the logarithm of the
sentence's probability changes by the difference of the two sums. CRFsuite tells six decimals of each weight.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from regen.attributions.explanation import Explanation, Part, texts_of, token_of
from regen.config.cell import CellConfig
from regen.estimators.base import Labels, Resources, token_lists
from regen.estimators.crf.model import Model, _features

METHOD = "Weight of each feature of a token, and of the transitions around it"
LIBRARIES: tuple[str, ...] = ()
ORDERED = False


def explain(
    model: Model,
    examples: pd.DataFrame,
    labels: Labels,
    config: CellConfig,
    resources: Resources,  # noqa: ARG001
) -> list[Explanation]:
    """Explain the tag of one token of each sentence.

    Args:
        model: The fitted model.
        examples: n sentences with their tags.
        labels: The model's tags.
        config: The cell's effective config.
        resources: Not needed.
    """
    weights = model._tagger.info()  # exactly what it computes with
    sentences = _features(examples.drop(columns=config.hidden), model._options)
    made = []
    rows = zip(examples.to_dict("records"), token_lists(examples, "tags"), labels, strict=True)
    for features, (example, gold, tags) in zip(sentences, rows, strict=True):
        place = token_of(gold, list(tags))
        parts = parts_of(weights, features, tags, place)
        output = sum(part.value for part in parts)
        told = (str(example["id"]), gold[place], tags[place], place, texts_of(example, config))
        made.append(Explanation(*told, output, 0.0, tuple(parts)))
    return made


def parts_of(weights: Any, features: Sequence[Sequence[str]], tags: Sequence[str], place: int) -> list[Part]:
    """Give what speaks for the tag of a token: features whose weight is not 0, and transitions.

    Args:
        weights: What CRFsuite tells of a model: ``state_features`` and ``transitions``.
        features: Features of each token of a sentence.
        tags: Tags of the sentence.
        place: Place of the token.
    """
    found = [(feature, weights.state_features.get((feature, tags[place]))) for feature in features[place]]
    parts = [Part(feature, float(weight), _segment(feature)) for feature, weight in found if weight]
    for first in (place - 1, place):
        if 0 <= first < len(tags) - 1:
            pair = (tags[first], tags[first + 1])
            parts.append(Part(f"{pair[0]} → {pair[1]}", float(weights.transitions.get(pair, 0.0)), "transitions"))
    return parts


def _segment(feature: str) -> str:
    """Say whether a feature is the token's own, a neighbour's, or the constant."""
    if feature == "bias":
        return "constant"
    first = feature.partition(":")[0].split(",")[0]
    return "neighbours" if first.lstrip("-").isdigit() and ":" in feature else "token"
