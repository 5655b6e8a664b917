"""Whether what encoders made here start from is there, and leads to a published encoder."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from regen.config.derived import PretrainingSpec, TransferSpec
from regen.errors import UserError

if TYPE_CHECKING:
    from regen.config.load import Specs

Where = Callable[[str, Iterable[str | int]], str]
"""From (section, key path) to ``conf/base/encoders/x.yml:3``."""


def check_derived(specs: "Specs", where: Where) -> None:
    """Check the encoders that are made here.

    Args:
        specs: All specs, checked otherwise.
        where: Finds file and line of a key.

    Raises:
        UserError: A cell, repeat, encoder, task or split is not there, or encoders start from each other in a circle.
    """
    for name, spec in specs.encoders.items():
        found: tuple[str, str] | None = None
        if spec.transfer is not None:
            found, section = _wrong_transfer(specs, spec.transfer), "transfer"
        elif spec.pretraining is not None:
            found, section = _wrong_pretraining(specs, spec.pretraining), "pretraining"
        if found is not None:
            path = (name, section, found[0])
            raise UserError(f"{where('encoders', path)}: {'.'.join(path)}: {found[1]}")
    for name in specs.encoders:
        _refuse_circle(specs, name, where)


def _wrong_transfer(specs: "Specs", transfer: TransferSpec) -> tuple[str, str] | None:
    """Give the key that is wrong and what is wrong with it."""
    cell = transfer.cell
    if cell not in specs.cells:
        known = [one for one in specs.cells if specs.config(one).estimator == "encoder"]
        return "cell", f"no suite holds the cell '{cell}'; known: {', '.join(known) or 'none with an encoder'}"
    config = specs.config(cell)
    if config.estimator != "encoder":
        return "cell", f"found estimator '{config.estimator}' in {cell}, expected encoder: others have no body"
    if transfer.seed is not None and transfer.seed not in config.seeds:
        return "seed", f"found {transfer.seed}, expected one of {cell}: {', '.join(map(str, config.seeds))}"
    folds = specs.tasks[config.task].read.folds or 1
    if transfer.fold >= folds:
        return "fold", f"found {transfer.fold}, expected a number below {folds}, the folds of {config.task}"
    return None


def _wrong_pretraining(specs: "Specs", pretraining: PretrainingSpec) -> tuple[str, str] | None:
    """Give the key that is wrong and what is wrong with it."""
    for key, name, known in (
        ("encoder", pretraining.encoder, specs.encoders),
        ("task", pretraining.task, specs.tasks),
    ):
        if name not in known:
            return key, f"there is no {key} '{name}'; known: {', '.join(sorted(known))}"
    splits = specs.tasks[pretraining.task].read.splits
    lacking = [split for split in pretraining.splits if split not in splits]
    if lacking:
        return "splits", f"found {lacking[0]}, but {pretraining.task} has {', '.join(splits)}"
    return None


def _refuse_circle(specs: "Specs", name: str, where: Where) -> None:
    way = [name]
    while (base := specs.base(way[-1])) is not None:
        if base in way:
            circle = " ← ".join([*way, base])
            raise UserError(f"{where('encoders', (name,))}: {name}: a circle: {circle}; start from another encoder")
        way.append(base)


def overlap_warnings(specs: "Specs") -> list[str]:
    """Warn of cells of suites whose encoder learned here from a task that shares texts with theirs, one line each."""
    found = []
    for cell in specs.cells:
        config = specs.config(cell)
        known, encoder = specs.overlaps(config.task), config.encoder
        while encoder is not None:
            task = _source(specs, encoder)
            if task in known:
                found.append(f"cell {cell}: encoder '{encoder}' learned from {task}, which shares texts: {known[task]}")
            encoder = specs.base(encoder)
    return found


def _source(specs: "Specs", encoder: str) -> str:
    """Name the task that an encoder learned from here; nothing for a published one."""
    spec = specs.encoders[encoder]
    if spec.transfer is not None:
        return spec.transfer.cell.split(".")[0]
    return spec.pretraining.task if spec.pretraining is not None else ""
