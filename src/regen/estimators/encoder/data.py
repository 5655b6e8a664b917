"""Train and dev as the network sees them, made once for all repeats of a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from regen.encoders.pieces import Pieces
from regen.encoders.prefix import Kept
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.choices import CollateChoices
from regen.estimators.encoder.inputs import Collate, Inputs, used_pieces
from regen.estimators.encoder.outputs import keep_frozen
from regen.training.batches import Batch, Ints
from regen.training.device import Hardware
from regen.training.loop import Collated
from regen.training.noise import Noise


@dataclass(frozen=True)
class Data:
    """Train and dev as rows; the same for every seed.

    Attributes:
        train: Rows of train.
        dev: Rows of dev.
        pieces: Sorted numbers of the pieces in use.
        taught: Those of train.
        collate_train: Makes batches of train.
        collate_dev: Makes batches of dev.
    """

    train: Inputs
    dev: Inputs
    pieces: Ints
    taught: Ints
    collate_train: Callable[[Batch], Collated]
    collate_dev: Collate


def shared_data(
    setup: Setup, train: pd.DataFrame, dev: pd.DataFrame, encoder: Path, hardware: Hardware, shared: dict[Any, Any]
) -> Data:
    """Tokenise once for all repeats that see the same rows, and run frozen layers once for each number of them."""
    options = setup.options
    seen = tuple(getattr(options, name) for name in ("max_length", "stride", "context", "characters", "head"))
    if ("rows", seen) not in shared:
        tokenizer = Pieces(encoder, words=setup.adaptation.words)
        parts = [setup.inputs(examples, tokenizer) for examples in (train, dev)]
        shared["rows", seen] = parts, tokenizer.padding
    rows, padding = shared["rows", seen]
    frozen = options.kept_layers
    key = ("data", seen, frozen, options.pooling if frozen == "all" else None, hardware)
    if key not in shared:
        pieces = used_pieces(*rows, always=[padding])
        kept: list[dict[str, Kept]] = [{}, {}]
        if frozen:
            network = setup.network(encoder, Noise(), seed=0, pieces=pieces).to(hardware.device).eval()
            layers = 0 if frozen == "all" else frozen
            kept = [keep_frozen(network, part, Collate(part, padding), hardware, layers) for part in rows]
        collates = [Collate(part, padding, known) for part, known in zip(rows, kept, strict=True)]
        together = rows[0].choices
        collate_train = collates[0] if together is None else CollateChoices(collates[0], together)
        shared[key] = Data(rows[0], rows[1], pieces, used_pieces(rows[0]), collate_train, collates[1])
    data: Data = shared[key]
    return data
