"""A tiny random Marian, in the layout of the models of OPUS-MT."""

import json
from io import BytesIO
from pathlib import Path

import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

SENTENCES = ["the keeper saved the penalty", "a new phone with a faster chip", "the bank raised its rates"]


def marian_folder(folder: Path, seed: int) -> Path:
    """Write a model with random weights, and a tokenizer that knows a few words."""
    folder.mkdir()
    for name in ("source", "target"):
        model = BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=iter(SENTENCES * 5), model_writer=model, vocab_size=28, minloglevel=2
        )
        (folder / f"{name}.spm").write_bytes(model.getvalue())
    pieces = SentencePieceProcessor(model_file=str(folder / "source.spm"))
    vocabulary = {pieces.id_to_piece(number): number for number in range(pieces.get_piece_size())} | {"<pad>": 28}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    files = (str(folder / name) for name in ("source.spm", "target.spm", "vocab.json"))
    MarianTokenizer(*files, source_lang="en", target_lang="zh").save_pretrained(folder)
    torch.manual_seed(seed)
    sizes = {"layers": 1, "attention_heads": 2, "ffn_dim": 16}
    config = MarianConfig(
        vocab_size=len(vocabulary),
        d_model=16,
        pad_token_id=28,
        decoder_start_token_id=28,
        eos_token_id=vocabulary["</s>"],
        init_std=1.0,
        **{f"{side}_{name}": size for side in ("encoder", "decoder") for name, size in sizes.items()},
    )
    MarianMTModel(config).save_pretrained(folder)
    return folder
