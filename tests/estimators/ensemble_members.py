"""Small fitted members of ensembles."""

import atexit
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
from estimator_frames import Frames

from regen.config.cell import CellConfig
from regen.estimators.base import Estimator, Resources, estimator_class
from regen.estimators.ensemble.members import Member, folder_digest
from regen.estimators.ensemble.model import Model
from regen.estimators.repeats import write_model

MEMBERS: tuple[dict[str, tuple[str, dict[str, Any]]], ...] = (
    {"plain": ("linear", {}), "strict": ("linear", {"c": 0.3})},
    {"fields": ("crf", {}), "wide": ("crf", {"window": 3}), "phrases": ("majority", {})},
)
"""Members where examples have one label, and of tagging: recipe -> estimator and its options."""
_NUMBERS = count()


def fit_member(
    recipe: str,
    estimator: str,
    options: Mapping[str, Any],
    config: CellConfig,
    frames: Frames,
    *,
    encoder: Path | None = None,
    seed: int = 0,
) -> Member:
    """Fit a member of an ensemble on small frames and write it as the stage ``fit`` does."""
    own = config.model_copy(update={"estimator": estimator, "options": dict(options), "recipe": recipe})
    model = estimator_class(estimator).fit(frames.train, frames.dev, own, seed, Resources(encoder=encoder))
    folder = _home() / f"{recipe}-s{seed}"
    write_model(model, folder)
    return Member(recipe, estimator, options.get("encoder"), seed, folder_digest(folder), folder)


def joined(config: CellConfig, frames: Frames) -> Estimator:
    """Fit the small members and join them."""
    chosen = MEMBERS[config.task_type == "tagging"]
    return Model.join(config, [fit_member(name, *how, config, frames) for name, how in chosen.items()])


def frame(tokens: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Give sentences without tags."""
    return pd.DataFrame({"id": [f"row-{i}" for i in range(len(tokens))], "tokens": [list(row) for row in tokens]})


def _home() -> Path:
    """Give a new folder that lives as long as the process: models read their files when they predict."""
    home = Path(mkdtemp(prefix=f"members-{next(_NUMBERS)}-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home
