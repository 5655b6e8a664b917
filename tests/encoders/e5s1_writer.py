"""Files of the layout E5S1, written value by value from its description."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SIZES = {"hidden": 32, "layers": 2, "heads": 2, "feed_forward": 64, "vocabulary": 40, "positions": 12, "types": 2}


@dataclass
class Tensor:
    """A tensor as it is published.

    Attributes:
        floats: Its weights, where it is stored as 32-bit floats.
        blocks: Else per block its scale and 32 numbers from 0 to 15.
        kind: What the directory says of it; ``None`` means the truth.
        elements: The number that the directory says; ``None`` means the truth.
    """

    floats: Sequence[float] = ()
    blocks: Sequence[tuple[float, Sequence[int]]] = ()
    kind: int | None = None
    elements: int | None = None

    @property
    def weights(self) -> list[float]:
        """The weights that a reader must find."""
        return list(self.floats) or [(number - 8) * scale for scale, numbers in self.blocks for number in numbers]

    def stored(self) -> bytes:
        if self.floats:
            return struct.pack(f"<{len(self.floats)}f", *self.floats)
        return b"".join(self._block(scale, numbers) for scale, numbers in self.blocks)

    @staticmethod
    def _block(scale: float, numbers: Sequence[int]) -> bytes:
        return struct.pack("<e", scale) + bytes(numbers[j] + 16 * numbers[j + 16] for j in range(16))


@dataclass
class E5S1:
    """A file of the layout."""

    tensors: dict[str, Tensor]
    sizes: dict[str, int] = field(default_factory=lambda: dict(SIZES))
    magic: bytes = b"E5S1"
    version: int = 1
    block: int = 32
    pieces: Sequence[str] = ("<s>", "<pad>", "</s>", "<unk>", "▁a", "花")

    def write(self, path: Path) -> Path:
        texts = [piece.encode() for piece in self.pieces]
        ends = [sum(map(len, texts[:i])) for i in range(len(texts) + 1)]
        head = self.magic + struct.pack("<I7ifi", self.version, *self.sizes.values(), 1e-12, self.block)
        head += struct.pack("<5iQ", len(texts), 0, 2, 1, 3, ends[-1])
        head += struct.pack(f"<{len(ends)}I{len(texts)}f", *ends, *[-1.5] * len(texts)) + b"".join(texts)
        head += struct.pack("<iI", 1, 5) + b"norms" + struct.pack("<i", len(self.tensors))
        offset = len(head) + sum(2 + len(name.encode()) + 21 for name in self.tensors)
        directory = body = b""
        for name, tensor in self.tensors.items():
            stored = tensor.stored()
            kind = tensor.kind if tensor.kind is not None else 0 if tensor.floats else 1
            elements = tensor.elements if tensor.elements is not None else len(tensor.weights)
            directory += struct.pack("<H", len(name.encode())) + name.encode()
            directory += struct.pack("<BIQQ", kind, elements, offset + len(body), len(stored))
            body += stored
        path.write_bytes(head + directory + body)
        return path


def made_up_file() -> E5S1:
    """A small model: every weight another one, as far as 4 bits tell them apart."""
    hidden, wide = SIZES["hidden"], SIZES["feed_forward"]
    matrices = {"emb.word": SIZES["vocabulary"] * hidden}
    vectors = {"emb.pos": SIZES["positions"] * hidden, "emb.type": 2 * hidden, "emb.ln.w": hidden, "emb.ln.b": hidden}
    for layer in range(SIZES["layers"]):
        for name, rows, columns in (
            *((short, hidden, hidden) for short in ("q", "k", "v", "ao")),
            ("fi", wide, hidden),
            ("fo", hidden, wide),
        ):
            matrices[f"l{layer}.{name}.w"] = rows * columns
            vectors[f"l{layer}.{name}.b"] = rows
        for name in ("aln", "oln"):
            vectors |= {f"l{layer}.{name}.w": hidden, f"l{layer}.{name}.b": hidden}
    tensors = {name: Tensor(blocks=_blocks(seed, size)) for seed, (name, size) in enumerate(matrices.items())}
    tensors |= {
        name: Tensor(floats=[(seed + 1) / 64 + i / 1024 for i in range(size)])
        for seed, (name, size) in enumerate(vectors.items())
    }
    return E5S1(tensors)


def _blocks(seed: int, size: int) -> list[tuple[float, list[int]]]:
    return [
        (2.0 ** -(5 + (seed + i) % 5), [(seed + 7 * i + j * j + j // 16) % 16 for j in range(32)])
        for i in range(size // 32)
    ]
