"""Weights of a transformers folder, under the names that AutoModel gives them, as 32-bit floats."""

import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from regen.encoders.quiet import quiet_transformers
from regen.encoders.tokenizer import TOKENIZER_FILES, read_json
from regen.encoders.unusable import UnusableError
from regen.sources.unavailable import one_line

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def wanted_files(names: Collection[str]) -> list[str]:
    """Choose the files of a transformers folder that an encoder is made from.

    Raises:
        UnusableError: The config, the weights or the tokenizer are lacking, or the weights are pickled.
    """
    if CONFIG not in names:
        raise UnusableError(f"no {CONFIG} in it: not a transformers folder")
    tokenizer = [name for name in TOKENIZER_FILES if name in names]
    if not tokenizer:
        raise UnusableError("no tokenizer in it; expected tokenizer.json or a vocabulary")
    if WEIGHTS in names:
        return [CONFIG, WEIGHTS, *tokenizer]
    if INDEX in names:
        return [CONFIG, INDEX, *sorted(filter(_SHARD.fullmatch, names)), *tokenizer]
    pickled = sorted(name for name in names if name.endswith(_PICKLED))
    if pickled:
        raise UnusableError(
            f"only pickled weights ({pickled[0]}), which may run code when they are read; on a machine where you trust "
            "them, AutoModel.from_pretrained(…).save_pretrained(FOLDER) writes safe ones, the tokenizer likewise: then "
            "name that folder with 'folder'"
        )
    raise UnusableError(f"no weights in it; expected {WEIGHTS}, or {INDEX} with its parts")


def import_weights(found: Path, target: Path) -> None:
    """Write config.json as published, and model.safetensors.

    Args:
        found: Folder of the published files.
        target: The folder to write to.

    Raises:
        UnusableError: The config names other code, or config and weights do not fit each other.
    """
    read_json(found / CONFIG)
    if (found / INDEX).is_file():
        _check_shards(found)
    weights = _weights(found)
    shutil.copyfile(found / CONFIG, target / CONFIG)

    from safetensors.torch import save_file

    save_file(weights, target / WEIGHTS, metadata={"format": "pt"})


def _check_shards(found: Path) -> None:
    parts = read_json(found / INDEX).get("weight_map")
    if not isinstance(parts, dict) or not parts:
        raise UnusableError(f"{INDEX}: no 'weight_map' in it; fetch it again")
    lacking = sorted({str(part) for part in parts.values()} - {path.name for path in found.iterdir()})
    if lacking:
        raise UnusableError(f"{INDEX}: names {lacking[0]}, which is not there; add it")


def _weights(found: Path) -> dict[str, Any]:
    """Give the weights that are in the files: what a model draws at random is none."""
    model, missing, unexpected = _loaded(found)
    lacking = [name for name in missing if not name.startswith("pooler.")]
    if lacking:
        raise UnusableError(f"{CONFIG} asks for {lacking[0]} (of {len(lacking)}), which no weights are for")
    prefixes = ("", f"{model.base_model_prefix}.")
    parts = tuple(f"{prefix}{name}." for name, _ in model.named_children() for prefix in prefixes)
    further = [name for name in unexpected if name.startswith(parts)]  # the rest is a head
    if further:
        raise UnusableError(f"the weights hold {further[0]} (of {len(further)}), which {CONFIG} has no place for")
    return {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name not in missing}


def _loaded(found: Path) -> tuple[Any, list[str], list[str]]:
    """Load a model; give the names that the files lack, and those that the model has no place for."""
    import torch
    from transformers import AutoModel

    with quiet_transformers():
        try:
            model, told = AutoModel.from_pretrained(
                found,
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
        except Exception as error:  # the library raises many kinds
            raise UnusableError(one_line(f"transformers cannot load the model: {error}")) from error
    return model, sorted(told["missing_keys"]), sorted(told["unexpected_keys"])
