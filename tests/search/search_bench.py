"""A machine, a made-up cell of the estimator ``paced``, and searches over it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from paced_estimator import TOKENS, PacedModel

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.search import SearchSpec
from regen.config.statistics import StatisticsConfig
from regen.search.run import run_search

TASK = made_up_task("classification", ["a", "b", "wrong"])
STATISTICS = StatisticsConfig(resamples=100)
SPACE: dict[str, Any] = {
    "score": {"type": "float", "low": 0.1, "high": 0.9},
    "size": {"type": "int", "low": 5, "high": 40},
}
Document = dict[str, Any]


def examples(count: int) -> pd.DataFrame:
    """Give examples whose texts are their labels, four to a document."""
    labels = ["ab"[number % 2] for number in range(count)]
    return pd.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "document": [f"d{number // 4}" for number in range(count)],
            "text": labels,
            "label": labels,
        }
    )


TRAIN, DEV = examples(24), examples(20)


def search_spec(trials: int = 6, **keys: Any) -> SearchSpec:
    """Give a search; random draws over ``SPACE`` where nothing else is said."""
    return SearchSpec.model_validate({"trials": trials, "sampler": "random", "space": SPACE, **keys})


@dataclass
class Bench:
    """Where searches keep their state.

    Attributes:
        home: A folder of its own.
        options: Options of the cell before the search.
        machine: Further settings of the machine.
    """

    home: Path
    options: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    estimator: str = "paced"
    train: pd.DataFrame = field(default_factory=lambda: TRAIN)
    dev: pd.DataFrame = field(default_factory=lambda: DEV)
    encoder: Path | None = None

    def __post_init__(self) -> None:
        (self.home / "project").mkdir(parents=True, exist_ok=True)
        (self.home / "project" / "requirements.lock").write_bytes(b"library==1\n")

    @property
    def settings(self) -> Machine:
        """The machine."""
        return Machine(project=self.home / "project", state=self.home / "state", **self.machine)

    @property
    def config(self) -> CellConfig:
        """The cell's config before the search."""
        return made_up_cell(self.estimator, TASK, self.options)

    @property
    def folders(self) -> list[str]:
        """What fits left on the disk."""
        return sorted(path.name for path in (self.home / "state" / "fit").glob("*"))

    def run(self, search: SearchSpec) -> tuple[Document, Document]:
        """Search; give ``trials`` and ``best``."""
        found = run_search(self.train, self.dev, self.config, search, STATISTICS, self.settings, self.encoder)
        return found["trials"], found["best"]


def bytes_of(*documents: Document) -> str:
    """Give documents as they are written."""
    return json.dumps(documents, indent=1, ensure_ascii=False)


def states(document: Document) -> list[str]:
    """Give the states of all trials."""
    return [trial["state"] for trial in document["trials"]]


def column(document: Document, name: str) -> list[Any]:
    """Give one value of every trial."""
    return [trial["values"].get(name) for trial in document["trials"]]


def fits() -> list[tuple[float, int]]:
    """Give the score that each fit shall have, and the epoch that it began after."""
    return [(call.options.score, call.epoch) for call in PacedModel.calls]


__all__ = ["TOKENS", "Bench", "bytes_of", "column", "fits", "search_spec", "states"]
