"""A fitted cell's body as an encoder that other recipes start from."""

import json
from pathlib import Path

from regen.config.cell import repeat_name
from regen.config.derived import TransferConfig
from regen.encoders.derived import write_derived
from regen.encoders.manifest import MANIFEST, file_sha256, next_step
from regen.encoders.quiet import quiet_transformers
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.adapters import merge
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.tuning import Prefix, Prompt, PTuning


def transfer(config: TransferConfig, model: Path, base: Path, folder: Path) -> None:
    """Fill a folder with the body of one repeat; its head is left out.

    ``encoder.json`` names the cell and the sha256 of its checkpoint in ``made_from``, after the steps by which the
    base was made.

    Args:
        config: Which repeat of which cell.
        model: Folder of the cell's models.
        base: Folder of the encoder that they were fitted from.
        folder: An existing, empty folder.

    Raises:
        UserError: The repeat is not there, was fitted from another encoder, or has other weights than it.
    """
    checkpoint = model / repeat_name(config.seed, config.fold)
    facts = checkpoint / "facts.json"
    if not facts.is_file():
        raise UserError(f"encoder {config.encoder}: {checkpoint}: no such model; fit {config.cell} anew")
    if json.loads(facts.read_text(encoding="utf-8"))["encoder"] != file_sha256(base / MANIFEST):
        raise UserError(
            f"encoder {config.encoder}: {base} is not the encoder that {checkpoint} was fitted from; "
            f"fit {config.cell} anew"
        )
    step = {
        "how": "transfer",
        "task": config.cell.split(".")[0],
        "cell": config.cell,
        "seed": config.seed,
        "fold": config.fold,
        "checkpoint_sha256": file_sha256(checkpoint / "model.safetensors"),
    }
    with quiet_transformers():
        fitted = Model.load(checkpoint, Resources(encoder=base))
        tuning = fitted.setup.options.tuning
        if isinstance(tuning, Prefix | Prompt | PTuning):
            raise UserError(
                f"encoder {config.encoder}: {config.cell} is tuned with {tuning.type}, whose virtual tokens are "
                "no part of a body; take a cell with another tuning method, or none"
            )
        body = fitted.network.body
        merge(body)
    told = {"name": config.encoder, "licence": config.licence, "source": config.source}
    write_derived(folder, base, body, {**told, "made_from": next_step(base, step)})
