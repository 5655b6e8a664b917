"""One repeat: from examples to trained tensors."""

import gc
import hashlib
import os
from pathlib import Path
from typing import Any

import pandas as pd
from accelerate.utils import broadcast_object_list
from torch import Tensor

from regen.config.cell import CellConfig
from regen.encoders.body import CutEmbedding
from regen.encoders.manifest import made_from
from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import shared_data
from regen.estimators.encoder.inputs import Inputs
from regen.estimators.encoder.methods import check_options, make_job, make_optimiser, passes, training_plugins
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.scoring.official import score_examples
from regen.training.averaging import Average
from regen.training.device import Hardware, resolve_hardware, use
from regen.training.loop import Loop
from regen.training.noise import Noise
from regen.training.optimiser import schedule_factor
from regen.training.selection import Selection
from regen.training.session import fit_plugins, make_accelerator
from regen.training.views import operations_per_token

EMBEDDING_ROWS = "embedding_rows"
"""Name of the tensor that says which rows of the embedding are in a checkpoint."""


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
    check_options(config, options, encoder, hardware)
    use(hardware)
    accelerator = make_accelerator(hardware)
    data = shared_data(setup, train, dev, encoder, hardware, resources.shared)
    noise = Noise()
    network = setup.network(encoder, noise, seed, data.pieces, data.taught).to(hardware.device)
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
    own = [*training_plugins(network, options, job.plan.steps), selection]
    own += [plugin.back for plugin in own if isinstance(plugin, Average)]
    title, cost = f"{config.cell} seed {seed}", operations(network, options)
    with fit_plugins(own, selection, title, hardware, cost, seed, resources, first=first) as plugins:
        factor = schedule_factor(options.schedule, job.plan.steps, options.warmup, options.power)
        optimiser = make_optimiser(network, options, hardware)
        if hardware.precision == "f16":
            optimiser = accelerator.prepare_optimizer(optimiser)  # scales gradients, and skips steps that overflow
        workers = resources.machine.workers if resources.machine else 0
        Loop(
            job,
            optimiser,
            factor,
            accelerator,
            noise,
            seed,
            plugins=plugins,
            clip=options.clip,
            parts=options.accumulation,
            workers=workers,
        ).run()
    facts = _facts(network, encoder, selection, hardware, data.train)
    facts["operations"] = cost * int(facts["tokens"])
    facts["seen_share"] = round(job.plan.rows(int(facts["steps"])) / len(data.train.lengths), 4)
    return trained_tensors(network), facts


def encoder_folder(resources: Resources) -> Path:
    """Give the folder of the encoder, which the pipeline lends to every cell whose recipe names one."""
    if resources.encoder is None:
        raise ValueError("an encoder's folder is needed")
    return resources.encoder


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


def operations(network: Network, options: Options) -> int:
    """Count the operations of a training step for each token, in all passes over its batch."""
    once = operations_per_token(
        network.body,
        below=network.tokens is not None,
        kept=options.kept_layers != 0,
        again=options.checkpointing,
    )
    return once * passes(options)


def _facts(network: Network, encoder: Path, selection: Selection, hardware: Hardware, train: Inputs) -> dict[str, Any]:
    embedding = network.body.get_input_embeddings()
    left_out = (network.body.config.vocab_size - embedding.num_embeddings) * embedding.embedding_dim
    return {
        "encoder": hashlib.sha256((encoder / "encoder.json").read_bytes()).hexdigest(),
        **({"made_from": steps} if (steps := made_from(encoder)) else {}),
        "parameters": left_out + sum(value.numel() for value in network.parameters()),
        "trained_parameters": sum(value.numel() for value in network.parameters() if value.requires_grad),
        "steps": selection.history[-1]["step"],
        "tokens": selection.history[-1]["tokens"],
        "best_epoch": selection.best_epoch,
        "truncated_in_train": train.truncated_share,
        "hardware": hardware.told(),
        "history": selection.history,
    }
