"""What surrounds a loop in every fit: selection on dev, views, the state, and whoever is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from accelerate import Accelerator
from accelerate.state import AcceleratorState

from regen.config.machine import Telemetry
from regen.estimators.base import Resources
from regen.training.device import Hardware
from regen.training.events import Plugin
from regen.training.reporting import Reporting
from regen.training.selection import Selection
from regen.training.state import KeepState, StopRequest, heeding_signals
from regen.training.views import watching

STATE = "training.safetensors"
"""Name of the file that an interrupted fit goes on from."""
STEPS_BETWEEN_STATES = 200
MIXED = {"f32": "no", "bf16": "bf16", "f16": "fp16"}


def make_accelerator(hardware: Hardware) -> Accelerator:
    """Make an accelerator; repeats of one process may differ in precision, so nothing is left of the one before."""
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(cpu=hardware.device == "cpu", mixed_precision=MIXED[hardware.precision])


@contextmanager
def fit_plugins(
    own: Sequence[Plugin],
    selection: Selection,
    title: str,
    hardware: Hardware,
    operations: int,
    seed: int,
    resources: Resources,
    *,
    first: bool = True,
) -> Iterator[list[Plugin]]:
    """Give the plug-ins of a fit; within the context signals are heeded, if a state is kept.

    Args:
        own: Plug-ins that take part in the training, the selection among them; they come first.
        selection: Scores on dev after each epoch.
        title: Name of the training, for readers.
        hardware: What it computes with; under another one a state is not gone on from.
        operations: For each token, compared with the machine's peak.
        seed: Seed of the repeat.
        resources: State, views, and who is told.
        first: Whether this process shows and writes: the first of those that share a training.
    """
    with heeding_signals() if resources.state else nullcontext(StopRequest()) as request:
        plugins = list(own)
        if first:
            telemetry = resources.machine.telemetry if resources.machine else Telemetry()
            plugins += watching(title, hardware, operations, seed, resources.views, telemetry)
        keeper = None
        if resources.state is not None:
            keeper = KeepState(resources.state / STATE, STEPS_BETWEEN_STATES, hardware.told(), request, writes=first)
            plugins.append(keeper)
        if resources.told is not None:
            plugins.append(Reporting(selection, keeper, resources.told, resources.pause_tokens))
        yield plugins
