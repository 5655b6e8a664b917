"""Dropout whose noise is a function of (seed, step): nothing to save, and fast on the CPU.

torch draws dropout masks on the CPU one by one from a Mersenne twister; they took a fifth of a training step. Here
16 bits of numpy's SFC64 decide each element. On other devices torch's own dropout runs, seeded the same way.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Share = tuple[int, slice | Tensor]
"""How many rows a batch has, and which of them one process computes."""


class Noise:
    """The source of all randomness inside a step."""

    def __init__(self) -> None:
        """Start anywhere."""
        self._bits = np.random.SFC64(0)
        self._share: Share | None = None

    def restart(self, *position: int, rank: int = 0, share: Share | None = None) -> None:
        """Go to a position, such as (seed, step, part of a batch); the same position gives the same noise.

        Args:
            position: Numbers of at least 0.
            rank: Number of this process, for the noise of devices that cannot share it.
            share: What this process computes, if it is not the whole batch: its masks are then those rows of the masks
                that a process alone draws for the batch.
        """
        self._bits = np.random.SFC64(np.random.SeedSequence((*position, 0)))
        self._share = share
        own = np.random.SeedSequence((*position, rank)).generate_state(1, np.uint64)[0]
        torch.manual_seed(int(own >> np.uint64(1)))

    def noted(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        """Give a context that notes where the noise stands when it begins, and one that begins there again."""
        noted: list[Any] = []

        @contextmanager
        def first() -> Iterator[None]:
            noted.append(self._bits.state)
            yield

        @contextmanager
        def again() -> Iterator[None]:
            now, self._bits.state = self._bits.state, noted[0]
            try:
                yield
            finally:
                self._bits.state = now

        return first(), again()

    def keep(self, shape: torch.Size, rate: float, dtype: torch.dtype) -> Tensor:
        """Draw a mask: 0 with probability ``rate``, in steps of 1/65,536, and 1 / (1 - rate) elsewhere."""
        rows, mine = self._share or (shape[0], slice(None))
        whole = torch.Size((rows, *shape[1:]))
        count = whole.numel()
        raw = np.asarray(self._bits.random_raw((count + 3) // 4), dtype=np.uint64)
        drawn = torch.from_numpy(raw.view(np.int16))[:count].view(whole)[mine]
        threshold = round(rate * 65536)
        return (drawn >= threshold - 32768).to(dtype).mul_(65536 / (65536 - threshold))


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, mask: Tensor) -> Tensor:
        ctx.save_for_backward(mask)
        return values * mask

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * ctx.saved_tensors[0], None


def dropped(values: Tensor, rate: float, noise: Noise) -> Tensor:
    """Drop elements of a CPU tensor with probability ``rate`` and scale up the rest."""
    masked: Tensor = _Dropped.apply(values, noise.keep(values.shape, rate, values.dtype))  # type: ignore[no-untyped-call]
    return masked


class Dropout(nn.Module):
    """``nn.Dropout`` that draws from a :class:`Noise` on the CPU."""

    def __init__(self, rate: float, noise: Noise) -> None:
        """Take the probability of dropping an element, and the source of noise."""
        super().__init__()
        self.p, self._noise = rate, noise

    def forward(self, values: Tensor) -> Tensor:
        """Drop while training."""
        if not self.training or self.p == 0:
            return values
        if values.device.type != "cpu":
            return nn.functional.dropout(values, self.p)
        return dropped(values, self.p, self._noise)


def replace_dropout(module: nn.Module, noise: Noise) -> None:
    """Put :class:`Dropout` in the place of every ``nn.Dropout`` below a module."""
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Dropout):
            setattr(module, name, Dropout(child.p, noise))
        else:
            replace_dropout(child, noise)
