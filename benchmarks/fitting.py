"""Fine-tuning as regen's cells do it, for one epoch and without the score on dev."""

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from workloads import Workload

from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.data import Data, shared_data
from regen.estimators.encoder.methods import make_job, make_optimiser
from regen.estimators.encoder.network import Network
from regen.estimators.encoder.options import Options
from regen.training.batches import Plan
from regen.training.device import Hardware, resolve_hardware, use
from regen.training.loop import Job, Loop
from regen.training.noise import Noise
from regen.training.optimiser import schedule_factor
from regen.training.session import make_accelerator

SEED, WARM_UP_STEPS = 0, 3


@dataclass(frozen=True)
class Fitted:
    """A finished fit.

    Attributes:
        setup: Options and labels.
        hardware: What it ran on.
        data: Its rows, and the pieces that the embedding was cut to.
        network: The trained network.
        loop: The finished loop.
        seconds: Spent training.
    """

    setup: Setup
    hardware: Hardware
    data: Data
    network: Network
    loop: Loop
    seconds: float


def fit(workload: Workload, encoder: Path, examples: int, options: dict[str, Any]) -> Fitted:
    """Fine-tune on the first examples of train.

    The embedding is cut to the pieces of the whole of train and dev, as in a fit on all examples: those of a few
    examples alone would be fewer, and each step cheaper.

    Args:
        workload: The data.
        encoder: Folder of the encoder.
        examples: Number of training examples.
        options: Options beside those of the workload.
    """
    train, dev = workload.splits()
    chosen = Options(epochs=1, **workload.options, **options)
    setup = Setup.of(chosen, workload.task_type, train, sorted(set(train.get("label", ()))))
    hardware = resolve_hardware(setup.options.precision, setup.options.threads)
    if hardware.device != "cpu":
        sys.exit(f"found device {hardware.device}, expected a CPU: it is what the two sides are compared on")
    use(hardware)
    rest = pd.concat([train.iloc[examples:], dev])
    data = shared_data(setup, train.head(examples), rest, encoder, hardware, {})
    noise = Noise()
    network = setup.network(encoder, noise, SEED, data.pieces)
    job = make_job(network, data, setup, SEED)
    warm_up = replace(job, plan=Plan([job.plan.epochs[0][:WARM_UP_STEPS]]))
    _loop(warm_up, network, setup, hardware, noise).run()
    loop = _loop(job, network, setup, hardware, noise)
    start = time.perf_counter()
    loop.run()
    return Fitted(setup, hardware, data, network, loop, time.perf_counter() - start)


def _loop(job: Job, network: Network, setup: Setup, hardware: Hardware, noise: Noise) -> Loop:
    options = setup.options
    factor = schedule_factor(options.schedule, job.plan.steps, options.warmup, options.power)
    optimiser = make_optimiser(network, options, hardware)
    return Loop(
        job, optimiser, factor, make_accelerator(hardware), noise, SEED, clip=options.clip, parts=options.accumulation
    )
