"""Tiny random encoders of every family, in folders like those that the stage ``import_encoder`` makes."""

import atexit
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel

_TEXT = (
    "ann lee visited paris acme ltd hired rain new york far striker scored late goal keeper saved penalty "
    "last minute shares fell bank warned raised rates phone faster chip maker ships how old are you what "
    "your age where station can find is it raining does the in a of with as its and from "
)
WORDS = _TEXT.split()
LETTERS = sorted(set("abcdefghijklmnopqrstuvwxyz0123456789.,!?"))
CHARACTERS = sorted(
    set("国足在北京主场获胜前锋最后一分钟进球门将扑出点银行上调贷款利率股市收盘下跌新手机芯片更快厂商发布")
    | set("他工作中她喜欢猫动物天雨气晴朗开着关买了本书很贵去海没有不变王明吧来好")
)
POSITIONS = 64
"""Most pieces of a row, special pieces included."""


def word_piece() -> Tokenizer:
    """WordPiece without capital letters, as BERT's: whole words, and letters for all others."""
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    pieces = [*special, *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS), *CHARACTERS]
    pieces = list(dict.fromkeys(pieces))
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return _framed(tokenizer, special, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")


def byte_pairs() -> Tokenizer:
    """Byte-level BPE with a few merges, as RoBERTa's: a space belongs to the word after it."""
    special = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    merges = [("t", "h"), ("th", "e"), ("i", "n"), ("Ġ", "the"), ("a", "r"), ("a", "n"), ("an", "k")]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*special, *alphabet, *(left + right for left, right in merges)]
    tokenizer = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece in special])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def albert_pieces() -> Tokenizer:
    """Unigram with BERT's frame, as ALBERT's and DeBERTa's."""
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    return _framed(_unigram(special, 1), special, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")


def xlm_pieces() -> Tokenizer:
    """Unigram with RoBERTa's frame and one segment, as XLM-R's."""
    special = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    return _framed(_unigram(special, 3), special, "<s> $A </s>", "<s> $A </s> </s> $B </s>")


def _unigram(special: tuple[str, ...], unknown: int) -> Tokenizer:
    scored = [(piece, 0.0) for piece in special]
    scored += [("▁", -3.0), *((f"▁{word}", -4.0) for word in WORDS if len(word) > 1), ("北京", -5.0)]
    scored += [(letter, -6.0) for letter in (*LETTERS, *CHARACTERS)]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=unknown))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def _framed(tokenizer: Tokenizer, special: tuple[str, ...], single: str, pair: str) -> Tokenizer:
    tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece in special])
    known = [(piece, tokenizer.token_to_id(piece)) for piece in special]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=known)
    return tokenizer


_SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
_ROBERTA = {"max_position_embeddings": POSITIONS + 2, "pad_token_id": 1, "type_vocab_size": 1}
_DEBERTA = {
    "relative_attention": True,
    "position_buckets": 8,
    "max_relative_positions": -1,
    "pos_att_type": ["p2c", "c2p"],
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "position_biased_input": False,
    "type_vocab_size": 0,
}
_FAMILIES: Mapping[str, tuple[str, Callable[[], Tokenizer], dict[str, Any]]] = {
    "bert": ("bert", word_piece, {}),
    "roberta": ("roberta", byte_pairs, _ROBERTA),
    "albert": ("albert", albert_pieces, {"embedding_size": 16, "hidden_dropout_prob": 0.1}),
    "electra": ("electra", word_piece, {"embedding_size": 16}),
    "deberta": ("deberta-v2", albert_pieces, _DEBERTA),
    "xlm_roberta": ("xlm-roberta", xlm_pieces, _ROBERTA),
    "ernie": ("ernie", word_piece, {"task_type_vocab_size": 3, "use_task_id": True}),
}
FAMILIES = tuple(_FAMILIES)


def make_encoder(family: str, folder: Path, layers: int = 2) -> Path:
    """Fill a new folder with a random encoder; equal arguments give equal bytes."""
    model_type, make_tokenizer, further = _FAMILIES[family]
    tokenizer = make_tokenizer()
    keys = {**_SIZES, "max_position_embeddings": POSITIONS, "num_hidden_layers": layers, **further}
    config = AutoConfig.for_model(model_type, vocab_size=tokenizer.get_vocab_size(), initializer_range=0.2, **keys)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        AutoModel.from_config(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "encoder.json").write_text("{}\n", encoding="utf-8")
    return folder


@cache
def tiny_encoder(family: str = "bert", layers: int = 2) -> Path:
    """Give the folder of a random encoder, made once per process; tests only read it."""
    home = Path(mkdtemp(prefix="tiny-encoder-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return make_encoder(family, home / family, layers)
