"""Measured runs, each in a process of its own, one after the other; and what they come to.

This module imports nothing large: Linux counts what a process held before ``exec`` into its peak memory.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Result = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
OURS = "regen"
_HOPELESS = 5e9
"""Operations per second of a type that is only imitated."""


def arguments(description: str, workloads: Sequence[str]) -> argparse.ArgumentParser:
    """Give the parser of the options that all benchmarks have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender")
    parser.add_argument("--examples", type=int, default=1000, help="measured examples: the first of the split")
    parser.add_argument("--workloads", nargs="+", choices=workloads, default=list(workloads), metavar="NAME", help=" ")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of both sides")
    parser.add_argument("--encoders", type=Path, default=ROOT / "data/02_intermediate/encoders", help="their folder")
    parser.add_argument("--seed", type=int, default=0, help="decides the order of contenders within each round")
    parser.add_argument("--out", type=Path, help="file that one JSON line of each run is appended to")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    return parser


def child(*run: str) -> Result:
    """Run this program again for one measurement, and wait for it.

    Args:
        run: What the process is to do: the values of its ``--one``.

    Returns:
        What it said in the last line of its output.
    """
    quiet = {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    environment = {"GOMP_SPINCOUNT": "20000", **os.environ, **quiet}
    command = [sys.executable, *sys.argv, "--one", *run]
    load = os.getloadavg()[0]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    result: Result = {"load_before": round(load, 2), **json.loads(done.stdout.splitlines()[-1])}
    return result


def answer(result: Result) -> None:
    """Tell the process that waits; peak memory is added here."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    sys.stdout.write("\n" + json.dumps({**result, "peak_megabytes": round(megabytes)}) + "\n")


def interleaved(
    rounds: int, workloads: Sequence[str], contenders: Sequence[str], seed: int, *further: str
) -> Iterator[Result]:
    """Run every contender once in each round, in an order drawn anew each time; ``further`` is told to each run."""
    order = random.Random(seed)
    for number in range(rounds):
        for workload in workloads:
            for contender in order.sample(contenders, len(contenders)):
                result = child(workload, contender, *further)
                yield {"round": number, "workload": workload, "contender": contender, **result}


def matrix_peaks(threads: int) -> Result:
    """Measure matrix products in each precision, and name the machine; for a process of its own."""
    import torch
    import transformers

    torch.set_num_threads(threads)
    return {
        "peaks": {name: _peak(getattr(torch, kind)) for name, kind in (("f32", "float32"), ("bf16", "bfloat16"))},
        "threads": threads,
        "machine": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def _peak(dtype: Any) -> float:
    """Give the best of some products, in floating-point operations per second.

    A small one is enough where the processor has no instructions for the type: a large one would take minutes.
    """
    first = _product_rate(dtype, 512, 1)
    return first if first < _HOPELESS else _product_rate(dtype, 2048, 12)


def _product_rate(dtype: Any, size: int, times: int) -> float:
    import torch

    left, right = (torch.randn(size, size).to(dtype) for _ in range(2))
    return float(2 * size**3 / min(seconds(lambda: left @ right) for _ in range(times)))


def affordable(contenders: Sequence[str], peaks: dict[str, float]) -> list[str]:
    """Leave out the contenders in bf16 where the processor only imitates it, and say so.

    Args:
        contenders: Their names; those in bf16 have it in their names.
        peaks: Matrix products of the machine by precision, in operations per second.
    """
    if peaks["bf16"] > peaks["f32"]:
        return list(contenders)
    slower = peaks["f32"] / peaks["bf16"]
    sys.stderr.write(f"bf16: left out, its matrix products take {slower:,.0f} times as long as those of f32 here\n")
    return [name for name in contenders if "bf16" not in name]


def matrix_weights(body: Any) -> int:
    """Count the weights that every token is multiplied with: the matrices of an encoder's layers."""
    left_out = ("embeddings", "pooler")
    return sum(
        value.numel()
        for name, value in body.named_parameters()
        if value.ndim > 1 and not any(part in name for part in left_out)
    )


def seconds(run: Callable[[], object]) -> float:
    """Give the time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def rates(result: Result, operations: float, peaks: dict[str, float]) -> Result:
    """Add what follows from the measured seconds.

    Args:
        result: With ``seconds``, ``examples``, ``tokens``, ``padded_tokens`` and ``precision``.
        operations: Floating-point operations in the encoder's matrices per token.
        peaks: Those that the machine does in a second, by precision.
    """
    taken, tokens = result["seconds"], result["tokens"]
    return {
        **result,
        "examples_per_second": round(result["examples"] / taken, 2),
        "tokens_per_second": round(tokens / taken, 1),
        "padding_share": round(1 - tokens / result["padded_tokens"], 4),
        "peak_share": round(operations * tokens / taken / peaks[result["precision"]], 4),
    }


COLUMNS = (
    ("seconds", "s", "{:.2f}"),
    ("examples_per_second", "examples/s", "{:.1f}"),
    ("tokens_per_second", "tokens/s", "{:,.0f}"),
    ("padding_share", "padding", "{:.1%}"),
    ("peak_share", "of the matrix peak", "{:.0%}"),
    ("peak_megabytes", "peak MB", "{:,.0f}"),
    ("same_labels", "same labels", "{:.2%}"),
)


def table(results: Sequence[Result]) -> str:
    """Give medians over rounds in Markdown, and how many times regen's seconds and memory the others take."""
    columns = [column for column in COLUMNS if column[0] in results[0]]
    heads = ["workload", "contender", *(head for _, head, _ in columns), "time / regen's (min–max)", "memory / regen's"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    keys = sorted({(one["workload"], one["contender"] != OURS, one["contender"]) for one in results})
    for workload, _, contender in keys:
        mine, ours = (_of(results, workload, name) for name in (contender, OURS))
        cells = [form.format(_median(mine, name)) for name, _, form in columns]
        ratios = [one["seconds"] / other["seconds"] for one, other in zip(mine, ours, strict=True)]
        against = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        memory = f"{_median(mine, 'peak_megabytes') / _median(ours, 'peak_megabytes'):.2f}"
        lines.append(f"| {' | '.join([workload, contender, *cells, against, memory])} |")
    return "\n".join(lines)


def _of(results: Sequence[Result], workload: str, contender: str) -> list[Result]:
    """Give the runs of a contender, round by round."""
    return [one for one in results if (one["workload"], one["contender"]) == (workload, contender)]


def _median(results: Sequence[Result], name: str) -> float:
    return float(statistics.median(one[name] for one in results))


def begin(args: argparse.Namespace) -> Result:
    """Measure the machine's matrix peaks, and keep them with the settings of this run."""
    machine = child("peaks")
    keep({**machine, "examples": args.examples, "seed": args.seed}, args.out)
    return machine


def keep(result: Result, out: Path | None) -> None:
    """Append a line to the file of results, if there is one."""
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
