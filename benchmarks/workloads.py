"""Real files that benchmarks train and predict on, read from the folder that REGEN_MIRROR names."""

import json
import logging
import os
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # whoever starts the measured processes stays small: what it holds would count as theirs
    import pandas as pd

    from regen.config.task_types import TaskType

Rows = list[dict[str, Any]]


def _conll(folder: Path, split: str) -> Rows:
    from regen.config.task import ReadSpec, SplitSpec
    from regen.tasks.examples import read_split

    logging.getLogger("regen.tasks").setLevel(logging.ERROR)  # it tells of two odd tags that the published file holds
    read = ReadSpec(
        format="conll_columns",
        fields={"tokens": 0, "tags": 3},
        scheme="iob1",
        splits={"train": SplitSpec(file="eng.train"), "dev": SplitSpec(file="eng.testa")},
        labels=("LOC", "MISC", "ORG", "PER"),
    )
    return read_split(folder, read, split).rows


def _json_lines(archive: Path, split: str) -> Rows:
    with zipfile.ZipFile(archive) as opened, opened.open(f"{split}.json") as file:
        return [json.loads(line) for line in file]


def _cluener(archive: Path, split: str) -> Rows:
    """Characters as tokens; the file's ends of spans are inclusive."""
    rows = []
    for item in _json_lines(archive, split):
        tags = ["O"] * len(item["text"])
        for kind, names in item["label"].items():
            for start, end in (place for places in names.values() for place in places):
                tags[start : end + 1] = [f"B-{kind}", *[f"I-{kind}"] * (end - start)]
        rows.append({"tokens": list(item["text"]), "tags": tags})
    return rows


def _afqmc(archive: Path, split: str) -> Rows:
    return [
        {"text_a": item["sentence1"], "text_b": item["sentence2"], "label": item["label"]}
        for item in _json_lines(archive, split)
    ]


@dataclass(frozen=True)
class Workload:
    """A data set and an encoder.

    Attributes:
        encoder: Name of the encoder.
        address: The data below the mirror folder.
        rows: Reads a split.
        task_type: Task type.
        options: Options of regen that differ from its defaults.
    """

    encoder: str
    address: str
    rows: Callable[[Path, str], Rows]
    task_type: "TaskType" = "tagging"
    options: dict[str, Any] = field(default_factory=dict)

    def path(self) -> Path:
        """Give the first of the mirrors' paths that is there, or one that is not."""
        found = [Path(part) / self.address for part in os.environ.get("REGEN_MIRROR", "").split(os.pathsep)]
        return next((path for path in found if path.exists()), found[0])

    def splits(self) -> "tuple[pd.DataFrame, pd.DataFrame]":
        """Read train and dev."""
        import pandas as pd

        return pd.DataFrame(self.rows(self.path(), "train")), pd.DataFrame(self.rows(self.path(), "dev"))


WORKLOADS = {
    "conll2003_minilm": Workload("minilm", "conll2003/iob1", _conll),
    "conll2003_e5_small": Workload("e5_small", "conll2003/iob1", _conll),
    "cluener_e5_small": Workload("e5_small", "clue/cluener/cluener_public.zip", _cluener, options={"characters": True}),
    "afqmc_e5_small": Workload("e5_small", "clue/afqmc/afqmc_public.zip", _afqmc, "pair_classification"),
}


def at_hand(names: Iterable[str], encoders: Path) -> list[str]:
    """Give the workloads whose data and encoder are there; say of the others what is missing."""
    found = []
    for name in names:
        needed = (WORKLOADS[name].path(), encoders / WORKLOADS[name].encoder)
        missing = [path for path in needed if not path.exists()]
        if missing:
            sys.stderr.write(f"{name}: skipped, there is no {missing[0]}\n")
        else:
            found.append(name)
    return found
