"""Words become near neighbours among word vectors: Wang and Yang 2015, https://aclanthology.org/D15-1306.

The vectors are the rows of the encoder's own input embedding that belong to whole words.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer
from torch import nn

from regen.augmentation.drafts import Context, Draft
from regen.augmentation.words import is_han, word_drafts
from regen.config.augmentation import Neighbours
from regen.encoders.body import load_body
from regen.errors import UserError
from regen.training.noise import Noise

_STARTS = ("▁", "Ġ")
"""What SentencePiece and byte-level BPE put before a piece that begins a word."""
_GOES_ON = "##"
"""What WordPiece puts before a piece that does not."""


def drafts(train: pd.DataFrame, settings: Neighbours, context: Context) -> Iterator[Draft]:
    """Draft copies with neighbours; see :func:`word_drafts`.

    Raises:
        UserError: No piece of the encoder is a whole word.
    """
    if context.encoder is None:
        raise ValueError("an encoder's folder is needed")
    words, vectors = word_vectors(context.encoder, context.config.language)
    if not words:
        cell, language = context.config.cell, context.config.language
        raise UserError(
            f"cell {cell}: augmentation.neighbours: found no piece of the encoder that is a word of language "
            f"'{language}', expected some; take another encoder or leave the method out"
        )
    near = neighbours(words, vectors, settings.nearest, settings.similarity)

    def replace(word: str, random: np.random.Generator) -> str | None:
        others = near(word) or near(word.lower())
        return _cased(others[random.integers(len(others))], word) if others else None

    return word_drafts(train, "neighbours", settings, context, replace)


def word_vectors(encoder: Path, language: str) -> tuple[list[str], NDArray[np.float32]]:
    """Give the w whole words among an encoder's pieces, and their vectors of length 1, shape (w, hidden).

    Args:
        encoder: Folder of the imported encoder.
        language: Of Chinese, words are of two characters or more; of others, of letters that are not Chinese.
    """
    pieces = Tokenizer.from_file(str(encoder / "tokenizer.json")).get_vocab()
    marks = any(piece.startswith(_STARTS) for piece in pieces)
    found: dict[str, int] = {}
    for piece, number in sorted(pieces.items(), key=lambda item: item[1]):
        starts = piece.startswith(_STARTS) if marks and language != "zh" else not piece.startswith(_GOES_ON)
        word = piece[1:] if piece.startswith(_STARTS) else piece
        if starts and len(word) > 1 and word.isalpha() and is_han(word) == (language == "zh"):
            found.setdefault(word, number)
    embedding = cast("nn.Embedding", load_body(encoder, Noise()).get_input_embeddings())
    whole = embedding.weight.detach().numpy()
    rows = whole[list(found.values())]
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return list(found), rows / np.maximum(lengths, np.finfo(np.float32).tiny)


def neighbours(
    words: list[str], vectors: NDArray[np.float32], nearest: int, similarity: float
) -> Callable[[str], tuple[str, ...]]:
    """Make what gives the neighbours of a word, the nearest first.

    A word is no neighbour of one that it holds or that holds it: those are forms of the same word, or its negation
    (喜欢, 不喜欢).

    Args:
        words: w words.
        vectors: Their vectors of length 1, shape (w, hidden).
        nearest: Most neighbours.
        similarity: Least cosine.
    """
    rows = {word: row for row, word in enumerate(words)}

    @cache
    def near(word: str) -> tuple[str, ...]:
        if word not in rows:
            return ()
        with threadpool_limits(1):  # sums, and so the order of equals, depend on the number of threads
            cosines = vectors @ vectors[rows[word]]
        close = np.flatnonzero(cosines >= similarity)
        order = close[np.argsort(-cosines[close], kind="stable")]
        named = [words[row] for row in order]
        other = [name for name in named if name.lower() not in word.lower() and word.lower() not in name.lower()]
        return tuple(other[:nearest])

    return near


def _cased(word: str, model: str) -> str:
    """Give a word the case of another one."""
    if model.istitle():
        return word.capitalize()
    return word.upper() if model.isupper() else word
