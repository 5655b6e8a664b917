"""Mentions become others of their type that stand in train, as augmentation's do (Dai and Adel 2020).

Here only those of as many tokens are taken, so that the tags stay.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from regen.augmentation.drafts import Context, another, generator, some_of, token_columns
from regen.augmentation.entity_swap import Columns, mentions, spans_of

SHARE = 0.5
"""Share of a sentence's mentions that are swapped; one at least."""


@dataclass(frozen=True)
class Entities:
    """A share of the mentions of each sentence become others of train.

    Attributes:
        known: (type, number of tokens) -> the different mentions.
        columns: Columns of train with a value for each token.
    """

    known: dict[tuple[str, int], list[Columns]]
    columns: tuple[str, ...]
    strength: str = f"{100 * SHARE:.0f} % of a sentence's mentions, one at least"
    everywhere: bool = False

    @classmethod
    def of(cls, train: pd.DataFrame) -> "Entities":
        """Take the mentions of n training sentences, in their order."""
        columns = token_columns(train)
        sentences = [{name: list(row[name]) for name in columns} for row in train[columns].to_dict("records")]
        known: dict[tuple[str, int], list[Columns]] = {}
        for kind, found in mentions(sentences).items():
            for values in found.values:
                known.setdefault((kind, len(values["tokens"])), []).append(values)
        return cls(known, tuple(columns))

    def texts(self, texts: pd.DataFrame, context: Context) -> list[str]:  # noqa: ARG002
        """Leave n texts as they are: they have no mentions."""
        return list(texts["text"])

    def sentences(self, sentences: pd.DataFrame, context: Context) -> pd.DataFrame:
        """Swap mentions of n sentences; further columns, such as ``pos``, come with the mention."""
        rows: list[dict[Any, Any]] = sentences[["id", *self.columns]].to_dict("records")
        made = [self._swapped(row, generator(context.seed, "entities", row["id"])) for row in rows]
        new: dict[str, Any] = {name: [row[name] for row in made] for name in self.columns}
        return sentences.assign(**new)

    def _swapped(self, row: dict[Any, Any], random: np.random.Generator) -> Columns:
        made = {name: list(row[name]) for name in self.columns}
        spans = spans_of(made["tags"])
        order, wanted = some_of(len(spans), SHARE, random)
        for first, end in (spans[number] for number in order[:wanted]):
            others = self.known.get((made["tags"][first][2:], end - first), [])
            own = next((i for i, o in enumerate(others) if o["tokens"] == made["tokens"][first:end]), len(others))
            drawn = another(len(others) + (own == len(others)), own, random) if others else None
            if drawn is not None:
                for name in self.columns:
                    made[name][first:end] = others[drawn][name]
        return made
