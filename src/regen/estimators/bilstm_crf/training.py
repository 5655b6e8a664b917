"""One repeat: from sentences to a trained network, and what a network says of sentences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from regen.config.cell import CellConfig
from regen.estimators.base import Predictions, Resources, token_lists
from regen.estimators.bilstm_crf.inputs import Sentences, Vocabulary
from regen.estimators.bilstm_crf.network import Network, loss_sum
from regen.estimators.bilstm_crf.options import Options
from regen.scoring.official import score_examples
from regen.training.batches import plan, sorted_batches
from regen.training.device import Hardware
from regen.training.loop import Collated, Job, Loop
from regen.training.noise import Noise
from regen.training.optimiser import make_optimiser, parameter_groups, schedule_factor
from regen.training.selection import Selection
from regen.training.session import fit_plugins, make_accelerator
from regen.training.views import operations_per_token

BATCH_TOKENS = 4096
"""Most tokens of a batch that only predicts."""


def read_sentences(examples: pd.DataFrame, vocabulary: Vocabulary, options: Options) -> Sentences:
    """Turn n examples into numbers; tags are taken along where they are given."""
    tags = token_lists(examples, "tags") if "tags" in examples else None
    return Sentences(token_lists(examples, "tokens"), tags, vocabulary, options.longest_word)


def train_network(
    network: Network,
    noise: Noise,
    train: Sentences,
    dev: pd.DataFrame,
    config: CellConfig,
    seed: int,
    hardware: Hardware,
    resources: Resources,
) -> Selection:
    """Train a network; without dev examples the last epoch's weights stay.

    Args:
        network: With its first weights, on the device.
        noise: The source of its dropout.
        train: Training sentences, with tags.
        dev: Dev examples, for the score after each epoch.
        config: The cell's effective config.
        seed: Seed of the repeat.
        hardware: Device and threads.
        resources: State, views, and who is told.

    Returns:
        The history of the training, with the best epoch.
    """
    options = Options(**config.options)
    held_out = read_sentences(dev, network.vocabulary, options)

    def evaluate() -> tuple[float, float]:
        if not len(dev):
            return 0.0, float("nan")
        predictions, loss = predict(network, held_out, hardware)
        return score_examples(config, dev, predictions.labels).value, loss

    job = Job(
        network=network,
        plan=plan(train.lengths, options.epochs, options.batch_tokens, None, seed, most_tokens=options.training_tokens),
        collate=train.collate,
        loss=lambda wrapped, batch: loss_sum(network.chain, wrapped(batch), batch)[0],
        targets=lambda batch: batch["lengths"].sum(),
    )
    keep, patience = (options.keep, options.patience) if len(dev) else ("last", None)
    selection = Selection(evaluate, keep, patience)
    groups = parameter_groups(network, [], options.learning_rate, options.learning_rate, options.weight_decay)
    factor = schedule_factor(options.schedule, job.plan.steps, options.warmup)
    workers = resources.machine.workers if resources.machine else 0
    title = f"{config.cell} seed {seed}"
    with fit_plugins(
        [selection], selection, title, hardware, operations_per_token(network), seed, resources
    ) as plugins:
        Loop(
            job,
            make_optimiser("adamw", groups, hardware.device),
            factor,
            make_accelerator(hardware),
            noise,
            seed,
            plugins=plugins,
            clip=options.clip,
            workers=workers,
        ).run()
    return selection


def predict(network: Network, sentences: Sentences, hardware: Hardware) -> tuple[Predictions, float]:
    """Give the most probable tags of each sentence with their probability, and the mean loss of a token.

    Args:
        network: In evaluation mode, on the device.
        sentences: n sentences.
        hardware: Device and threads.

    Returns:
        Predictions in the order of the sentences; the loss over sentences whose tags are all known, ``nan`` if none is.
    """
    names = np.array(network.vocabulary.tags, dtype=object)
    labels: list[list[str]] = [[] for _ in sentences.counts]
    scores, sums = np.zeros(len(labels)), [0.0, 0]

    def take(rows: NDArray[np.int64], batch: Collated, emissions: Tensor) -> None:
        if "tags" in batch:
            loss, tokens = loss_sum(network.chain, emissions, batch)
            sums[0] += float(loss)
            sums[1] += int(tokens)
        tags, found = network.chain.decode(emissions, batch["lengths"])
        scores[rows] = found.exp().cpu().numpy()
        for row, path in zip(rows.tolist(), names[tags.cpu().numpy()].tolist(), strict=True):
            labels[row] = path[: sentences.counts[row]]

    with torch.inference_mode():
        _for_batches(network, sentences, hardware, take)
    return Predictions(labels, scores), sums[0] / sums[1] if sums[1] else float("nan")


def marginals(network: Network, sentences: Sentences, hardware: Hardware) -> list[NDArray[np.float64]]:
    """Give the probability of each tag at each token of n sentences, each of shape (tokens, tags)."""
    found = [np.empty((0, len(network.vocabulary.tags)))] * len(sentences.counts)

    def take(rows: NDArray[np.int64], batch: Collated, emissions: Tensor) -> None:
        values = network.chain.marginals(emissions.double(), batch["lengths"]).cpu().numpy()
        for row, value in zip(rows.tolist(), values, strict=True):
            found[row] = value[: sentences.counts[row]]

    with torch.no_grad():
        _for_batches(network, sentences, hardware, take)
    return found


def _for_batches(
    network: Network,
    sentences: Sentences,
    hardware: Hardware,
    take: Callable[[NDArray[np.int64], Collated, Tensor], None],
) -> None:
    for batch in sorted_batches(sentences.lengths, BATCH_TOKENS):
        tensors = {name: values.to(hardware.device) for name, values in sentences.collate(batch).items()}
        take(batch.rows, tensors, network(tensors))


def training_facts(network: Network, selection: Selection, hardware: Hardware) -> dict[str, Any]:
    """Give what the record says of a trained network."""
    parameters = sum(value.numel() for value in network.parameters())
    return {
        "words": len(network.vocabulary.words),
        "characters": len(network.vocabulary.characters),
        "parameters": parameters,
        "trained_parameters": parameters,
        "steps": selection.history[-1]["step"],
        "tokens": selection.history[-1]["tokens"],
        "best_epoch": selection.best_epoch,
        "hardware": hardware.told(),
        "history": selection.history,
    }
