"""accelerate's wrapper of devices, precision and processes."""

from accelerate import Accelerator
from accelerate.state import AcceleratorState

from regen.training.device import Hardware

_MIXED = {"f32": "no", "bf16": "bf16", "f16": "fp16"}


def make_accelerator(hardware: Hardware) -> Accelerator:
    """Make an accelerator; trainings of one process may differ in precision, so nothing is left of the one before."""
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(cpu=hardware.device == "cpu", mixed_precision=_MIXED[hardware.precision])
