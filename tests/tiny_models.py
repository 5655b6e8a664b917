"""Tiny random models and tokenizers, in the layouts in which they are published."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, RobertaConfig, RobertaModel

BERT_TOKENS = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
ROBERTA_TOKENS = {"pad": "<pad>", "unk": "<unk>", "cls": "<s>", "sep": "</s>", "mask": "<mask>"}
PIECES = [*BERT_TOKENS.values(), "Hello", "hello", "World", "world", "Cafe", "##s", "!", ",", "花", "呗", "a", "b"]


def cased_tokenizer() -> Tokenizer:
    """WordPiece that keeps capital letters, and pads every text: what BERT's own class would not do."""
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(list(BERT_TOKENS.values()))
    tokenizer.enable_padding(length=9)
    tokenizer.enable_truncation(9)
    return tokenizer


def byte_tokenizer() -> Tokenizer:
    """Byte-level BPE without merges, with RoBERTa's special tokens and one segment."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: i for i, piece in enumerate([*ROBERTA_TOKENS.values(), *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 2), ("</s>", 3)]
    )
    tokenizer.add_special_tokens(list(ROBERTA_TOKENS.values()))
    return tokenizer


def bert_folder(folder: Path, **saving: Any) -> Path:
    """A masked language model, so with a prefix before the names, a head and no pooler; a cased tokenizer.json."""
    torch.manual_seed(0)
    model = BertForMaskedLM(
        BertConfig(
            vocab_size=len(PIECES),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=24,
            max_position_embeddings=20,
        )
    )
    model.save_pretrained(folder, **saving)
    (folder / "generation_config.json").unlink(missing_ok=True)
    cased_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def roberta_folder(folder: Path) -> Path:
    """A RoBERTa with its pooler, in 16 bits; its tokenizer has a config."""
    torch.manual_seed(1)
    model = RobertaModel(
        RobertaConfig(
            vocab_size=300,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=24,
            max_position_embeddings=22,
            pad_token_id=0,
            type_vocab_size=1,
        )
    )
    model.half().save_pretrained(folder)
    byte_tokenizer().save(str(folder / "tokenizer.json"))
    told = {"tokenizer_class": "TokenizersBackend", "model_max_length": 20}
    told |= {f"{key}_token": piece for key, piece in ROBERTA_TOKENS.items()}
    write_json(folder / "tokenizer_config.json", told)
    return folder


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
