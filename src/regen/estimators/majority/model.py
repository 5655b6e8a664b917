"""The majority baseline.

Classification: the most frequent label of train. Multiple choice: the most frequent place of the right choice in train;
the last choice where there are fewer. Tagging: the baseline of the CoNLL shared tasks (Tjong Kim Sang and De
Meulder 2003): a phrase that train tags as an entity is tagged with its most frequent type, the longest phrase first.
Ties go to the first label in sorted order.
"""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from regen.config.cell import CellConfig
from regen.estimators.base import LENT_NOTHING, Predictions, Resources, token_lists
from regen.scoring.spans import Span, extract_spans, spans_to_iob2


class Model:
    """A most frequent label, or a list of phrases with their type."""

    keeps_state = False

    def __init__(self, label: str | None, share: float, phrases: dict[str, str]) -> None:
        """Take what was learnt.

        Args:
            label: Most frequent label; ``None`` for tagging.
            share: Share of train's examples, or of its spans, that this labels right.
            phrases: Tokens joined by one blank -> type.
        """
        self.label, self.share, self.phrases = label, share, phrases
        self._longest = max((phrase.count(" ") + 1 for phrase in phrases), default=0)

    @classmethod
    def fit(
        cls,
        train: pd.DataFrame,
        dev: pd.DataFrame,  # noqa: ARG003
        config: CellConfig,
        seed: int,  # noqa: ARG003
        resources: Resources = LENT_NOTHING,  # noqa: ARG003
    ) -> Self:
        """Count labels, or the types of each phrase."""
        if config.task_type == "tagging":
            return cls._fit_phrases(token_lists(train, "tokens"), token_lists(train, "tags"))
        counts = Counter(train["label"])
        label = _most_frequent(counts)
        return cls(label, counts[label] / len(train), {})

    @classmethod
    def _fit_phrases(cls, sentences: list[list[str]], tags: list[list[str]]) -> Self:
        types: dict[str, Counter[str]] = defaultdict(Counter)
        for tokens, sentence_tags in zip(sentences, tags, strict=True):
            for start, end, kind in extract_spans(sentence_tags):
                types[" ".join(tokens[start:end])][kind] += 1
        phrases = {phrase: _most_frequent(counts) for phrase, counts in sorted(types.items())}
        right = sum(types[phrase][kind] for phrase, kind in phrases.items())
        return cls(None, right / max(sum(counts.total() for counts in types.values()), 1), phrases)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give everyone the same label, or tag known phrases."""
        scores = np.full(len(examples), self.share)
        if self.label is not None and "choices" in examples:
            place = int(self.label)
            return Predictions([str(min(place, len(choices) - 1)) for choices in examples["choices"]], scores)
        if self.label is not None:
            return Predictions([self.label] * len(examples), scores)
        return Predictions([self._tag(tokens) for tokens in token_lists(examples, "tokens")], scores)

    def _tag(self, tokens: list[str]) -> list[str]:
        """Take the longest known phrase at each place, from left to right."""
        spans, start = [], 0
        while start < len(tokens):
            for end in range(min(len(tokens), start + self._longest), start, -1):
                kind = self.phrases.get(" ".join(tokens[start:end]))
                if kind is not None:
                    spans.append(Span(start, end, kind))
                    start = end
                    break
            else:
                start += 1
        return spans_to_iob2(spans, len(tokens))

    def facts(self) -> dict[str, Any]:
        """Give the label, or the number of phrases."""
        return {"label": self.label} if self.label is not None else {"phrases": len(self.phrases)}

    def save(self, folder: Path) -> None:
        """Write model.json."""
        content = {"label": self.label, "share": self.share, "phrases": self.phrases}
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read model.json."""
        return cls(**json.loads((folder / "model.json").read_text(encoding="utf-8")))


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))
