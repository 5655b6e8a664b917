"""The 4-bit layout, read from files that a writer of its own makes."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from e5s1_writer import E5S1, SIZES, Tensor, made_up_file
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.encoders.e5s1 import read_e5s1
from regen.encoders.unusable import UnusableError

NAMES = {
    "emb.word": ("embeddings.word_embeddings.weight", (40, 32)),
    "emb.pos": ("embeddings.position_embeddings.weight", (12, 32)),
    "emb.type": ("embeddings.token_type_embeddings.weight", (2, 32)),
    "emb.ln.w": ("embeddings.LayerNorm.weight", (32,)),
    "l0.q.w": ("encoder.layer.0.attention.self.query.weight", (32, 32)),
    "l0.k.b": ("encoder.layer.0.attention.self.key.bias", (32,)),
    "l1.v.w": ("encoder.layer.1.attention.self.value.weight", (32, 32)),
    "l1.ao.w": ("encoder.layer.1.attention.output.dense.weight", (32, 32)),
    "l0.aln.b": ("encoder.layer.0.attention.output.LayerNorm.bias", (32,)),
    "l0.fi.w": ("encoder.layer.0.intermediate.dense.weight", (64, 32)),
    "l0.fi.b": ("encoder.layer.0.intermediate.dense.bias", (64,)),
    "l1.fo.w": ("encoder.layer.1.output.dense.weight", (32, 64)),
    "l1.oln.w": ("encoder.layer.1.output.LayerNorm.weight", (32,)),
}


def test_config_and_weights_by_hand(tmp_path: Path) -> None:
    published = made_up_file()
    config, weights = read_e5s1(published.write(tmp_path / "x.bin"))
    assert {key: config[key] for key in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")} == {
        **{"vocab_size": 40, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    }
    assert (config["intermediate_size"], config["max_position_embeddings"], config["type_vocab_size"]) == (64, 12, 2)
    assert (config["layer_norm_eps"], config["pad_token_id"], config["model_type"]) == (1e-12, 1, "bert")
    assert len(weights) == len(published.tensors) == 5 + 16 * SIZES["layers"]
    for name, (long, shape) in NAMES.items():
        assert weights[long].shape == shape, name
        assert weights[long].dtype == np.float32
        assert weights[long].ravel().tolist() == [float(np.float32(x)) for x in published.tensors[name].weights], name


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-8, 8, width=16).filter(bool), min_size=1, max_size=9), st.integers(0, 2**32 - 1))
def test_any_block_is_decoded(tmp_path_factory: pytest.TempPathFactory, scales: list[float], seed: int) -> None:
    codes = np.random.default_rng(seed).integers(16, size=(40, 32)).tolist()
    blocks = list(zip(itertools.islice(itertools.cycle(scales), 40), codes, strict=True))
    published = made_up_file()
    published.tensors["emb.word"] = Tensor(blocks=blocks)
    _, weights = read_e5s1(published.write(tmp_path_factory.getbasetemp() / "any.bin"))
    found = weights["embeddings.word_embeddings.weight"].ravel().tolist()
    assert found == [float(np.float32(weight)) for weight in published.tensors["emb.word"].weights]


def spoilt(**changes: object) -> Callable[[E5S1], None]:
    def spoil(file: E5S1) -> None:
        for name, value in changes.items():
            setattr(file, name, value)

    return spoil


def renamed(old: str, new: str | None) -> Callable[[E5S1], None]:
    def spoil(file: E5S1) -> None:
        tensor = file.tensors.pop(old)
        if new:
            file.tensors[new] = tensor

    return spoil


def described(name: str, **changes: object) -> Callable[[E5S1], None]:
    def spoil(file: E5S1) -> None:
        for key, value in changes.items():
            setattr(file.tensors[name], key, value)

    return spoil


MISTAKES: dict[str, tuple[Callable[[E5S1], None], str]] = {
    "magic": (spoilt(magic=b"GGUF"), "x.bin: begins with b'GGUF' 1, expected b'E5S1' 1"),
    "version": (spoilt(version=2), "x.bin: begins with b'E5S1' 2, expected b'E5S1' 1"),
    "block": (spoilt(block=64), "x.bin: sizes [32, 2, 2, 64, 40, 12, 2] in blocks of 64; expected positive ones"),
    "heads": (spoilt(sizes={**SIZES, "heads": 5}), "x.bin: sizes [32, 2, 5, 64, 40, 12, 2] in blocks of 32; expected"),
    "no layers": (spoilt(sizes={**SIZES, "layers": 0}), "x.bin: sizes [32, 0, 2, 64, 40, 12, 2] in"),
    "missing": (renamed("l1.q.w", None), "x.bin: no tensor l1.q.w; the header asks for 37, found 36"),
    "more layers": (spoilt(sizes={**SIZES, "layers": 3}), "x.bin: no tensor l2.aln.b; the header asks for 53, found"),
    "unknown": (spoilt(sizes={**SIZES, "layers": 1}), "x.bin: an unknown tensor l1.aln.b; the header asks for 21"),
    "renamed": (renamed("l1.q.w", "l1.x.w"), "x.bin: no tensor l1.q.w; the header asks for 37, found 37"),
    "shape": (spoilt(sizes={**SIZES, "positions": 13}), "x.bin: tensor emb.pos has 384 weights, expected (13, 32)"),
    "kind": (described("l0.q.w", kind=2), "x.bin: tensor l0.q.w is of kind 2, expected 0 (float) or 1 (4-bit)"),
    "length": (described("l0.q.w", kind=0), "x.bin: tensor l0.q.w has 576 bytes for 1024 weights"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_file_that_does_not_fit_is_one_line(tmp_path: Path, mistake: str) -> None:
    spoil, said = MISTAKES[mistake]
    published = made_up_file()
    spoil(published)
    with pytest.raises(UnusableError) as caught:
        read_e5s1(published.write(tmp_path / "x.bin"))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_the_same_name_twice(tmp_path: Path) -> None:
    published = made_up_file()
    published.tensors["l0.q.W"] = published.tensors.pop("l0.q.w")
    path = published.write(tmp_path / "x.bin")
    path.write_bytes(path.read_bytes().replace(b"l0.q.W", b"l0.k.w"))
    with pytest.raises(UnusableError, match=r"^x\.bin: tensor l0\.k\.w stands in the directory twice$"):
        read_e5s1(path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.005, 0.02, 0.5, 0.999])
def test_a_truncated_file_is_one_line(tmp_path: Path, share: float) -> None:
    content = made_up_file().write(tmp_path / "x.bin").read_bytes()
    (tmp_path / "x.bin").write_bytes(content[: int(share * len(content))])
    with pytest.raises(UnusableError, match=r"^x\.bin: truncated: \d+ bytes, but what begins at byte \d+ has \d+$"):
        read_e5s1(tmp_path / "x.bin")
