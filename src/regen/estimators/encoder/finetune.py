"""One repeat: from examples to trained tensors."""

import gc
import hashlib
import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import broadcast_object_list
from torch import Tensor

from regen.config.cell import CellConfig
from regen.config.machine import Telemetry
from regen.encoders.body import CutEmbedding
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import Data, shared_data
from regen.estimators.encoder.inputs import IGNORED, Inputs
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.scoring.official import score_examples
from regen.training.batches import Several, plan
from regen.training.device import Hardware, resolve_hardware, use
from regen.training.events import Plugin
from regen.training.loop import Job, Loop
from regen.training.noise import Noise
from regen.training.optimiser import adamw, parameter_groups, schedule_factor
from regen.training.reporting import Reporting
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest, heeding_signals
from regen.training.views import operations_per_token, watching

EMBEDDING_ROWS = "embedding_rows"
"""Name of the tensor that says which rows of the embedding are in a checkpoint."""
_STEPS_BETWEEN_STATES = 200
MIXED = {"f32": "no", "bf16": "bf16", "f16": "fp16"}


def finetune(
    setup: Setup,
    train: pd.DataFrame,
    dev: pd.DataFrame,
    config: CellConfig,
    seed: int,
    resources: Resources,
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Fine-tune one repeat, or do this process's part of one.

    Args:
        setup: Options, task type and labels.
        train: Training examples.
        dev: Dev examples, for the score after each epoch.
        config: The cell's effective config.
        seed: Seed of the repeat.
        resources: The encoder, state, views, and what repeats share.

    Returns:
        The trained tensors, and what the record says of them.
    """
    gc.collect()  # networks of repeats before this one are parts of cycles
    options, encoder = setup.options, encoder_folder(resources)
    processes, first = int(os.environ.get("WORLD_SIZE", "1")), os.environ.get("RANK", "0") == "0"
    hardware = resolve_hardware(options.precision, options.threads, processes)
    _check(config, options, encoder, hardware)
    use(hardware)
    accelerator = make_accelerator(hardware)
    data = shared_data(setup, train, dev, encoder, hardware, resources.shared)
    noise = Noise()
    network = setup.network(encoder, noise, seed, data.pieces).to(hardware.device)
    if options.compile:
        network.compile(dynamic=True)
    job = make_job(network, data, setup, seed)

    def evaluate() -> tuple[float, float]:
        predictions, loss = setup.answers(network, dev, data.dev, data.collate_dev, hardware)
        found = [score_examples(config, dev, predictions.labels).value, loss]
        if processes > 1:  # all processes must decide alike
            broadcast_object_list(found)
        return found[0], found[1]

    selection = Selection(evaluate, options.keep, options.patience)
    with heeding_signals() if resources.state else nullcontext(StopRequest()) as request:
        plugins: list[Plugin] = [selection]
        if first:
            telemetry = resources.machine.telemetry if resources.machine else Telemetry()
            title = f"{config.cell} seed {seed}"
            plugins += watching(title, hardware, network.body, seed, resources.views, telemetry)
        keeper = None
        if resources.state is not None:
            path = resources.state / "training.safetensors"
            keeper = KeepState(path, _STEPS_BETWEEN_STATES, hardware.told(), request, writes=first)
            plugins.append(keeper)
        if resources.told is not None:
            plugins.append(Reporting(selection, keeper, resources.told, resources.pause_tokens))
        factor = schedule_factor(options.schedule, job.plan.steps, options.warmup)
        optimiser = make_optimiser(network, options, hardware)
        if hardware.precision == "f16":
            optimiser = accelerator.prepare_optimizer(optimiser)  # scales gradients, and skips steps that overflow
        workers = resources.machine.workers if resources.machine else 0
        loop = Loop(
            job, optimiser, factor, accelerator, noise, seed, plugins=plugins, clip=options.clip, workers=workers
        )
        loop.run()
    return trained_tensors(network), _facts(network, encoder, selection, hardware, data.train)


def _check(config: CellConfig, options: Options, encoder: Path, hardware: Hardware) -> None:
    """Refuse options that the task type, the encoder or the hardware cannot follow."""
    cell = config.cell
    if options.label_smoothing and config.task_type == "relation_extraction":
        found = f"found {options.label_smoothing}, expected 0, since tokens and pairs have labels of their own"
        raise UserError(f"cell {cell}: option 'label_smoothing': {found} in type relation_extraction")
    if options.compile and hardware.device != "cuda":
        raise UserError(f"cell {cell}: option 'compile': found true on device {hardware.device}, expected CUDA")
    most = json.loads((encoder / "encoder.json").read_text(encoding="utf-8")).get("max_length", options.max_length)
    if options.max_length > most:
        raise UserError(
            f"cell {cell}: option 'max_length': found {options.max_length}, expected at most {most}, which is what "
            f"encoder '{options.encoder}' takes"
        )


def make_optimiser(network: Network, options: Options, hardware: Hardware) -> torch.optim.Optimizer:
    """Make AdamW over what trains."""
    head_rate = options.head_learning_rate or options.learning_rate
    head = network.head.parameters()
    groups = parameter_groups(network, head, options.learning_rate, head_rate, options.weight_decay)
    return adamw(groups, hardware.device)


def encoder_folder(resources: Resources) -> Path:
    """Give the folder of the encoder, which the pipeline lends to every cell whose recipe names one."""
    if resources.encoder is None:
        raise ValueError("an encoder's folder is needed")
    return resources.encoder


def make_job(network: Network, data: Data, setup: Setup, seed: int) -> Job:
    """Plan the batches of a repeat, and say what is made of them."""
    options, objective = setup.options, setup.adaptation.objective
    lengths, several, budget = data.train.lengths, None, options.batch_tokens
    if data.train.choices is not None:  # an example is as wide as its longest row, and all of its rows go together
        starts, counts = data.train.choices.starts[:-1], data.train.choices.counts
        several = Several(counts, np.add.reduceat(lengths, starts))
        lengths, budget = np.maximum.reduceat(lengths, starts), budget // int(counts.max())
    return Job(
        network=network,
        plan=plan(lengths, options.epochs, budget, options.batch_examples, seed, options.training_tokens, several),
        collate=data.collate_train,
        loss=lambda wrapped, batch: objective.loss_sum(wrapped(batch), batch, options.label_smoothing),
        targets=lambda batch: (batch["labels"] != IGNORED).sum().clamp(min=1),
    )


def make_accelerator(hardware: Hardware) -> Accelerator:
    """Make an accelerator; repeats of one process may differ in precision, so nothing is left of the one before."""
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(cpu=hardware.device == "cpu", mixed_precision=MIXED[hardware.precision])


def trained_tensors(network: Network) -> dict[str, Tensor]:
    """Give the tensors that training changed, and the numbers of the embedding rows among them."""
    tensors = {
        name: value.detach().to("cpu", copy=True).contiguous()
        for name, value in network.named_parameters()
        if value.requires_grad
    }
    embedding = network.body.get_input_embeddings()
    if isinstance(embedding, CutEmbedding) and embedding.weight.requires_grad:
        tensors[EMBEDDING_ROWS] = embedding.rows.cpu()
    return tensors


def _facts(network: Network, encoder: Path, selection: Selection, hardware: Hardware, train: Inputs) -> dict[str, Any]:
    embedding = network.body.get_input_embeddings()
    left_out = (network.body.config.vocab_size - embedding.num_embeddings) * embedding.embedding_dim
    return {
        "encoder": hashlib.sha256((encoder / "encoder.json").read_bytes()).hexdigest(),
        "parameters": left_out + sum(value.numel() for value in network.parameters()),
        "trained_parameters": sum(value.numel() for value in network.parameters() if value.requires_grad),
        "steps": selection.history[-1]["step"],
        "tokens": selection.history[-1]["tokens"],
        "operations": operations_per_token(network.body) * int(selection.history[-1]["tokens"]),
        "best_epoch": selection.best_epoch,
        "truncated_in_train": train.truncated_share,
        "hardware": hardware.told(),
        "history": selection.history,
    }
