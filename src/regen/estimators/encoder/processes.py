"""One repeat shared by several processes: torchrun starts them, each takes its rows of every batch."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from safetensors.torch import load_file, save_file
from torch import Tensor

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.errors import UserError
from regen.estimators.base import Resources
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.finetune import finetune
from regen.estimators.encoder.options import Options
from regen.processes import environment

logger = logging.getLogger(__name__)


def finetune_in_processes(
    setup: Setup,
    train: pd.DataFrame,
    dev: pd.DataFrame,
    config: CellConfig,
    seed: int,
    resources: Resources,
    processes: int,
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Fine-tune one repeat in several processes of this machine; see :func:`finetune` for what it gives.

    A request to end is handed on; the first process saves its state.

    Raises:
        UserError: The processes failed.
    """
    with TemporaryDirectory(prefix="regen-") as folder:
        job = Path(folder)
        train.to_parquet(job / "train.parquet")
        dev.to_parquet(job / "dev.parquet")
        told = {
            "options": setup.options.model_dump(mode="json"),
            "task_type": setup.task_type,
            "labels": setup.labels,
            "config": config.model_dump(mode="json"),
            "seed": seed,
            "encoder": str(resources.encoder),
            "state": None if resources.state is None else str(resources.state),
            "views": None if resources.views is None else str(resources.views),
            "machine": None if resources.machine is None else resources.machine.model_dump(mode="json"),
        }
        (job / "job.json").write_text(json.dumps(told), encoding="utf-8")
        run = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        _run([sys.executable, *run, "-m", "regen.estimators.encoder.processes", str(job)])
        return load_file(job / "model.safetensors"), json.loads((job / "facts.json").read_text(encoding="utf-8"))


def _run(command: list[str]) -> None:
    # The number of threads is set by each process itself; torchrun says a paragraph where the variable is missing.
    with subprocess.Popen(command, env={"OMP_NUM_THREADS": "1", **environment()}) as process:
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
            status = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if status:
        raise UserError(f"torchrun ended with status {status}; what it printed above says why; run again to go on")


def work(job: Path) -> None:
    """Do one process's part of a job; the first process writes the result."""
    told = json.loads((job / "job.json").read_text(encoding="utf-8"))
    setup = Setup(Options(**told["options"]), told["task_type"], tuple(told["labels"]))
    encoder, state, views = (told[key] and Path(told[key]) for key in ("encoder", "state", "views"))
    resources = Resources(encoder, state, told["machine"] and Machine(**told["machine"]), views)
    train, dev = pd.read_parquet(job / "train.parquet"), pd.read_parquet(job / "dev.parquet")
    tensors, facts = finetune(setup, train, dev, CellConfig(**told["config"]), told["seed"], resources)
    if int(os.environ["RANK"]) == 0:
        save_file(tensors, job / "model.safetensors")
        (job / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO if os.environ.get("RANK") == "0" else logging.WARNING)
    work(Path(sys.argv[1]))
