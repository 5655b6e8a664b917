"""What options make of a training: the batches and their loss, the optimiser, and plug-ins of the loop."""

import json
from pathlib import Path
from typing import cast

import numpy as np
import torch

from regen.config.cell import CellConfig
from regen.encoders.prefix import layer_factors
from regen.errors import UserError
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import Data
from regen.estimators.encoder.inputs import IGNORED
from regen.estimators.encoder.losses import balanced_weights, make_loss
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.settings import Ema
from regen.estimators.encoder.tuning import AdaLora, Ia3, virtual_tokens
from regen.training import optimiser as optimisers
from regen.training.adversary import Adversary
from regen.training.averaging import Average, exponential, running
from regen.training.batches import Several, plan, widths
from regen.training.device import Hardware
from regen.training.events import Plugin
from regen.training.loop import Job

LABELLED = ("classification", "coreference", "keyword_match", "pair_classification", "tagging")
"""Task types in which the classes of the loss are the labels of the task."""


def check_options(config: CellConfig, options: Options, encoder: Path, hardware: Hardware) -> None:
    """Refuse options that the task type, the encoder or the hardware cannot follow."""
    cell = config.cell
    if options.head != "softmax" and config.task_type != "tagging":
        found = f"found '{options.head}', expected softmax, since it is a head for tags"
        raise UserError(f"cell {cell}: option 'head': {found}, in type {config.task_type}")
    if options.label_smoothing and config.task_type == "relation_extraction":
        found = f"found {options.label_smoothing}, expected 0, since tokens and pairs have labels of their own"
        raise UserError(f"cell {cell}: option 'label_smoothing': {found} in type relation_extraction")
    if options.class_weights and config.task_type not in LABELLED:
        found = f"found '{options.class_weights}', expected null, since classes are not labels of their own"
        raise UserError(f"cell {cell}: option 'class_weights': {found} in type {config.task_type}")
    if options.compile and hardware.device != "cuda":
        raise UserError(f"cell {cell}: option 'compile': found true on device {hardware.device}, expected CUDA")
    virtual = virtual_tokens(options.tuning)
    most = json.loads((encoder / "encoder.json").read_text(encoding="utf-8")).get("max_length")
    fitting = most_pieces(most, virtual) if most is not None else options.max_length
    if options.max_length > fitting:
        beside = f" beside the {virtual} virtual tokens of 'tuning'" if virtual else ""
        raise UserError(
            f"cell {cell}: option 'max_length': found {options.max_length}, expected at most {fitting}{beside}, "
            f"which is what encoder '{options.encoder}' takes"
        )


def most_pieces(most: int, virtual: int) -> int:
    """Give the most pieces of a row that fit, padded to a width of batches, beside virtual tokens into an encoder."""
    lengths = np.arange(1, most + 1)
    return int(lengths[widths(lengths) + virtual <= most].max(initial=0))


def make_job(network: Network, data: Data, setup: Setup, seed: int) -> Job:
    """Plan the batches of a repeat, and say what is made of them."""
    options, objective = setup.options, setup.adaptation_to(network).objective
    lengths, several, budget = data.train.lengths, None, options.batch_tokens
    if data.train.choices is not None:  # an example is as wide as its longest row, and all of its rows go together
        starts, counts = data.train.choices.starts[:-1], data.train.choices.counts
        several = Several(counts, np.add.reduceat(lengths, starts))
        lengths, budget = np.maximum.reduceat(lengths, starts), budget // int(counts.max())
    weights = None
    if options.class_weights is not None and data.train.labels is not None:
        weights = balanced_weights(data.train.labels, len(setup.labels)).to(next(network.parameters()).device)
    job = Job(
        network=network,
        plan=plan(lengths, options.epochs, budget, options.batch_examples, seed, options.training_tokens, several),
        collate=data.collate_train,
        loss=make_loss(objective, options, weights),
        targets=lambda batch: (batch["labels"] != IGNORED).sum().clamp(min=1),
    )
    if isinstance(options.tuning, AdaLora):
        from regen.estimators.encoder.ranks import with_orthogonality

        return with_orthogonality(job, network.body, options.tuning.orthogonality)
    return job


def make_optimiser(network: Network, options: Options, hardware: Hardware) -> torch.optim.Optimizer:
    """Make the optimiser over what trains."""
    head_rate = options.head_learning_rate or options.learning_rate
    factors = layer_factors(network.body, options.layer_decay) if options.layer_decay < 1 else None
    head = network.head.parameters()
    rates = options.learning_rate, head_rate
    undecayed: list[torch.nn.Parameter] = []
    if isinstance(options.tuning, Ia3):
        from regen.estimators.encoder.adapters import scales

        undecayed = scales(network.body)
    groups = optimisers.parameter_groups(network, head, *rates, options.weight_decay, factors, undecayed)
    return optimisers.make_optimiser(options.optimiser, groups, hardware.device, options.momentum)


def passes(options: Options) -> int:
    """Count how often each batch goes forward and backward: R-Drop compares two passes, an adversary adds its steps."""
    moved = 0 if options.adversary is None else getattr(options.adversary, "steps", 1)  # FGM's step has no number
    return (2 if options.r_drop else 1) * (1 + moved)


def training_plugins(network: Network, options: Options, steps: int) -> list[Plugin]:
    """Make the plug-ins that change how a network trains.

    Args:
        network: What trains.
        options: Options of the estimator.
        steps: Steps of the whole training.
    """
    plugins: list[Plugin] = []
    if isinstance(options.tuning, AdaLora):
        from regen.estimators.encoder.ranks import Ranks

        plugins.append(Ranks(network.body, options.tuning, steps))
    if options.adversary is not None:
        table = cast(torch.nn.Parameter, network.body.get_input_embeddings().weight)
        plugins.append(Adversary(table, **options.adversary.model_dump(exclude={"type"})))
    if isinstance(options.average, Ema):
        plugins.append(Average(exponential(options.average.decay)))
    elif options.average is not None:
        plugins.append(Average(running(int(options.average.start * steps))))
    return plugins
