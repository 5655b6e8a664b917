"""What a perturbation is: it writes texts, or sentences in tokens, in another way, and leaves their answers alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from regen.augmentation.drafts import Context, Draft
from regen.augmentation.words import OUTSIDE, Replace, word_drafts
from regen.config.augmentation import OfWords

SHARE = 0.1
"""Share of the words of a text or sentence that a perturbation of words changes; one at least, if it has anything."""

Drafts = Callable[[pd.DataFrame, Any, Context], Iterator[Draft]]
"""Drafts one copy of each row; what the methods of augmentation do, and perturbations of words do alike."""


class Perturbation(Protocol):
    """Writes in another way. Equal ids, texts and seeds give equal results."""

    @property
    def strength(self) -> str:
        """How much it changes, for the report."""
        ...

    @property
    def everywhere(self) -> bool:
        """Whether it also rewrites what answers refer to: choices, keywords and marked spans."""
        ...

    def texts(self, texts: pd.DataFrame, context: Context) -> list[str]:
        """Rewrite n texts: columns ``id`` and ``text``."""
        ...

    def sentences(self, sentences: pd.DataFrame, context: Context) -> pd.DataFrame:
        """Rewrite n sentences, columns ``id`` and one list per column, ``tokens`` and ``tags`` among them.

        The number of tokens and the tags stay.
        """
        ...


@dataclass(frozen=True)
class Words:
    """A share of the words become others.

    Attributes:
        drafts: Drafts the copies.
        mentions: Whether words of mentions change, too.
    """

    drafts: Drafts
    mentions: bool = True
    strength: str = f"{100 * SHARE:.0f} % of the words, one at least"
    everywhere: bool = False

    def texts(self, texts: pd.DataFrame, context: Context) -> list[str]:
        """Rewrite n texts."""
        return [draft.values["text"] for draft in self._drafts(texts, context, "classification")]

    def sentences(self, sentences: pd.DataFrame, context: Context) -> pd.DataFrame:
        """Rewrite n sentences; ``word_drafts`` leaves tagged words alone, so that it is told of none if all may go."""
        told = sentences[["id", "tokens", "tags"]]
        if self.mentions:
            tags: Any = [[OUTSIDE] * len(tokens) for tokens in told["tokens"]]
            told = told.assign(tags=tags)
        new = [draft.values["tokens"] for draft in self._drafts(told, context, "tagging")]
        kept: Any = [made if len(made) == len(old) else old for made, old in zip(new, sentences["tokens"], strict=True)]
        return sentences.assign(tokens=kept)

    def _drafts(self, frame: pd.DataFrame, context: Context, task_type: str) -> Iterator[Draft]:
        config = context.config.model_copy(update={"task_type": task_type})
        return self.drafts(frame, OfWords(share=SHARE), Context(config, context.seed))


@dataclass(frozen=True)
class Whole:
    """Every text is rewritten as a whole.

    Attributes:
        rewrite: Gives the other text.
        joined: Whether a sentence in tokens is rewritten as one text, if that keeps its length, or token by token.
    """

    rewrite: Callable[[str], str]
    joined: bool = False
    strength: str = "the whole text"
    everywhere: bool = False

    def texts(self, texts: pd.DataFrame, context: Context) -> list[str]:  # noqa: ARG002
        """Rewrite n texts."""
        return [self.rewrite(text) for text in texts["text"]]

    def sentences(self, sentences: pd.DataFrame, context: Context) -> pd.DataFrame:  # noqa: ARG002
        """Rewrite n sentences."""
        made: Any = [self._tokens(list(tokens)) for tokens in sentences["tokens"]]
        return sentences.assign(tokens=made)

    def _tokens(self, tokens: list[str]) -> list[str]:
        whole = "".join(tokens)
        made = self.rewrite(whole) if self.joined else ""
        if len(made) != len(whole):
            return [self.rewrite(token) for token in tokens]
        ends = [sum(map(len, tokens[: place + 1])) for place in range(len(tokens))]
        return [made[end - len(token) : end] for token, end in zip(tokens, ends, strict=True)]


def of_words(method: str, replace: Replace) -> Drafts:
    """Make what drafts copies of which some words are replaced; see :func:`regen.augmentation.words.word_drafts`."""

    def drafts(frame: pd.DataFrame, settings: OfWords, context: Context) -> Iterator[Draft]:
        return word_drafts(frame, method, settings, context, replace)

    return drafts
