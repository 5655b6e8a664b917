"""What an export starts from: a record, a checkpoint and an encoder that belong together."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from regen.config.cell import repeat_name
from regen.config.encoder import EncoderSpec
from regen.config.load import Specs
from regen.config.task import TaskSpec
from regen.errors import UserError
from regen.reporting.format import Record, commands

EXPORTED = frozenset({"classification", "keyword_match", "pair_classification", "tagging"})
"""Task types for whose heads transformers has a class; that of coreference reads the vectors of spans."""


@dataclass(frozen=True)
class Found:
    """One fitted repeat of a cell.

    Attributes:
        record: The cell's record.
        seed: Seed of the repeat.
        fold: Its fold; 0 where there are no folds.
        best: Whether no repeat of the cell is better on dev.
        checkpoint: Folder of the repeat.
        encoder: Folder of the imported encoder.
        manifest: Its ``encoder.json``.
        task_spec: The task's spec.
        encoder_spec: The encoder's spec; ``None`` where the environment has none.
        majority: Record of the task's majority baseline, if there is one.
    """

    record: Record
    seed: int
    fold: int
    best: bool
    checkpoint: Path
    encoder: Path
    manifest: dict[str, Any]
    task_spec: TaskSpec
    encoder_spec: EncoderSpec | None
    majority: Record | None

    @property
    def name(self) -> str:
        """Name of the model: task, recipe, seed, and fold where there are folds."""
        return f"{self.record['task']}-{self.record['recipe']}-{self.repeat}"

    @property
    def repeat(self) -> str:
        """Name of the repeat: ``s0``, or ``s0-f3`` where there are folds."""
        return f"s{self.seed}-f{self.fold}" if self.in_folds else f"s{self.seed}"

    @property
    def in_folds(self) -> bool:
        """Whether the cell was fitted on several folds."""
        return len({one["fold"] for one in self.repeats("dev")}) > 1

    @property
    def place(self) -> int:
        """Place of the repeat among those of the record."""
        return [(one["seed"], one["fold"]) for one in self.repeats("dev")].index((self.seed, self.fold))

    def repeats(self, split: str) -> list[dict[str, Any]]:
        """Scores of all repeats on a split."""
        listed: list[dict[str, Any]] = self.record["scores"][split]["repeats"]
        return listed


def find(cell: str, seed: int | None, data: Path, specs: Specs, fold: int | None = None) -> Found:
    """Find the parts of a repeat, and see that they belong together.

    Args:
        cell: ``task.recipe``.
        seed: Seed of the repeat; ``None`` for the best on dev, of equal ones the first.
        data: The project's data folder.
        specs: The project's specs.
        fold: Fold of the repeat; ``None`` likewise.

    Raises:
        UserError: The cell is unknown, not made here, made anew since, not fine-tuned, or of a task type whose heads
            transformers has no class for.
    """
    task, _, recipe = cell.partition(".")
    if task not in specs.tasks or recipe not in specs.recipes:
        known = ", ".join(name for name in specs.cells if specs.config(name).encoder) or "none with an encoder"
        raise UserError(f"cell {cell}: there is no such task or recipe; the suites have {known}")
    record = _record(cell, data, specs)
    name = record["config"]["options"].get("encoder")
    if name is None:
        raise UserError(f"cell {cell}: {recipe} has no transformers form; only cells with an encoder can be exported")
    if record["config"]["task_type"] not in EXPORTED:
        raise UserError(
            f"cell {cell}: a model for task type {record['config']['task_type']} has no transformers form; only those "
            f"for {', '.join(sorted(EXPORTED))} can be exported"
        )
    repeats = record["scores"]["dev"]["repeats"]
    chosen = _choose(cell, repeats, seed, fold)
    checkpoint = data / "06_models" / task / recipe / "fit" / repeat_name(chosen["seed"], chosen["fold"])
    encoder = data / "02_intermediate" / "encoders" / name
    _check(record, checkpoint, encoder, repeats.index(chosen))
    return Found(
        record=record,
        seed=chosen["seed"],
        fold=chosen["fold"],
        best=chosen["value"] == max(repeat["value"] for repeat in repeats),
        checkpoint=checkpoint,
        encoder=encoder,
        manifest=_read(encoder / "encoder.json"),
        task_spec=specs.tasks[task],
        encoder_spec=specs.encoders.get(name),
        majority=_majority(data / "08_reporting" / "cells" / task),
    )


def _choose(cell: str, repeats: list[dict[str, Any]], seed: int | None, fold: int | None) -> dict[str, Any]:
    """Choose the best on dev, of equal ones the first, among the repeats with this seed and fold."""
    for key, wanted in (("seed", seed), ("fold", fold)):
        known = list(dict.fromkeys(repeat[key] for repeat in repeats))
        if wanted is not None and wanted not in known:
            raise UserError(f"cell {cell}: {key} {wanted}: its record has the {key}s {', '.join(map(str, known))}")
    able = [repeat for repeat in repeats if seed in (None, repeat["seed"]) and fold in (None, repeat["fold"])]
    return max(able, key=lambda repeat: float(repeat["value"]))


def _record(cell: str, data: Path, specs: Specs) -> Record:
    task, recipe = cell.split(".")
    path = data / "08_reporting" / "cells" / task / recipe / "record.json"
    if not path.is_file():
        how, kedro = commands({"task": task, "cell": cell})
        if cell not in specs.cells:
            raise UserError(f"cell {cell}: no record of it, and no suite holds it; add it to one and fit it")
        raise UserError(f"cell {cell}: no record of it yet; make it with '{how}' or '{kedro}'")
    record: Record = _read(path)
    return record


def _check(record: Record, checkpoint: Path, encoder: Path, number: int) -> None:
    cell, (how, _) = record["cell"], commands(record)
    for folder, file in ((checkpoint, "model.safetensors"), (checkpoint, "facts.json"), (encoder, "encoder.json")):
        if not (folder / file).is_file():
            raise UserError(f"cell {cell}: {folder / file}: no such file; it was not made here: make it with '{how}'")
    facts = _read(checkpoint / "facts.json")
    if facts != record["training"]["models"][number]:
        raise UserError(f"cell {cell}: {checkpoint} is of another fit than the record; make both anew with '{how}'")
    if facts["encoder"] != sha256((encoder / "encoder.json").read_bytes()).hexdigest():
        raise UserError(f"cell {cell}: {encoder} is not the encoder it was fitted from; make it anew with '{how}'")


def _majority(folder: Path) -> Record | None:
    records = [_read(path) for path in sorted(folder.glob("*/record.json"))]
    return next((record for record in records if record["config"]["estimator"] == "majority"), None)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
