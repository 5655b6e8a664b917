"""What the network sees of sentences: numbers of words, of their characters, and of their case."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import pad_sequence

from regen.training.batches import Batch
from regen.training.loop import Collated

UNKNOWN = 0
"""Number of unknown words and of padding, which nothing reads."""
PADDING, STRANGE, BEGIN, END = range(4)
"""Numbers of characters that are none: behind a word's end, not seen in train, before and behind a word."""
CASES = 5
UNTAGGED = -1
"""Number of a tag that train does not hold, and of the word that stands in a sentence without tokens."""


@dataclass(frozen=True)
class Vocabulary:
    """What train holds.

    Attributes:
        words: Words in lower case that are frequent enough; the number of a word is its place, from 1.
        characters: Characters; the number of a character is its place, from 4.
        tags: Tags; the number of a tag is its place.
    """

    words: tuple[str, ...]
    characters: tuple[str, ...]
    tags: tuple[str, ...]

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]], tags: Iterable[Sequence[str]], min_count: int) -> Self:
        """Find what n sentences and their tags hold; words that occur fewer than ``min_count`` times are left out."""
        counts = Counter(token for sentence in sentences for token in sentence)
        lower: Counter[str] = Counter()
        for word, count in counts.items():
            lower[word.lower()] += count
        found = {tag for row in tags for tag in row}
        return cls(
            words=tuple(sorted(word for word, count in lower.items() if count >= min_count)),
            characters=tuple(sorted({character for word in counts for character in word})),
            tags=("O", *sorted(found - {"O"})),
        )

    def told(self) -> dict[str, Any]:
        """Give all fields, ready for JSON."""
        return {name: list(getattr(self, name)) for name in ("words", "characters", "tags")}

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """Take back what ``told`` gave."""
        return cls(**{name: tuple(values) for name, values in told.items()})


def word_case(word: str) -> int:
    """Give the case of a word: 0 without letters of any case, 1 lower, 2 upper, 3 first letter upper, 4 mixed."""
    if word.islower():
        return 1
    if not any(character.isupper() for character in word):
        return 0
    if word.isupper() and len(word) > 1:
        return 2
    return 3 if word[0].isupper() and not any(character.isupper() for character in word[1:]) else 4


class Sentences:
    """n sentences as numbers, and the batches that are made of them.

    Attributes:
        counts: Tokens of each sentence, shape (n,).
        lengths: The same, but 1 for a sentence without tokens, which is read as one unknown word; shape (n,).
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]] | None,
        vocabulary: Vocabulary,
        longest_word: int,
    ) -> None:
        """Number the words and characters.

        Args:
            sentences: n lists of words.
            tags: n lists of tags; ``None`` where they are not known.
            vocabulary: What train holds.
            longest_word: Characters of a word that are seen.
        """
        forms = {"": 0}
        for sentence in sentences:
            for word in sentence:
                forms.setdefault(word, len(forms))
        known = {word: number for number, word in enumerate(vocabulary.words, 1)}
        self._words = np.array([known.get(form.lower(), UNKNOWN) for form in forms], dtype=np.int64)
        self._cases = np.array([word_case(form) for form in forms], dtype=np.int64)
        self._characters = _spelled(list(forms), vocabulary.characters, longest_word)
        self._forms = [torch.tensor([forms[word] for word in sentence] or [0]) for sentence in sentences]
        numbers = {tag: number for number, tag in enumerate(vocabulary.tags)}
        self._tags = (
            None
            if tags is None
            else [torch.tensor([numbers.get(tag, UNTAGGED) for tag in row] or [UNTAGGED]) for row in tags]
        )
        self.counts = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
        self.lengths = np.maximum(self.counts, 1)

    def collate(self, batch: Batch) -> Collated:
        """Give the tensors of a batch, padded to its longest sentence.

        Returns:
            ``forms``, equal where words are equal, ``words`` and ``cases``, each of shape (rows, width);
            ``characters`` of shape (rows, width, most characters); ``lengths`` of shape (rows,); ``tags`` of shape
            (rows, width), 0 behind a sentence, where they are known.
        """
        rows = batch.rows.tolist()
        forms = pad_sequence([self._forms[row] for row in rows], batch_first=True)
        numbers = forms.numpy()
        characters = self._characters[numbers]
        most = int((characters != PADDING).sum(axis=-1).max())
        collated = {
            "forms": forms,
            "words": torch.from_numpy(self._words[numbers]),
            "cases": torch.from_numpy(self._cases[numbers]),
            "characters": torch.from_numpy(characters[:, :, :most]),
            "lengths": torch.from_numpy(self.lengths[batch.rows]),
        }
        if self._tags is not None:
            collated["tags"] = pad_sequence([self._tags[row] for row in rows], batch_first=True)
        return collated


def _spelled(forms: Sequence[str], characters: Sequence[str], longest: int) -> NDArray[np.int64]:
    """Give the numbers of each form's characters between those of its edges, shape (forms, most characters)."""
    known = {character: number for number, character in enumerate(characters, END + 1)}
    front, back = longest - longest // 2, longest // 2
    seen = [form if len(form) <= longest else form[:front] + form[-back:] for form in forms]
    table = np.full((len(seen), max(map(len, seen)) + 2), PADDING, dtype=np.int64)
    for row, form in zip(table, seen, strict=True):
        row[: len(form) + 2] = [BEGIN, *(known.get(character, STRANGE) for character in form), END]
    return table
