"""Computing without gradients: probabilities of rows, and the output of frozen layers, in batches of like length."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from regen.encoders.prefix import Kept, lower
from regen.estimators.encoder.choices import choice_loss
from regen.estimators.encoder.inputs import Collate, Inputs
from regen.estimators.encoder.network import Network, body_inputs
from regen.estimators.encoder.objectives import Objective
from regen.training.batches import sorted_batches
from regen.training.device import DTYPES, Hardware
from regen.training.loop import Collated

Probabilities = NDArray[np.float32]
BATCH_TOKENS = 4096
"""Most tokens of a batch that only predicts."""


@dataclass(frozen=True)
class Outputs:
    """What a network says of n rows.

    Attributes:
        probabilities: Of each row, shape (units + pairs, labels): those of its units, then those of its pairs. Of
            choices, which only together have probabilities, it is the logit, shape (1, 1).
        loss: Mean cross entropy over all targets, without smoothing; ``nan`` where labels are not given.
    """

    probabilities: list[Probabilities]
    loss: float


def predict_rows(
    network: Network, inputs: Inputs, collate: Collate, objective: Objective, hardware: Hardware
) -> Outputs:
    """Predict all rows; batches are sorted by length, the order of the rows is kept.

    Args:
        network: In evaluation mode, on the device.
        inputs: n rows.
        collate: Makes their batches.
        objective: What the logits are taken for.
        hardware: Device and precision.
    """
    counts, pairs = units_of(inputs).tolist(), inputs.pair_counts.tolist()
    found = [np.empty((0, 0), dtype=np.float32)] * len(counts)
    sums = [0.0, 0]

    def take(rows: list[int], batch: Collated, logits: Tensor) -> None:
        logits = logits.float()
        if "labels" in batch:
            sums[0] += float(objective.loss_sum(logits, batch, 0.0))
            sums[1] += int((batch["labels"] >= 0).sum())
        values = objective.probabilities(logits, batch).cpu().numpy()
        units = values.shape[1] - (batch["pairs"].shape[1] if "pairs" in batch else 0)
        for place, row in enumerate(rows):
            of_pairs = values[place, units : units + pairs[row]]
            found[row] = np.concatenate([values[place, : counts[row]], of_pairs])

    with torch.inference_mode():
        _for_batches(network, inputs, collate, hardware, network.forward, take)
    if inputs.choices is not None:
        return Outputs(found, choice_loss(found, inputs.choices))
    return Outputs(found, sums[0] / sums[1] if sums[1] else float("nan"))


def keep_frozen(network: Network, inputs: Inputs, collate: Collate, hardware: Hardware, layers: int) -> dict[str, Kept]:
    """Compute what frozen layers give for all rows.

    Args:
        network: In evaluation mode, on the device.
        inputs: n rows.
        collate: Makes their batches.
        hardware: Device and precision.
        layers: Frozen lower layers; 0 if the whole encoder is frozen.

    Returns:
        ``hidden`` of every piece, in the precision of the products that it goes into; or ``vectors`` of every unit.
    """
    kept = Kept(len(inputs.lengths))
    lengths = inputs.lengths if layers else units_of(inputs)
    dtype = DTYPES[hardware.precision] if layers else torch.float32

    def compute(batch: Collated) -> Tensor:
        return lower(network.body, layers, body_inputs(batch)) if layers else network.vectors(batch)

    def take(rows: list[int], _: Collated, values: Tensor) -> None:
        kept.keep(rows, values.to("cpu", dtype), lengths[rows].tolist())

    with torch.no_grad():
        _for_batches(network, inputs, collate, hardware, compute, take)
    return {"hidden" if layers else "vectors": kept}


def units_of(inputs: Inputs) -> NDArray[np.int64]:
    """Count the units of each row, shape (n,)."""
    return np.ones(len(inputs.lengths), dtype=np.int64) if inputs.units is None else inputs.units.lengths


def _for_batches(
    network: Network,
    inputs: Inputs,
    collate: Collate,
    hardware: Hardware,
    compute: Callable[[Collated], Tensor],
    take: Callable[[list[int], Collated, Tensor], None],
) -> None:
    dtype = DTYPES[hardware.precision]
    with _cast_once(network, dtype), torch.autocast(hardware.device, dtype, enabled=dtype != torch.float32):
        for batch in sorted_batches(inputs.lengths, BATCH_TOKENS):
            tensors = {name: values.to(hardware.device) for name, values in collate(batch).items()}
            take(batch.rows.tolist(), tensors, compute(tensors))


@contextmanager
def _cast_once(network: nn.Module, dtype: torch.dtype) -> Iterator[None]:
    """Hold the weights of linear layers in the precision of the products, which autocast would cast for each batch."""
    layers = [module for module in network.modules() if isinstance(module, nn.Linear)] if dtype != torch.float32 else []
    before = [(layer.weight.data, None if layer.bias is None else layer.bias.data) for layer in layers]
    for layer in layers:
        layer.weight.data = layer.weight.data.to(dtype)
        if layer.bias is not None:
            layer.bias.data = layer.bias.data.to(dtype)
    try:
        yield
    finally:
        for layer, (weight, bias) in zip(layers, before, strict=True):
            layer.weight.data = weight
            if bias is not None:
                layer.bias.data = bias
