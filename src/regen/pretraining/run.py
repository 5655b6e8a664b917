"""Masked language modelling on a task's text, from an encoder to an encoder."""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from regen.config.derived import PretrainConfig, PretrainingSpec
from regen.config.machine import Machine
from regen.encoders.body import cut_embedding, load_body
from regen.encoders.derived import write_derived
from regen.encoders.manifest import MANIFEST, file_sha256, next_step, read_manifest
from regen.encoders.pieces import Pieces
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.lineage.closure import code_digest
from regen.pretraining.corpus import Corpus, distinct_texts, make_corpus
from regen.pretraining.masking import CollateMasked, Vocabulary, masked_plan, of_epoch
from regen.pretraining.network import MaskedModel, loss_sum
from regen.training.batches import Ints, sorted_batches
from regen.training.device import DTYPES, Hardware, resolve_hardware, use
from regen.training.events import Plugin
from regen.training.loop import Job, Loop
from regen.training.noise import Noise
from regen.training.optimiser import make_optimiser, parameter_groups, schedule_factor
from regen.training.selection import Selection
from regen.training.session import fit_plugins, make_accelerator
from regen.training.views import operations_per_token

logger = logging.getLogger(__name__)
_STAGE = "regen.pipelines.pretrain.nodes"
_PREDICTED_TOKENS = 4096
_TRAIN, _HELD_OUT = 0, 1
"""Second number of the key of masks: texts that are learned from and those that are held out are masked apart."""


def pretrain(
    config: PretrainConfig,
    machine: Machine,
    base: Path,
    tables: Mapping[str, pd.DataFrame],
    scored: Collection[str],
) -> Callable[[Path], None]:
    """Pretrain an encoder further; a training that was interrupted goes on.

    Gururangan et al. 2020 ("Don't Stop Pretraining") call it task-adaptive. The embedding is cut to the pieces of the
    corpus, and the softmax is over these; all other rows stay as they are.

    Args:
        config: How, and what of.
        machine: Where the state and the lock file are.
        base: Folder of the encoder to start from.
        tables: Split -> examples.
        scored: Ids of the rows of ``unlabeled`` that a test split holds, too; they are left out.

    Returns:
        A function that fills an empty folder with the encoder.

    Raises:
        UserError: The encoder takes fewer pieces than a row has, or there is not enough text.
    """
    how = config.how
    most = read_manifest(base).get("max_length", how.max_length)
    if how.max_length > most:
        raise UserError(
            f"encoder {config.encoder}: pretraining.max_length: found {how.max_length}, expected at most {most}, which "
            f"is what encoder '{how.encoder}' takes"
        )
    texts = distinct_texts(tables, config.task_type, config.language, scored)
    pieces = Pieces(base)
    try:
        corpus = make_corpus(texts, pieces, how.max_length, how.held_out, how.seed)
    except UserError as error:
        raise UserError(f"encoder {config.encoder}: pretraining.splits: {error}") from None
    state = machine.state / "pretrain" / _key(config, texts, base, machine)
    hardware = resolve_hardware(how.precision, how.threads)
    use(hardware)
    network, facts = _train(config, machine, base, corpus, pieces, hardware, state)
    step = {"how": "pretraining", "task": how.task, "splits": list(how.splits)}
    step |= {key: facts[key] for key in ("texts", "tokens", "loss_before", "loss_after")}
    told = {
        "name": config.encoder,
        "licence": config.licence,
        "source": config.source,
        "made_from": next_step(base, step),
        "pretraining": {**how.model_dump(mode="json"), **facts},
    }
    return partial(_write, network, base, told, state)


def _write(network: MaskedModel, base: Path, told: Mapping[str, Any], state: Path, folder: Path) -> None:
    write_derived(folder, base, network.body, told)
    shutil.rmtree(state, ignore_errors=True)


def _train(
    config: PretrainConfig,
    machine: Machine,
    base: Path,
    corpus: Corpus,
    pieces: Pieces,
    hardware: Hardware,
    state: Path,
) -> tuple[MaskedModel, dict[str, Any]]:
    """Train, and give the network and what is told of its training."""
    how, noise = config.how, Noise()
    frame = pieces.template.single([])
    special = sorted({*frame, pieces.padding, pieces.unknown, pieces.mask})
    vocabulary = Vocabulary.of(corpus.used, special, pieces.mask)
    network = _network(base, vocabulary, noise, how.seed).to(hardware.device)
    collates = [
        CollateMasked(rows, vocabulary, pieces.padding, how.mask_share, (how.seed, part))
        for part, rows in ((_TRAIN, corpus.train), (_HELD_OUT, corpus.held_out))
    ]
    planned = masked_plan(corpus.train.lengths, how.epochs, how.batch_tokens, how.seed, how.training_tokens)
    job = Job(network, planned, collates[_TRAIN], loss_sum, lambda batch: (batch["labels"] >= 0).sum().clamp(min=1))  # type: ignore[arg-type]  # its batches know their epoch
    evaluate = partial(_evaluate, network, collates[_HELD_OUT], corpus.held_out.lengths, hardware)
    accuracy, loss = evaluate()
    selection = Selection(evaluate, "last", None)
    views = machine.state.parent / "08_reporting" / "telemetry" / how.task / config.encoder / "training"
    resources, operations = Resources(state=state, machine=machine, views=views), operations_per_token(network.body)
    title = f"encoder {config.encoder}"
    with fit_plugins([selection], selection, title, hardware, operations, how.seed, resources) as plugins:
        _loop(job, how, hardware, noise, plugins, machine.workers).run()
    logger.info("encoder %s: held-out loss %.3f → %.3f", config.encoder, loss, selection.history[-1]["dev_loss"])
    return network, _facts(corpus, vocabulary, selection, (accuracy, loss), hardware)


def _network(base: Path, vocabulary: Vocabulary, noise: Noise, seed: int) -> MaskedModel:
    body = load_body(base, noise)
    embedding = cut_embedding(body, vocabulary.used)
    torch.manual_seed(seed)
    return MaskedModel(body, embedding)


def _loop(
    job: Job, how: PretrainingSpec, hardware: Hardware, noise: Noise, plugins: list[Plugin], workers: int
) -> Loop:
    groups = parameter_groups(job.network, [], how.learning_rate, how.learning_rate, how.weight_decay)
    accelerator, optimiser = make_accelerator(hardware), make_optimiser("adamw", groups, hardware.device)
    if hardware.precision == "f16":
        optimiser = accelerator.prepare_optimizer(optimiser)  # scales gradients, and skips steps that overflow
    factor = schedule_factor("linear", job.plan.steps, how.warmup)
    return Loop(job, optimiser, factor, accelerator, noise, how.seed, plugins=plugins, clip=how.clip, workers=workers)


def _evaluate(network: MaskedModel, collate: CollateMasked, lengths: Ints, hardware: Hardware) -> tuple[float, float]:
    """Give accuracy and mean cross entropy on the pieces that are asked for, the same ones each time."""
    dtype, right, loss, count = DTYPES[hardware.precision], 0, 0.0, 0
    network.eval()
    with torch.inference_mode(), torch.autocast(hardware.device, dtype, enabled=dtype != torch.float32):
        for batch in sorted_batches(lengths, _PREDICTED_TOKENS):
            tensors = {name: values.to(hardware.device) for name, values in collate(of_epoch(batch, 0)).items()}
            logits, labels = network(tensors)
            loss += float(torch.nn.functional.cross_entropy(logits, labels, reduction="sum"))
            right += int((logits.argmax(-1) == labels).sum())
            count += len(labels)
    return right / max(1, count), loss / max(1, count)


def _facts(
    corpus: Corpus, vocabulary: Vocabulary, selection: Selection, before: tuple[float, float], hardware: Hardware
) -> dict[str, Any]:
    """Give what is told of a training; nothing that two equal ones may differ in."""
    last = selection.history[-1]
    return {
        "texts": corpus.texts,
        "held_out_texts": corpus.held_out_texts,
        "pieces": len(vocabulary.used),
        "tokens": last["tokens"],
        "steps": last["step"],
        "loss_before": before[1],
        "loss_after": last["dev_loss"],
        "accuracy_before": before[0],
        "accuracy_after": last["dev_score"],
        "history": [
            {"epoch": row["epoch"], "train_loss": row["train_loss"], "held_out_loss": row["dev_loss"]}
            for row in selection.history
        ],
        "hardware": hardware.told(),
    }


def _key(config: PretrainConfig, texts: list[str], base: Path, machine: Machine) -> str:
    """Name a training by all that decides its bytes but the hardware."""
    told = {
        "config": config.model_dump(mode="json", exclude={"licence", "source"}),
        "texts": hashlib.sha256("\x1e".join(texts).encode()).hexdigest(),
        "code": code_digest([_STAGE]),
        "lock": file_sha256(machine.project / "requirements.lock"),
        "base": file_sha256(base / MANIFEST),
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return f"{config.encoder}-{digest[:16]}"
