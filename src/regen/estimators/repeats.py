"""Repeats that survive: a finished one is not fitted again, an interrupted one goes on."""

import hashlib
import json
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from regen.config.augmentation import augmentation_modules
from regen.config.cell import CellConfig, repeat_name
from regen.config.machine import Machine
from regen.config.recipe import estimator_modules
from regen.estimators.augmented import augmentation_key, fit_on_all
from regen.estimators.base import Fitted, Resources, estimator_class
from regen.estimators.folds import split_folds
from regen.io.atomic import replacing
from regen.lineage.closure import code_digest

logger = logging.getLogger(__name__)
_STAGE = "regen.pipelines.fit.nodes"


def fit_repeats(
    train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, machine: Machine, resources: Resources
) -> dict[str, Fitted | Path]:
    """Fit every repeat of a cell: each seed on each fold, with the train and dev examples of that fold alone.

    Args:
        train: Training examples; of all folds, where there are folds.
        dev: Dev examples, likewise.
        config: The cell's effective config.
        machine: Where the state and the lock file are.
        resources: What the machine lends.

    Returns:
        ``repeat-s<seed>-f<fold>`` -> the model; or, of estimators that keep state, the folder that holds it.
    """
    made: dict[str, Fitted | Path] = {}
    held = split_folds(dev)
    for fold, examples in split_folds(train).items():
        used = examples.head(config.train_examples) if config.train_examples else examples
        lent = resources
        if len(held) > 1:
            logger.info("%s: fold %d of %d", config.cell, fold, len(held))
            # What repeats share was computed from the examples of one fold.
            views = resources.views / f"fold-{fold}" if resources.views else None
            lent = replace(resources, shared={}, views=views)
        for seed in config.seeds:
            made[repeat_name(seed, fold)] = fit_repeat(used, held[fold], config, seed, machine, lent)
    return made


def fit_repeat(
    train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, machine: Machine, resources: Resources
) -> Fitted | Path:
    """Fit one repeat, go on with one that was interrupted, or find the finished one."""
    cls = estimator_class(config.estimator)
    if not cls.keeps_state:
        return fit_on_all(cls, train, dev, config, seed, machine, resources)
    folder = repeat_folder(train, dev, config, seed, resources.encoder, machine)
    finished = folder / "model"
    if finished.is_dir():
        logger.info("%s seed %d: finished before with the same config, data, code and libraries", config.cell, seed)
        return finished
    write_model(fit_on_all(cls, train, dev, config, seed, machine, replace(resources, state=folder)), finished)
    for path in folder.glob("*.safetensors"):
        path.unlink()
    return finished


def repeat_folder(
    train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, encoder: Path | None, machine: Machine
) -> Path:
    """Give the folder where a repeat keeps its state and, once finished, its model."""
    return machine.state / "fit" / repeat_key(train, dev, config, seed, encoder, machine)


def repeat_key(
    train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, encoder: Path | None, machine: Machine
) -> str:
    """Name a repeat by all that decides its bytes but the hardware; not by other seeds or how settings were chosen."""
    told = {
        "config": {**config.model_dump(mode="json", exclude={"selection"}), "seeds": [seed]},
        "train": table_digest(train),
        "dev": table_digest(dev),
        "code": code_digest([_STAGE, *estimator_modules(config.estimator), *augmentation_modules(config.augmentation)]),
        "lock": file_digest(machine.project / "requirements.lock"),
        "encoder": file_digest(encoder / "encoder.json") if encoder else None,
        **augmentation_key(config, machine),
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return f"{config.cell}-s{seed}-{digest[:16]}"


def write_model(model: Fitted, folder: Path) -> None:
    """Write a model and its facts into a folder that appears whole."""
    with replacing(folder) as new:
        new.mkdir()
        model.save(new)
        (new / "facts.json").write_text(json.dumps(model.facts(), indent=1) + "\n", encoding="utf-8")


def hand_over(folder: Path, target: Path) -> None:
    """Put a finished repeat into another folder, without a second copy of its bytes where the file system can."""
    shutil.copytree(folder, target, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def file_digest(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def table_digest(table: pd.DataFrame) -> str:
    """Hash the values of a table, not its index or the library's notes on it."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    return hashlib.sha256(sink.getvalue()).hexdigest()
