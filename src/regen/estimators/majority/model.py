"""The majority baseline.

Classification: the most frequent label of train. Multiple choice: the most frequent place of the right choice in train;
the last choice where there are fewer. Tagging: the baseline of the CoNLL shared tasks (Tjong Kim Sang and De
Meulder 2003): a phrase that train tags as an entity is tagged with its most frequent type, the longest phrase first.
Relations: entities as in tagging; between two of them holds the relation that train has most often between their types.
Questions about passages: the clause of the passage, counted from its beginning, that most often holds train's answers.
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
from regen.estimators.clauses import clauses
from regen.marks import NOWHERE
from regen.scoring.annotations import Annotation, Relation, annotation_text, ordered_pairs, parse_annotation
from regen.scoring.spans import Span, extract_spans, spans_to_iob2


class Model:
    """A most frequent label, phrases with their type and relations between types, or the number of a clause."""

    keeps_state = False

    def __init__(
        self,
        label: str | None,
        share: float,
        phrases: dict[str, str],
        clause: int | None = None,
        relations: list[tuple[str, str, str]] | None = None,
    ) -> None:
        """Take what was learnt.

        Args:
            label: Most frequent label; ``None`` for other types than classification.
            share: Share of train's examples, or of its spans, that this labels right; of its answers that begin in the
                clause.
            phrases: Tokens joined by one blank -> type.
            clause: For questions, the number of the clause that is the answer, from 0 on.
            relations: Types of head and tail, and the relation between them; ``None`` for other types than relations.
        """
        self.label, self.share, self.phrases, self.clause = label, share, phrases, clause
        self.relations = None if relations is None else [(head, tail, kind) for head, tail, kind in relations]
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
        """Count labels, the types of each phrase and relations, or the clauses that answers begin in."""
        if config.task_type == "tagging":
            spans = [extract_spans(tags) for tags in token_lists(train, "tags")]
            return cls(None, *_phrases(token_lists(train, "tokens"), spans))
        if config.task_type == "relation_extraction":
            annotations = [parse_annotation(text) for text in train["annotation"]]
            entities = [annotation.entities for annotation in annotations]
            phrases = _phrases(token_lists(train, "tokens"), entities)
            return cls(None, *phrases, relations=_relations(annotations))
        if config.task_type == "span_qa":
            return cls._fit_clause(train)
        counts = Counter(train["label"])
        label = _most_frequent(counts)
        return cls(label, counts[label] / len(train), {})

    @classmethod
    def _fit_clause(cls, train: pd.DataFrame) -> Self:
        counts = Counter(
            sum(end <= int(places[0]) for _, end in clauses(context))
            for context, places in zip(train["context"], train["answer_start"], strict=True)
            if places[0] != NOWHERE
        )
        clause = min(counts, key=lambda number: (-counts[number], number), default=0)
        return cls(None, counts[clause] / len(train), {}, clause)

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Give everyone the same label or the clause of the same number, or mark known phrases."""
        scores = np.full(len(examples), self.share)
        if self.clause is not None:
            return Predictions([self._answer(context) for context in examples["context"]], scores)
        if self.label is not None and "choices" in examples:
            place = int(self.label)
            return Predictions([str(min(place, len(choices) - 1)) for choices in examples["choices"]], scores)
        if self.label is not None:
            return Predictions([self.label] * len(examples), scores)
        sentences = token_lists(examples, "tokens")
        found = [self._spans(tokens) for tokens in sentences]
        if self.relations is None:
            tags = [spans_to_iob2(spans, len(tokens)) for spans, tokens in zip(found, sentences, strict=True)]
            return Predictions(tags, scores)
        return Predictions([annotation_text(spans, self._related(spans)) for spans in found], scores)

    def _answer(self, context: str) -> str:
        """Cut out the clause, or the last one of a passage that has fewer."""
        start, end = [(0, 0), *clauses(context)][: 2 + (self.clause or 0)][-1]
        return context[start:end]

    def _related(self, spans: list[Span]) -> list[Relation]:
        """Relate every ordered pair of spans whose types train relates."""
        known = {(head, tail): kind for head, tail, kind in self.relations or ()}
        pairs = [(head, tail, (spans[head].type, spans[tail].type)) for head, tail in ordered_pairs(len(spans))]
        return [Relation(head, tail, known[types]) for head, tail, types in pairs if types in known]

    def _spans(self, tokens: list[str]) -> list[Span]:
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
        return spans

    def facts(self) -> dict[str, Any]:
        """Give the label, the number of the clause, or those of phrases and of relations."""
        if self.clause is not None:
            return {"clause": self.clause}
        if self.label is not None:
            return {"label": self.label}
        return {"phrases": len(self.phrases)} | ({} if self.relations is None else {"relations": len(self.relations)})

    def save(self, folder: Path) -> None:
        """Write model.json."""
        content: dict[str, Any] = {"label": self.label, "share": self.share, "phrases": self.phrases}
        if self.clause is not None:
            content["clause"] = self.clause
        if self.relations is not None:
            content["relations"] = self.relations
        (folder / "model.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:  # noqa: ARG003
        """Read model.json."""
        return cls(**json.loads((folder / "model.json").read_text(encoding="utf-8")))


def _phrases(sentences: list[list[str]], spans: list[list[Span]]) -> tuple[float, dict[str, str]]:
    """Give the share of spans that phrases with their most frequent type get right, and these phrases."""
    types: dict[str, Counter[str]] = defaultdict(Counter)
    for tokens, sentence in zip(sentences, spans, strict=True):
        for start, end, kind in sentence:
            types[" ".join(tokens[start:end])][kind] += 1
    phrases = {phrase: _most_frequent(counts) for phrase, counts in sorted(types.items())}
    right = sum(types[phrase][kind] for phrase, kind in phrases.items())
    return right / max(sum(counts.total() for counts in types.values()), 1), phrases


def _relations(annotations: list[Annotation]) -> list[tuple[str, str, str]]:
    """Give the most frequent relation between each two types that are related at all, sorted by the types."""
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for entities, relations in annotations:
        for head, tail, kind in relations:
            kinds[entities[head].type, entities[tail].type][kind] += 1
    return [(*types, _most_frequent(counts)) for types, counts in sorted(kinds.items())]


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))
