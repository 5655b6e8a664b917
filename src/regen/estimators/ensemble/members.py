"""The members of an ensemble: fitted repeats of other cells, known by the hash of what they consist of."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regen.config.cell import repeat_name
from regen.config.ensemble import EnsembleConfig
from regen.errors import UserError
from regen.estimators.base import Estimator, Resources, estimator_class
from regen.estimators.repeats import file_digest

_SUMS = ("trained_parameters", "operations")
"""Facts of members whose sums are the price of an ensemble, as far as members state them."""


@dataclass(frozen=True)
class Member:
    """One fitted repeat.

    Attributes:
        recipe: Name of its recipe.
        estimator: Name of its estimator.
        encoder: Name of the encoder that it starts from, if any.
        seed: Seed of the repeat.
        sha256: Hash of the names and contents of its files.
        folder: Where they are.
    """

    recipe: str
    estimator: str
    encoder: str | None
    seed: int
    sha256: str
    folder: Path

    @property
    def name(self) -> str:
        """Name among the members: recipe and seed."""
        return f"{self.recipe}-s{self.seed}"

    def load(self, resources: Resources) -> Estimator:
        """Load the model, with the encoder that it starts from."""
        encoder = resources.encoders[self.encoder] if self.encoder else None
        return estimator_class(self.estimator).load(self.folder, Resources(encoder=encoder))


def members_by_fold(config: EnsembleConfig, models: Mapping[str, Path]) -> dict[int, list[Member]]:
    """Find every repeat of every member: fold -> its repeats, in the order of members and seeds.

    Args:
        config: The members' configs.
        models: Recipe -> folder of its fitted models.

    Raises:
        UserError: A repeat is not there.
    """
    folds: dict[int, list[Member]] = {}
    for fold in range(config.folds):
        folds[fold] = []
        for member in config.members:
            for seed in member.seeds:
                folder = models[member.recipe] / repeat_name(seed, fold)
                if not (folder / "facts.json").is_file():
                    raise UserError(
                        f"cell {config.cell}: member {member.cell}: {folder}: no such repeat; fit the member anew: "
                        f"kedro run --pipelines fit --namespaces {member.cell}"
                    )
                digest = folder_digest(folder)
                folds[fold].append(Member(member.recipe, member.estimator, member.encoder, seed, digest, folder))
    return folds


def folder_digest(folder: Path) -> str:
    """Give one sha256 for the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_digest(path)}\n".encode())
    return digest.hexdigest()


def price(members: Iterable[Member]) -> dict[str, int]:
    """Add up what members cost: bytes of their files, and what their facts state."""
    sums: dict[str, int] = {}
    for member in members:
        facts: dict[str, Any] = json.loads((member.folder / "facts.json").read_text(encoding="utf-8"))
        told = {name: int(facts[name]) for name in _SUMS if name in facts}
        told["checkpoint_bytes"] = sum(path.stat().st_size for path in _files(member.folder))
        for name, number in told.items():
            sums[name] = sums.get(name, 0) + number
    return sums


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
