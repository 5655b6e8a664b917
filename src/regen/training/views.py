"""What a training shows while it runs, and the line that closes it."""

import json
import logging
from pathlib import Path
from typing import Any

from torch import nn
from tqdm import tqdm

from regen.config.machine import Telemetry
from regen.errors import UserError
from regen.io.atomic import replacing
from regen.training.device import DTYPES, Hardware
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.peak import forget_peak, matrix_peak, peak_memory
from regen.training.trackers import Tracking, chosen_trackers

logger = logging.getLogger(__name__)
_BETWEEN_LOSSES = 20
"""Steps between two readings of the loss: on a GPU each one waits for the device."""


def watching(
    title: str, hardware: Hardware, operations: int, seed: int, views: Path | None, telemetry: Telemetry
) -> list[Plugin]:
    """Give the plug-ins that show a training: two, whatever is chosen, so that a state fits under any choice.

    Args:
        title: Name of the training, for readers.
        hardware: What it computes with.
        operations: For each token, see :func:`operations_per_token`; compared with the machine's peak.
        seed: Seed of the repeat.
        views: Folder for what can be watched; ``None`` for none.
        telemetry: Which trackers are chosen.

    Raises:
        UserError: A library that ``telemetry`` asks for is not installed.
    """
    report = views / f"s{seed}.json" if views else None
    trackers = chosen_trackers(telemetry, views, title, seed) if views else []
    return [Progress(title, hardware, operations, report), Tracking(trackers)]


class Progress(Plugin):
    """A bar with loss, rate and time left, on a terminal only; at the end a line that says how fast it was."""

    def __init__(self, title: str, hardware: Hardware, operations: int = 0, report: Path | None = None) -> None:
        """Take what to show.

        Args:
            title: Title of the bar.
            hardware: What the training computes with.
            operations: For each token; compared with the machine's peak.
            report: File for the figures of the last line.
        """
        self._title, self._hardware, self._operations, self._report = title, hardware, operations, report
        self._bar: tqdm[Any] | None = None
        self._first = self._epoch = self._memory = 0

    def on_start(self, loop: Loop) -> None:  # noqa: ARG002  # the event's own signature
        """Forget the memory that a training before this one took on the GPU."""
        forget_peak(self._hardware.device)

    def on_step(self, loop: Loop) -> None:
        """Move the bar on; it appears with the first step, when it is known where a resumed training goes on."""
        bar = self._bar
        if bar is None:
            self._first, self._epoch, total = loop.step - 1, loop.epoch, loop.job.plan.steps
            bar = self._bar = tqdm(total=total, initial=self._first, desc=self._title, disable=None, unit="step")
        bar.update()
        if loop.epoch == self._epoch:  # before dev is predicted, in larger batches
            self._memory = peak_memory(self._hardware.device)
        if loop.step % _BETWEEN_LOSSES == 0 and not bar.disable:
            bar.set_postfix(loss=f"{float(loop.losses) / loop.index:.3f}", lr=f"{loop.rate:.1e}")

    def on_end(self, loop: Loop) -> None:
        """Close the bar, and say how fast it was if there were any steps."""
        if self._bar is None:
            return
        self._bar.close()
        figures = training_figures(loop, self._first, self._hardware, self._operations, self._memory)
        logger.info("%s: %s", self._title, _line(figures))
        if self._report is not None:
            _write(figures, self._report)


def training_figures(
    loop: Loop, first: int, hardware: Hardware, operations: int = 0, memory: int = 0
) -> dict[str, Any]:
    """Compute how fast this process trained.

    Args:
        loop: At its end.
        first: Steps that were done before this process.
        hardware: What the training computed with.
        operations: For each token; compared with the peak.
        memory: Bytes that the process had taken at most when its first epoch was trained, dev not predicted yet.

    Returns:
        Figures for JSON. ``tokens`` are without padding; ``padding`` is its share of all that was computed;
        ``peak_share`` is the share of the machine's matrix products per second, ``None`` where none were needed.
    """
    batches = [batch for epoch in loop.job.plan.epochs for batch in epoch][first : loop.step]
    tokens = sum(batch.tokens for batch in batches)
    rate = operations * tokens / loop.seconds
    threads, dtype = hardware.threads, DTYPES[hardware.precision]
    peak = matrix_peak(hardware.device, dtype, threads) * hardware.processes if rate else None
    return {
        "first_step": first,
        "steps": len(batches),
        "seconds": round(loop.seconds, 3),
        "tokens": tokens,
        "tokens_per_second": round(tokens / loop.seconds, 1),
        "padding": round(1 - tokens / sum(batch.padded_tokens for batch in batches), 4),
        "operations_per_second": round(rate),
        "peak_operations_per_second": round(peak) if peak else None,
        "peak_share": round(rate / peak, 4) if peak else None,
        "training_memory_bytes": memory,
        "peak_memory_bytes": peak_memory(hardware.device),
        "hardware": hardware.told(),
    }


def operations_per_token(body: nn.Module, *, below: bool = False, kept: bool = False, again: bool = False) -> int:
    """Count the operations of a training step in products with weights, for each token.

    A weight takes 2 forward, 2 backward for the gradient of its input and 2 for its own (Kaplan et al. 2020, section
    2.1): 6 where it trains, 4 where it is frozen above something that trains, 2 where it is frozen below all that
    trains. Weights that several layers share count once.

    Args:
        body: Its matrices count, but for embeddings, which are looked up.
        below: Whether something trains below the whole body; its own operations, and those of the tokens that it
            adds, are left out.
        kept: Whether the output of what is frozen below all that trains is computed once, before the training.
        again: Whether the way backward computes the way forward a second time.
    """
    tables = {id(module.weight) for module in body.modules() if isinstance(module, nn.Embedding)}
    above, operations = below, 0
    for value in body.parameters():  # from the bottom to the top
        above = above or (value.requires_grad and id(value) not in tables)
        if value.ndim == 2 and id(value) not in tables:  # noqa: PLR2004
            of_frozen = 4 if above else 0 if kept else 2
            operations += value.numel() * ((6 if value.requires_grad else of_frozen) + (2 if above and again else 0))
    return operations


def _line(figures: dict[str, Any]) -> str:
    parts = [
        f"{figures['steps']} steps in {figures['seconds']:.1f} s",
        f"{figures['tokens_per_second']:,.0f} tokens/s",
        f"{figures['padding']:.1%} padding",
    ]
    if figures["peak_share"] is not None:
        parts.append(f"{figures['peak_share']:.0%} of the machine's matrix peak")
    return ", ".join([*parts, f"peak memory {figures['peak_memory_bytes'] / 1e6:,.0f} MB"])


def _write(figures: dict[str, Any], path: Path) -> None:
    """Write the figures; a failure to write is no failure of the training."""
    try:
        with replacing(path) as new:
            new.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    except (OSError, UserError) as error:
        logger.warning("%s: telemetry not written: %s", path, error)
