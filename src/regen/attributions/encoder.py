"""Answers of an encoder: integrated gradients on its embeddings.

Source: Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks, https://arxiv.org/abs/1703.01365;
computed by Captum. The baseline is the same row with the mask in place of every piece that is not special. The path
from it is a straight line in the space of the embeddings; its integral is taken by Gauss and Legendre's rule.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from regen.attributions.explanation import Explanation, Part, texts_of, token_of
from regen.config.cell import CellConfig
from regen.encoders.pieces import Pieces, plain_tokenizer
from regen.estimators.base import Labels, Resources, token_lists
from regen.estimators.encoder.inputs import Collate, Inputs
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.network import Network
from regen.training.batches import Batch
from regen.training.device import resolve_hardware

METHOD = "Integrated gradients on the embeddings, baseline: the mask"
LIBRARIES = ("captum",)
ORDERED = True
STEPS = 64
"""Points of the integral."""
_AT_ONCE = 16
"""Points that are computed together."""


class Target(NamedTuple):
    """The output that is explained: a logit of a unit of a row."""

    row: int
    unit: int
    label: int


def explain(
    model: Model, examples: pd.DataFrame, labels: Labels, config: CellConfig, resources: Resources
) -> list[Explanation]:
    """Explain the logit of each answer; of a sentence, that of one token's tag.

    Args:
        model: The fitted model.
        examples: n examples with their answers.
        labels: The model's n answers.
        config: The cell's effective config.
        resources: Folder of the encoder.
    """
    if resources.encoder is None:
        raise ValueError("an encoder's folder is needed")
    hardware = resolve_hardware("f32", model.facts()["hardware"]["threads"])
    network = model.network.to(hardware.device).eval()
    inputs = model.setup.inputs(examples.drop(columns=config.hidden), model.pieces)
    collate = Collate(inputs, model.pieces.padding)
    tokenizer = plain_tokenizer(resources.encoder)
    tagging = config.task_type == "tagging"
    golds = token_lists(examples, "tags") if tagging else [str(gold) for gold in examples[config.gold]]
    made = []
    for number, (example, gold, label) in enumerate(zip(examples.to_dict("records"), golds, labels, strict=True)):
        token = token_of(gold, label) if tagging else None
        answer, right = (str(label), str(gold)) if token is None else (label[token], gold[token])
        target = _target(inputs, number, token, answer, model.setup.labels)
        width = int(inputs.lengths[target.row])
        batch = collate(Batch(np.array([target.row]), width, width))
        tensors = {key: values.to(hardware.device) for key, values in batch.items()}
        values, output, baseline = integrated_gradients(network, tensors, target, model.pieces)
        ids = batch["input_ids"][0].tolist()
        parts = _parts([str(tokenizer.id_to_token(piece)) for piece in ids], ids, values, model.pieces)
        told = (str(example["id"]), right, answer, token, texts_of(example, config))
        made.append(Explanation(*told, output, baseline, tuple(parts)))
    return made


def integrated_gradients(
    network: Network, batch: dict[str, Tensor], target: Target, pieces: Pieces, steps: int = STEPS
) -> tuple[list[float], float, float]:
    """Give the share that each piece of a row has of one logit.

    Args:
        network: In evaluation mode.
        batch: A row, as ``Collate`` makes it: tensors of shape (1, …).
        target: The logit; its row is not looked at.
        pieces: Mask and special pieces.
        steps: Points of the integral.

    Returns:
        A value for each piece, the logit, and the logit of the baseline.
    """
    from captum.attr import LayerIntegratedGradients  # takes seconds to import, and may be missing

    names = [name for name in batch if name != "input_ids"]

    def logit(ids: Tensor, *others: Tensor) -> Tensor:
        logits: Tensor = network({"input_ids": ids, **dict(zip(names, others, strict=True))})
        return logits[:, target.unit, target.label].float()

    ids, others = batch["input_ids"], tuple(batch[name] for name in names)
    special = torch.isin(ids, torch.tensor(sorted(_special(pieces)), device=ids.device))
    empty = torch.where(special, ids, torch.full_like(ids, pieces.mask))
    method = LayerIntegratedGradients(logit, network.body.get_input_embeddings())
    shares = method.attribute(
        ids, baselines=empty, additional_forward_args=others, n_steps=steps, internal_batch_size=_AT_ONCE
    )
    with torch.inference_mode():
        output, baseline = (float(logit(row, *others)[0]) for row in (ids, empty))
    return shares.sum(-1)[0].tolist(), output, baseline


def _target(inputs: Inputs, number: int, token: int | None, answer: str, labels: Sequence[str]) -> Target:
    """Find the logit of an answer: of a text, of the right window of a sentence, or of the row of a choice."""
    if inputs.choices is not None:
        return Target(int(inputs.choices.starts[number]) + int(answer), 0, 0)
    rows = np.flatnonzero(inputs.owners == number)
    if token is None or inputs.units is None:
        return Target(int(rows[0]), 0, labels.index(answer))
    row = next(row for row in reversed(rows.tolist()) if inputs.firsts[row] <= token)
    return Target(row, token - int(inputs.firsts[row]), labels.index(answer))


def _special(pieces: Pieces) -> set[int]:
    template = pieces.template
    return {pieces.padding, *template.before, *template.between, *template.after, *template.last}


def _parts(texts: Sequence[str], ids: Sequence[int], values: Sequence[float], pieces: Pieces) -> list[Part]:
    """Tell special pieces, and the first text from the second; neighbouring special pieces part texts once."""
    special, parts, texts_seen, inside = _special(pieces), [], 0, False
    for text, piece, value in zip(texts, ids, values, strict=True):
        if piece in special:
            inside = False
            parts.append(Part(text, value, "special"))
            continue
        texts_seen += not inside
        inside = True
        parts.append(Part(text, value, "first text" if texts_seen == 1 else "second text"))
    return parts
