"""What the machine computes with: device, precision, threads. They decide bytes, so they are resolved and recorded."""

import os
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch

from regen.errors import UserError
from regen.processes import cores

Precision = Literal["f32", "bf16", "f16"]
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


@dataclass(frozen=True)
class Hardware:
    """Device class, precision and threads of one fit.

    Attributes:
        device: ``cuda``, ``mps`` or ``cpu``.
        kind: Name of the GPU, or the instructions that the CPU kernels use.
        precision: Of matrix products; weights, sums and the optimiser stay in 32 bits.
        threads: Threads of CPU kernels: sums depend on their number.
        processes: Processes that share each batch.
    """

    device: str
    kind: str
    precision: Precision
    threads: int
    processes: int = 1

    def told(self) -> dict[str, Any]:
        """Give all fields, for records and states."""
        return asdict(self)


def resolve_hardware(precision: str, threads: int | None, processes: int = 1) -> Hardware:
    """Look what there is and settle what was left open.

    Args:
        precision: ``f32``, ``bf16``, ``f16``, or ``auto``: bf16 where the hardware multiplies it, f32 elsewhere.
        threads: Threads per process; ``None`` for all cores that this process may use, shared among processes.
        processes: Number of processes.

    Raises:
        UserError: f16 is asked for without a GPU: its gradients need a scaler that only CUDA has.
    """
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if precision == "f16" and device != "cuda":
        raise UserError(f"option 'precision': found f16 on device {device}, expected a CUDA device; take bf16 or f32")
    resolved: Precision = precision if precision in ("f32", "bf16", "f16") else "bf16" if _fast_bf16(device) else "f32"  # type: ignore[assignment]
    return Hardware(device, _kind(device), resolved, threads or max(1, cores() // processes), processes)


def use(hardware: Hardware) -> None:
    """Set up the process: threads, and on CUDA the matrix modes and kernels that give the same bytes each time."""
    torch.set_num_threads(hardware.threads)
    if hardware.device == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts
        torch.use_deterministic_algorithms(True)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = False  # it picks kernels by timing them, and so other bytes each time


def _fast_bf16(device: str) -> bool:
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device == "cpu" and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _kind(device: str) -> str:
    if device == "cuda":
        return torch.cuda.get_device_name()
    if device == "mps":
        return "mps"
    extras = [
        name
        for name, has in (
            ("AVX512_BF16", torch.cpu._is_avx512_bf16_supported()),
            ("AMX", torch.cpu._is_amx_tile_supported()),
        )
        if has
    ]
    return " ".join([torch.backends.cpu.get_cpu_capability(), *extras])
