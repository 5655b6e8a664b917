"""From a body that was trained here to the folder of a new encoder."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedModel

from regen.encoders.body import CutEmbedding
from regen.encoders.manifest import MANIFEST, read_manifest, write_manifest
from regen.encoders.weights import WEIGHTS
from regen.errors import UserError

_POOLER = "pooler."


def write_derived(folder: Path, base: Path, body: PreTrainedModel, told: Mapping[str, Any]) -> None:
    """Fill a folder with an encoder in the layout of an imported one: config and tokenizer are those of the base.

    Args:
        folder: An existing, empty folder.
        base: Folder of the encoder that the body started from.
        body: The body, its embedding cut or not.
        told: What ``encoder.json`` says of it; ``max_length`` is that of the base.

    Raises:
        UserError: The body has other weights than the base, as those that some adaptations add.
    """
    pretrained = {name: value for name, value in load_file(base / WEIGHTS).items() if not name.startswith(_POOLER)}
    weights = _whole_weights(body, pretrained)
    odd = sorted(weights.keys() ^ pretrained.keys())
    if odd:
        raise UserError(
            f"encoder {told['name']}: found {odd[0]} (of {len(odd)}) in one of {base} and the model trained from it, "
            "expected the same weights in both; merge what was added to the model, or take one that adds nothing"
        )
    for path in base.iterdir():
        if path.name not in (WEIGHTS, MANIFEST):
            shutil.copyfile(path, folder / path.name)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    length = {key: value for key, value in read_manifest(base).items() if key == "max_length"}
    write_manifest(folder, {**told, **length})


def _whole_weights(body: PreTrainedModel, pretrained: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the weights under the names of ``AutoModel``; rows that a cut embedding lacks are the pretrained ones."""
    weights = {name: value.detach().cpu().contiguous() for name, value in body.state_dict().items()}
    embedding = body.get_input_embeddings()
    if isinstance(embedding, CutEmbedding):
        (name,) = (name for name, value in body.named_parameters() if value is embedding.weight)
        whole = pretrained[name].to(torch.float32, copy=True)
        whole[embedding.rows.cpu()] = weights[name]
        weights[name] = whole
    return weights
