"""The most that this machine does: matrix products, measured; and the most memory that the process took."""

import time
from collections.abc import Callable
from functools import cache
from math import inf

import psutil
import torch

_SIDE = 2048
_SECONDS = 0.3
"""Rows and columns of the matrices, and how long products are repeated at least."""


@cache
def matrix_peak(device: str, dtype: torch.dtype, threads: int) -> float:
    """Measure the product of two matrices of 2048 x 2048; measured once per process.

    The numbers are random, since GPUs multiply constant ones faster, and come from a generator of their own.

    Args:
        device: ``cuda``, ``mps`` or ``cpu``.
        dtype: Of the matrices.
        threads: Threads of CPU kernels.

    Returns:
        Floating-point operations per second, of the fastest of a few runs.
    """
    generator = torch.Generator(device).manual_seed(0)
    left, right = (torch.randn(_SIDE, _SIDE, generator=generator, device=device).to(dtype) for _ in range(2))
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            seconds = _fewest_seconds(
                lambda: torch.mm(left, right), torch.accelerator.synchronize if device != "cpu" else _nothing
            )
    finally:
        torch.set_num_threads(before)
    return 2 * _SIDE**3 / seconds


def _fewest_seconds(work: Callable[[], object], wait: Callable[[], None]) -> float:
    """Give the seconds that work takes in the fastest of a few runs, each of twice as many repetitions as before."""
    work()  # memory is claimed and kernels are chosen
    wait()
    fewest, spent, repetitions = inf, 0.0, 1
    while spent < _SECONDS:
        started = time.perf_counter()
        for _ in range(repetitions):
            work()
        wait()
        seconds = time.perf_counter() - started
        fewest, spent, repetitions = min(fewest, seconds / repetitions), spent + seconds, 2 * repetitions
    return fewest


def _nothing() -> None:
    """Wait for nothing: the CPU is done when it returns."""


def forget_peak(device: str) -> None:
    """Begin a new measurement of the GPU's memory; that of the main memory goes on as long as the process."""
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def peak_memory(device: str) -> int:
    """Give the most memory that this process took, in bytes: tensors on the GPU, or all of it in the main memory."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    try:
        import resource
    except ImportError:  # Windows
        return int(psutil.Process().memory_info().rss)
    import sys

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
