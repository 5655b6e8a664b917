"""A folder that plain transformers loads."""

from pathlib import Path

import torch
from torch import Tensor
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
)

from regen.encoders.pieces import plain_tokenizer
from regen.encoders.quiet import quiet_transformers
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.network import Network
from regen.export.card import write_card
from regen.export.found import Found
from regen.export.stock import HEAD, Form, form_of, save_stock
from regen.io.atomic import replacing

FILES = frozenset({"README.md", "config.json", "model.safetensors", HEAD, "tokenizer.json", "tokenizer_config.json"})
"""What an exported folder may hold."""
_TOLERANCE = 1e-4


def export(found: Found, target: Path) -> None:
    """Write a repeat as a transformers folder that appears whole, after it was seen to give the same outputs.

    Args:
        found: The repeat.
        target: The folder; an older export in it is replaced.

    Raises:
        UserError: The folder holds something else, or transformers' classes cannot hold the model exactly.
    """
    foreign = sorted(path.name for path in target.iterdir() if path.name not in FILES) if target.is_dir() else []
    if foreign or target.is_file():
        there = f"it holds {foreign[0]}" if foreign else "it is a file"
        raise UserError(f"{target}: {there}, which is no exported model; name another folder with --to")
    model = Model.load(found.checkpoint, Resources(encoder=found.encoder))
    with replacing(target) as new, quiet_transformers():
        new.mkdir()
        setup, network = model.setup, model.network.eval()
        form = form_of(setup, network.body.config.model_type)
        if setup.options.tuning is not None:
            from regen.estimators.encoder.adapters import merge

            merge(network.body)
        save_stock(network, setup, found.encoder, form, new)
        save_tokenizer(found.encoder, setup.task_type == "tagging", setup.options.max_length, new)
        with torch.inference_mode():
            _check(network, form, setup.options.pooling, new)
        write_card(found, form, new / "README.md")


def save_tokenizer(encoder: Path, words: bool, max_length: int, folder: Path) -> None:
    """Write the tokenizer.json that the model was fitted with, so that no class builds another one of it.

    Args:
        encoder: Folder of the imported encoder.
        words: Whether it splits words.
        max_length: Most pieces of an input.
        folder: Where it goes.
    """
    plain = plain_tokenizer(encoder, words)
    segments = ["token_type_ids"] if any(plain.encode("a", "b").type_ids) else []
    special = AutoTokenizer.from_pretrained(encoder).special_tokens_map
    PreTrainedTokenizerFast(
        tokenizer_object=plain,
        model_max_length=max_length,
        model_input_names=["input_ids", *segments, "attention_mask"],
        **{name: piece for name, piece in special.items() if isinstance(piece, str)},
    ).save_pretrained(folder)


def _check(network: Network, form: Form, pooling: str, folder: Path) -> None:
    """Compare with what transformers makes of the folder, on rows of random pieces.

    Raises:
        UserError: Outputs differ.
    """
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(network.body.config.vocab_size, (3, 8), generator=generator)
    mask = (torch.arange(8) < torch.tensor([8, 5, 2])[:, None]).long()
    batch = {"input_ids": ids, "attention_mask": mask}
    units = {"units": torch.arange(8).expand(3, 8)} if form in ("tagging", "characters") else {}
    ours = network.vectors(batch | units) if form == "characters" else network(batch | units)
    theirs = _outputs(batch, form, pooling, folder)
    seen = mask.bool() if units else slice(None)
    difference = (ours[seen] - theirs[seen]).abs().max() / ours[seen].abs().max()
    if not difference <= _TOLERANCE:
        raise UserError(
            f"encoder type {network.body.config.model_type}: transformers gives other outputs, by {difference:.1g} of "
            "the largest; this model cannot be exported exactly"
        )


def _outputs(batch: dict[str, Tensor], form: Form, pooling: str, folder: Path) -> Tensor:
    """Give what transformers computes, of the shape that the network gives."""
    if form == "characters":
        hidden: Tensor = AutoModel.from_pretrained(folder).eval()(**batch).last_hidden_state
        return hidden
    if form == "first":
        first: Tensor = AutoModelForSequenceClassification.from_pretrained(folder).eval()(**batch).logits
        return first[:, None]
    logits: Tensor = AutoModelForTokenClassification.from_pretrained(folder).eval()(**batch).logits
    if form == "tagging":
        return logits
    mask = batch["attention_mask"][:, :, None]
    return logits[:, :1] if pooling == "first" else ((logits * mask).sum(1) / mask.sum(1))[:, None]
