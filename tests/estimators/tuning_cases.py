"""Tuning methods with small settings, and networks that they were applied to."""

from typing import Any

import torch
from estimator_cases import Case
from tiny_encoders import FAMILIES, tiny_encoder

from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.training.noise import Noise

METHODS: dict[str, dict[str, Any]] = {
    "bitfit": {},
    "lora": {"rank": 2, "dropout": 0.1},
    "adalora": {"rank": 1, "first_rank": 3, "initial": 0.2, "final": 0.4},
    "ia3": {},
    "prefix": {"tokens": 3},
    "prompt": {"tokens": 3},
    "p_tuning": {"tokens": 3, "hidden": 8},
}
NO_PREFIX = "deberta"
PAIRS = [(family, kind) for family in FAMILIES for kind in METHODS if (family, kind) != (NO_PREFIX, "prefix")]
LABELS = ("O", "B-LOC", "B-PER", "I-PER")


def tuning(kind: str, **settings: Any) -> dict[str, Any]:
    return {"type": kind, **METHODS[kind], **settings}


def setup(kind: str | None, settings: dict[str, Any] | None = None, **options: Any) -> Setup:
    chosen = None if kind is None else tuning(kind, **(settings or {}))
    return Setup(Options(tuning=chosen, precision="f32", threads=1, **options), "tagging", LABELS)


def make_network(family: str, kind: str | None, layers: int = 2, **settings: Any) -> Network:
    return setup(kind, settings).network(tiny_encoder(family, layers), Noise(), seed=0)


def moved(network: Network, seed: int = 0) -> Network:
    """Move all that trains a little, as training does."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in network.parameters():
            if value.requires_grad:
                value.add_(torch.randn(value.shape, generator=generator), alpha=0.1)
    return network


def batch_of(rows: int = 3, width: int = 6) -> dict[str, torch.Tensor]:
    """Rows of random pieces, each shorter than the one before."""
    ids = torch.randint(5, 60, (rows, width), generator=torch.Generator().manual_seed(1))
    mask = (torch.arange(width) < (width - torch.arange(rows))[:, None]).long()
    return {"input_ids": ids, "attention_mask": mask, "units": torch.arange(width).expand(rows, width)}


def fit(kind: str | None, task_type: str = "tagging", language: str = "en", **options: Any) -> Model:
    case = Case("encoder", task_type, language)  # type: ignore[arg-type]
    resources = Resources(encoder=tiny_encoder(layers=1), state=options.pop("state", None))
    frames, chosen = case.frames(), {} if kind is None else {"tuning": tuning(kind, **options.pop("settings", {}))}
    small = {"epochs": 2, "batch_examples": 2, "learning_rate": 1e-2}
    return Model.fit(frames.train, frames.dev, case.config(**{**small, **chosen, **options}), 0, resources)
