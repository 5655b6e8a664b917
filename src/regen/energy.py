"""Energy of a piece of work, by codecarbon: optional, offline and silent, and it never changes a result."""

import logging
from importlib.util import find_spec
from typing import Any

from regen.errors import UserError

logger = logging.getLogger(__name__)

_WAYS = {
    "intel_rapl": "CPU by RAPL",
    "windows_emi": "CPU by EMI",
    "intel_power_gadget": "CPU by Power Gadget",
    "cpu_load": "CPU estimated from TDP and load",
    "constant": "CPU estimated from TDP",
}
"""How codecarbon calls a way to know what a processor draws -> how we do."""
_PARTS = {
    "RAM": "memory estimated from its size",
    "AppleSiliconChip": "chip by powermetrics",
    "Raspberry": "chip by PMIC",
}
"""Class of another part of a machine in codecarbon -> the same."""


class EnergyMeter:
    """Measures, or where no counter can be read estimates, what processors, memory and GPUs take.

    Counters are those of whole packages and whole GPUs, so whatever else runs there counts too; estimates are of this
    process and its children. codecarbon reads settings of its own (``CODECARBON_FORCE_CPU_POWER``), except those that
    would write files or ask the network.
    """

    def __init__(self) -> None:
        """Set up codecarbon; the first time in a process it takes seconds to look at the machine."""
        import codecarbon

        logging.getLogger("codecarbon").setLevel(logging.CRITICAL)  # before it reads that it shall be silent
        self._tracker = codecarbon.OfflineEmissionsTracker(
            tracking_mode="process",
            output_methods=[],
            emissions_endpoint=False,
            electricitymaps_api_token=False,
            force_carbon_intensity_g_co2e_kwh=0.0,  # so that no country is needed: only energy is asked for
            allow_multiple_runs=True,
            log_level="critical",
        )

    def start(self) -> None:
        """Begin to measure."""
        self._tracker.start()

    def stop(self) -> dict[str, Any]:
        """Stop, also the threads that measure.

        Returns:
            ``energy_kwh``, and in words how it is known, ``energy_by``; nothing where codecarbon failed, which is a
            warning and no failure of the run.
        """
        self._tracker.stop()
        found = getattr(self._tracker, "final_emissions_data", None)  # codecarbon swallows its own errors
        if found is None:
            logger.warning("codecarbon could not tell the energy; telemetry lacks it")
            return {}
        ways = dict.fromkeys(_way(part) for part in self._tracker._hardware)
        return {"energy_kwh": float(f"{found.energy_consumed:.4g}"), "energy_by": ", ".join(sorted(ways))}


def _way(part: Any) -> str:
    """Say how the energy of a part of the machine is known."""
    kind = type(part).__name__
    if kind == "GPU":
        brands = {type(device).__name__ for device in part.devices.devices}
        return "GPU by NVML" if "NvidiaGPUDevice" in brands else "GPU by AMD SMI"
    return _WAYS.get(part._mode, f"CPU by {part._mode}") if kind == "CPU" else _PARTS.get(kind, kind)


def need_codecarbon() -> None:
    """Refuse to go on without codecarbon.

    Raises:
        UserError: It is not installed.
    """
    if find_spec("codecarbon") is None:
        raise UserError(
            "conf/*/parameters.yml: costs.energy: is true, but 'codecarbon' is not installed; "
            "run 'pip install codecarbon', or set it to false"
        )
